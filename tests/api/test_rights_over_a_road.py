"""What the API takes from whom about a road: shutting it is easy, opening it takes the right to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.callers import Caller, caller_for, event
from tests.cast import Cast
from tests.factories import Road
from tracker.corridors.models import CorridorState, PassageWindow
from tracker.exercises.clock import field_now

pytestmark = pytest.mark.django_db
SLUG = "mariupol-zaporizhzhia"


def act(caller: Caller, name: str, *, minutes_ago: int = 0) -> Any:
    at = field_now() - timedelta(minutes=minutes_ago)
    return caller.post("events", event(f"corridor.{name}", at=at, corridor=SLUG))


@pytest.mark.parametrize("minutes_ago", [0, 120])
def test_a_closed_road_is_restricted_only_by_who_may_open_it(
    cast: Cast, road: Road, minutes_ago: int
) -> None:
    dispatcher = caller_for(cast.dispatcher)
    act(dispatcher, "closed", minutes_ago=60)

    refused = act(dispatcher, "restricted", minutes_ago=minutes_ago)
    after_refusal = CorridorState.objects.get().operator_status
    taken = act(caller_for(cast.verifier), "restricted")

    assert refused.status_code == 403
    assert refused.json()["errors"][0]["code"] == "softens_barred"
    assert after_refusal == "CLOSED"
    assert taken.status_code == 201
    assert CorridorState.objects.get().operator_status == "RESTRICTED"


def test_an_unknown_road_is_restricted_only_by_who_may_open_it(cast: Cast, road: Road) -> None:
    refused = act(caller_for(cast.dispatcher), "restricted")
    taken = act(caller_for(cast.verifier), "restricted")

    assert refused.status_code == 403
    assert refused.json()["errors"][0]["code"] == "opens_unopened"
    assert taken.status_code == 201


def test_an_open_road_is_restricted_by_a_dispatcher(cast: Cast, road: Road) -> None:
    act(caller_for(cast.coordinator), "confirmed", minutes_ago=5)

    answer = act(caller_for(cast.dispatcher), "restricted")

    assert answer.status_code == 201


def test_a_window_is_called_confirmed_only_by_who_may_open_the_road(cast: Cast, road: Road) -> None:
    opens_at = field_now() + timedelta(hours=1)
    data = {
        "opens_at": opens_at.isoformat(),
        "closes_at": (opens_at + timedelta(hours=4)).isoformat(),
        "is_confirmed": True,
    }
    sent = event("window.announced", at=field_now(), corridor=SLUG, data=data)

    refused = caller_for(cast.dispatcher).post("events", sent)
    taken = caller_for(cast.coordinator).post("events", sent)

    assert (refused.status_code, taken.status_code) == (403, 201)
    assert refused.json()["errors"][0]["code"] == "confirms_window"
    assert PassageWindow.objects.get().state == PassageWindow.State.CONFIRMED
