"""No entry and no correction takes a vehicle out of another organisation's convoy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.callers import caller_for, event
from tests.cast import Cast
from tests.factories import Road, make_road
from tracker.convoys.models import Convoy, Vehicle
from tracker.exercises.clock import field_now
from tracker.organisations.models import User


def _convoy_of(user: User, slug: str, code: str) -> Vehicle:
    """Plan a convoy of one bus and return the bus."""
    now = field_now()
    answer = caller_for(user).post(
        "events/batch",
        {
            "events": [
                event("convoy.planned", at=now, corridor=slug, data={"code": code}),
                event("vehicle.added", at=now, convoy=code, data={"code": "B1", "seats": 50}),
            ]
        },
    )
    created = answer.json()["results"][1]["created"]["vehicle"]
    return Vehicle.objects.get(pk=created)


def _snapshot(vehicle: Vehicle) -> dict[str, Any]:
    return {"id": str(vehicle.pk), "code": vehicle.code, "seats": 50}


@pytest.mark.parametrize("how", ["split", "corrected split", "join", "people"])
def test_a_vehicle_of_another_organisation_stays_where_it_is(
    cast: Cast, road: Road, how: str
) -> None:
    make_road(operator=cast.other_organisation, slug="their-road")
    foreign = _convoy_of(cast.outsider, "their-road", "THEIRS")
    own = _convoy_of(cast.coordinator, "mariupol-zaporizhzhia", "OURS")
    other = _convoy_of(cast.coordinator, "mariupol-zaporizhzhia", "OURS-2")
    caller = caller_for(cast.coordinator)
    taken = {"vehicles": [_snapshot(foreign)]}
    split = event(
        "convoy.split",
        at=field_now(),
        convoy="OURS",
        data={"code": "PART", "vehicles": [_snapshot(own)]},
    )
    about = {"at": field_now(), "convoy": "OURS"}
    tries = {
        "split": event("convoy.split", **about, data={"code": "X", **taken}),
        "corrected split": event(
            "correction", at=field_now(), corrects=split["id"], reason="x", data={"data": taken}
        ),
        "join": event("convoy.joined", **about, other_convoy="OURS-2", data=taken),
        "people": event(
            "people.moved",
            **about,
            vehicle="B1",
            data={"people": 3, "to_vehicle": str(foreign.pk)},
        ),
    }
    if how == "corrected split":
        assert caller.post("events", split).status_code == 201

    answer = caller.post("events", tries[how])

    assert answer.status_code == 422
    assert "vehicle_elsewhere" in {each["code"] for each in answer.json()["errors"]}
    foreign.refresh_from_db()
    assert foreign.convoy == Convoy.objects.get(code="THEIRS")
    assert other.convoy.code == "OURS-2"


@pytest.mark.parametrize("kind", ["convoy.split", "convoy.joined"])
def test_a_convoy_made_in_the_same_batch_takes_no_vehicle_that_stands(
    cast: Cast, road: Road, kind: str
) -> None:
    make_road(operator=cast.other_organisation, slug="their-road")
    foreign = _convoy_of(cast.outsider, "their-road", "THEIRS")
    _convoy_of(cast.coordinator, "mariupol-zaporizhzhia", "OURS")
    now, data = field_now(), {"vehicles": [_snapshot(foreign)]}
    plan = event("convoy.planned", at=now, corridor="mariupol-zaporizhzhia", data={"code": "NEW"})
    take = (
        event(kind, at=now, convoy="NEW", data={"code": "PART", **data})
        if kind == "convoy.split"
        else event(kind, at=now, convoy="NEW", other_convoy="OURS", data=data)
    )

    answer = caller_for(cast.coordinator).post("events/batch", {"events": [plan, take]})

    outcomes = [each["outcome"] for each in answer.json()["results"]]
    assert outcomes == ["created", "rejected"]
    foreign.refresh_from_db()
    assert foreign.convoy.code == "THEIRS"
