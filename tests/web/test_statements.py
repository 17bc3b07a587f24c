"""Record what a source says: who, in which words, when, how good it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road
from tests.web.sending import send, typed_time
from tracker.corridors.models import Statement
from tracker.fieldlog.models import LogEvent
from tracker.provenance.models import Party, Source


def state(client: Client, road: Road, **typed: Any) -> Any:
    said = {"source": str(road.russia.pk), "claims": "OPEN", "says": "It reopens on Friday."}
    return send(client, reverse("statement_new", args=[road.corridor.slug]), **{**said, **typed})


def test_a_statement_keeps_its_source_words_and_grade(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.verifier)

    answer = state(client, road, credibility="4", relayed_by="a news agency")

    statement = Statement.objects.get()
    assert answer.status_code == 302
    assert (statement.source, statement.says) == (road.russia, "It reopens on Friday.")
    assert (statement.credibility, statement.relayed_by) == (4, "a news agency")
    assert statement.event.by == cast.verifier


def test_a_statement_is_not_public_unless_someone_says_it_was_said_in_public(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.verifier)

    state(client, road)
    state(client, road, says="Said to the press.", is_public="on")

    public = dict(Statement.objects.values_list("says", "is_public"))
    assert public == {"It reopens on Friday.": False, "Said to the press.": True}


def test_a_statement_keeps_the_day_that_was_named_without_an_hour(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.verifier)

    state(client, road, claims="ANNOUNCED", opens_on="2022-04-01", opens_part="MORNING")

    statement = Statement.objects.get()
    assert (statement.opens_on, statement.opens_part) == (date(2022, 4, 1), "MORNING")


def test_a_part_of_a_day_needs_its_day(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.verifier)

    answer = state(client, road, opens_part="MORNING")

    assert "Say on which day" in answer.content.decode()
    assert not Statement.objects.exists()


def test_a_source_can_be_named_on_the_spot_and_is_graded_f(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)

    answer = state(
        client,
        road,
        source=None,
        new_source="City council",
        new_source_detail="spokesperson",
        new_source_party=Party.LOCAL,
    )

    source = Source.objects.get(name="City council")
    assert answer.status_code == 302
    assert (source.reliability, source.party) == ("F", Party.LOCAL)
    assert Statement.objects.get().source == source


def test_a_refused_statement_leaves_no_source_behind(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)

    answer = state(
        client,
        road,
        source=None,
        new_source="City council",
        new_source_party=Party.LOCAL,
        occurred_at=typed_time(timezone.now() + timedelta(days=2)),
    )

    assert answer.status_code == 422
    assert not Source.objects.filter(name="City council").exists()


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"source": None}, "choose a source or name a new one"),
        ({"new_source": "Council", "new_source_party": "LOCAL"}, "not both"),
        ({"source": None, "new_source": "Council"}, "on whose side"),
        ({"says": ""}, "This field is required"),
        ({"claims": "WIDE_OPEN"}, "Select a valid choice"),
        ({"credibility": "7"}, "Select a valid choice"),
        ({"occurred_at": "yesterday"}, "Write the time as 14:10"),
        ({"source_url": "javascript:alert(1)"}, "Enter a valid URL"),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_its_field(
    client: Client, cast: Cast, road: Road, typed: dict[str, Any], reason: str
) -> None:
    client.force_login(cast.verifier)

    answer = state(client, road, relayed_by="the night shift", **typed)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert reason in text
    assert "the night shift" in text
    assert not LogEvent.objects.exists()


def test_a_time_is_read_in_the_zone_of_the_corridor(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.verifier)
    said_at = (timezone.now() - timedelta(hours=3)).replace(second=0, microsecond=0)

    state(client, road, occurred_at=typed_time(said_at.astimezone(ZoneInfo("Europe/Kyiv"))))

    assert Statement.objects.get().said_at == said_at


def test_a_future_time_is_refused_with_the_reason_and_everything_typed_kept(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.verifier)
    ahead = typed_time(timezone.now() + timedelta(days=1))

    answer = state(client, road, occurred_at=ahead)

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "has not come yet" in text
    assert "It reopens on Friday." in text
    assert ahead in text


def test_control_and_direction_marks_do_not_enter_the_log(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.verifier)

    state(client, road, says="The road is \u202enepo\u202c\x07 now.")

    assert Statement.objects.get().says == "The road is nepo now."


def test_sending_a_statement_twice_records_it_once(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.verifier)
    page = reverse("statement_new", args=[road.corridor.slug])
    client_id = str(client.get(page).context["form"]["client_id"].value())

    answers = [state(client, road, client_id=client_id).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Statement.objects.count() == 1
