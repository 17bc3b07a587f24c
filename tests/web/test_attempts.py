"""Open and end an attempt; what became of earlier ones; the points agreed before."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import Road
from tests.web.sending import filled_in, send
from tracker.attempts.models import AgreementPosition, Attempt, AttemptStatus, ReasonCode


def plan(client: Client, road: Road, **typed: Any) -> Any:
    return send(client, reverse("attempt_new", args=[road.corridor.slug]), **typed)


def end(client: Client, attempt: Attempt, **typed: Any) -> Any:
    return send(client, reverse("attempt_end", args=[attempt.pk]), **typed)


def agree(client: Client, road: Road, **typed: Any) -> Any:
    return send(client, reverse("agreement", args=[road.corridor.slug]), **typed)


def test_an_attempt_keeps_empty_numbers_empty(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.coordinator)

    answer = plan(client, road, day="2022-04-01", buses="40")

    attempt = Attempt.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert (attempt.buses, attempt.people_planned) == (40, None)
    assert attempt.status == AttemptStatus.PLANNED
    assert "not reported" in page


def test_opening_an_attempt_twice_makes_one(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.coordinator)
    page = reverse("attempt_new", args=[road.corridor.slug])
    sent = filled_in(client, page)

    answers = [client.post(page, sent) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Attempt.objects.count() == 1


def test_a_started_attempt_is_under_way(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.coordinator)
    plan(client, road)
    attempt = Attempt.objects.get()

    send(client, reverse("attempt_start", args=[attempt.pk]))

    assert Attempt.objects.get().status == AttemptStatus.UNDER_WAY


def test_an_attempt_ends_with_its_reason(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.coordinator)
    plan(client, road)

    answer = end(
        client,
        Attempt.objects.get(),
        outcome=AttemptStatus.FAILED,
        stage="HELD",
        reason_code=ReasonCode.CHECKPOINT_DENIED,
        reason="Buses held at Vasylivka.",
        party="PARTY_B",
    )

    attempt = Attempt.objects.get()
    page = client.get(reverse("corridor", args=[road.corridor.slug])).content.decode()
    assert answer.status_code == 302
    assert (attempt.status, attempt.reason_party) == (AttemptStatus.FAILED, "PARTY_B")
    assert "1 attempt; 1 failed: 1 not let through at a checkpoint" in page
    assert "Buses held at Vasylivka." in page


def test_a_failure_without_any_reason_is_not_taken(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.coordinator)
    plan(client, road)

    answer = end(client, Attempt.objects.get(), outcome=AttemptStatus.FAILED)

    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert Attempt.objects.get().status == AttemptStatus.PLANNED


def test_base_rates_come_with_their_number_and_what_they_are_not(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    for outcome in (AttemptStatus.SUCCEEDED, AttemptStatus.FAILED):
        plan(client, road, day="2022-03-31")
        waiting = Attempt.objects.get(status=AttemptStatus.PLANNED)
        end(client, waiting, outcome=outcome, reason="As told.")

    page = client.get(reverse("attempt_list", args=[road.corridor.slug])).content.decode()

    assert "Of 2 attempts with a known end 1 brought everybody out and 0 some" in page
    assert "A record of what was found, not a random sample." in page


@pytest.mark.parametrize("people", ["-1", "many", "99999999999"])
def test_a_number_of_people_that_cannot_be_is_refused(
    client: Client, cast: Cast, road: Road, people: str
) -> None:
    client.force_login(cast.coordinator)

    answer = plan(client, road, people_planned=people, announced_by="the ICRC")

    assert answer.status_code == 422
    assert "the ICRC" in answer.content.decode()
    assert not Attempt.objects.exists()


def test_a_point_is_agreed_once_both_parties_have_said_so(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    headlines = []
    for party in ("PARTY_A", "PARTY_B"):
        agree(client, road, item="DESTINATION", party=party, position="AGREED")
        page = client.get(reverse("agreement", args=[road.corridor.slug]))
        headlines.append(page.context["points"].headline)

    assert headlines == ["0 of 11 points are agreed", "1 of 11 points is agreed"]
    assert AgreementPosition.objects.count() == 2


def test_a_word_against_a_point_shows_as_contested(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.verifier)
    agree(client, road, item="AID", party="PARTY_A", position="AGREED")

    agree(client, road, item="AID", party="PARTY_B", position="CONTESTED", note="14 t were taken")

    page = client.get(reverse("corridor", args=[road.corridor.slug])).content.decode()
    assert "14 t were taken" in page
    assert '<span class="st">contested</span>' in page
