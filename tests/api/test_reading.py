"""Reading through the API: each noun, its filters, its pages, and who sees what of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.callers import caller_for
from tests.cast import Cast
from tests.factories import Road, log, make_road, new_event
from tracker.convoys.models import Convoy
from tracker.convoys.operations import share_convoy
from tracker.corridors.models import Corridor
from tracker.exercises.clock import field_now

NOUNS = (
    "corridors",
    "windows",
    "statements",
    "checkpoints",
    "attempts",
    "convoys",
    "incidents",
)  # fmt: skip
SECRET = "qzwx7731secret"
SAYS = {"says": f"Heard {SECRET}", "claims": "CLOSED"}


def _convoy(road: Road, cast: Cast, code: str) -> UUID:
    at = field_now() - timedelta(hours=3)
    corridor, convoy, bus = (
        road.corridor.pk,
        new_event("note").client_id,
        new_event("note").client_id,
    )
    log(
        new_event(
            "convoy.planned", at=at, corridor=corridor, convoy=convoy,
            data={"code": code, "people_planned": 48},
        ),
        new_event(
            "vehicle.added", at=at, convoy=convoy, vehicle=bus,
            data={"code": f"{SECRET[:8]}-B1", "seats": 50},
        ),
        new_event("people.boarded", at=at, convoy=convoy, data={"people": 48}),
        new_event("convoy.departed", at=at + timedelta(minutes=1), convoy=convoy),
        new_event(
            "convoy.held", at=at + timedelta(hours=1), convoy=convoy,
            checkpoint=road.vasylivka.pk, reason=SECRET,
        ),
        organisation=cast.organisation,
        by=cast.monitor,
        now=field_now(),
    )  # fmt: skip
    return convoy


def _fill(road: Road, cast: Cast, number: int = 1) -> UUID:
    """Give every noun one more row that only our own people may see."""
    at, corridor = field_now() - timedelta(hours=3), road.corridor.pk
    attempt, incident, window = (new_event("note").client_id for _ in range(3))
    hours = {"opens_at": at.isoformat(), "closes_at": (at + timedelta(hours=5)).isoformat()}
    log(
        new_event("corridor.stated", at=at, corridor=corridor, source=road.icrc, data=SAYS),
        new_event("window.announced", at=at, corridor=corridor, window=window, data=hours),
        new_event(
            "checkpoint.reported", at=at, checkpoint=road.tokmak.pk,
            data={"status": "CLOSED", "says": SECRET},
        ),
        new_event(
            "attempt.planned", at=at, corridor=corridor, attempt=attempt,
            data={"day": at.date().isoformat(), "note": SECRET},
        ),
        new_event(
            "incident.reported", at=at, corridor=corridor, incident=incident,
            data={"alleged": SECRET},
        ),
        new_event(
            "incident.claimed", at=at, incident=incident, source=road.russia,
            data={"stance": "DENIES", "says": SECRET},
        ),
        organisation=cast.organisation,
        by=cast.verifier,
        now=field_now(),
    )  # fmt: skip
    return _convoy(road, cast, f"MZ-{number}")


@pytest.mark.parametrize("noun", NOUNS)
def test_each_noun_is_listed_and_opened_one_by_one(cast: Cast, road: Road, noun: str) -> None:
    _fill(road, cast)
    caller = caller_for(cast.viewer)

    listed = caller.get(noun)

    rows = listed.json()["results"]
    assert listed.status_code == 200
    assert listed.json()["count"] == len(rows) >= 1
    key = rows[0]["slug"] if noun == "corridors" else rows[0]["id"]
    one = caller.get(f"{noun}/{key}")
    assert one.status_code == 200
    assert one.json() == rows[0]


def test_our_own_people_see_what_the_log_says(cast: Cast, road: Road) -> None:
    _fill(road, cast)
    caller = caller_for(cast.viewer)

    rows = {noun: caller.get(noun).json()["results"][0] for noun in NOUNS}

    assert rows["corridors"]["status"] == "UNKNOWN"
    assert rows["statements"]["claims"] == "CLOSED"
    assert rows["checkpoints"]["status"] == "CLOSED"
    assert rows["attempts"]["note"] == SECRET
    assert rows["incidents"]["claims"][0]["stance"] == "DENIES"
    assert rows["convoys"]["at_checkpoint"] == "CP2"
    assert rows["convoys"]["passages"][0]["checkpoint"] == "CP2"
    assert rows["convoys"]["people"]["on_board_low"] == 48


@pytest.mark.parametrize("person", ["outsider", "partner"])
def test_nothing_internal_reaches_another_organisation(cast: Cast, road: Road, person: str) -> None:
    convoy = _fill(road, cast)
    ours, theirs = caller_for(cast.viewer), caller_for(getattr(cast, person))

    answers = {noun: theirs.get(noun) for noun in NOUNS}

    said = "".join(answer.content.decode() for answer in answers.values())
    assert SECRET not in said
    assert str(convoy) not in said
    counts = {noun: answer.json()["count"] for noun, answer in answers.items()}
    hidden = {"statements": 0, "attempts": 0, "convoys": 0, "incidents": 0}
    assert counts == {"corridors": 1, "windows": 1, "checkpoints": 3} | hidden
    assert {row["status"] for row in answers["checkpoints"].json()["results"]} == {None}
    assert answers["corridors"].json()["results"][0]["status_event"] is None
    for noun in hidden:
        key = ours.get(noun).json()["results"][0]["id"]
        assert theirs.get(f"{noun}/{key}").status_code == 404


@pytest.mark.parametrize("noun", NOUNS)
def test_a_corridor_that_is_not_public_leaves_no_trace_elsewhere(
    cast: Cast, road: Road, noun: str
) -> None:
    _fill(road, cast)
    Corridor.objects.update(is_public=False)

    answer = caller_for(cast.outsider).get(noun)

    assert answer.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_what_is_public_is_shown_to_all_without_our_own_remarks(cast: Cast, road: Road) -> None:
    at, corridor = field_now() - timedelta(days=2), road.corridor.pk
    attempt, incident = new_event("note").client_id, new_event("note").client_id
    log(
        new_event(
            "corridor.stated", at=at, corridor=corridor, source=road.icrc,
            data={"says": "About 40 buses.", "claims": "ANNOUNCED", "is_public": True},
        ),
        new_event(
            "attempt.planned", at=at, corridor=corridor, attempt=attempt,
            data={"day": at.date().isoformat(), "note": SECRET, "is_public": True},
        ),
        new_event("attempt.ended", at=at, attempt=attempt, data={"outcome": "FAILED"}),
        new_event(
            "incident.reported", at=at, corridor=corridor, incident=incident,
            data={"alleged": "An attack on a depot.", "is_public": True},
        ),
        new_event(
            "incident.claimed", at=at, incident=incident, source=road.russia,
            data={"stance": "CLAIMS", "says": "They did.", "is_public": True},
        ),
        new_event(
            "incident.claimed", at=at, incident=incident, source=road.icrc,
            data={"stance": "NEITHER", "says": SECRET},
        ),
        organisation=cast.organisation,
        now=field_now(),
    )  # fmt: skip
    theirs = caller_for(cast.outsider)

    rows = {noun: theirs.get(noun).json()["results"] for noun in NOUNS}

    assert [row["says"] for row in rows["statements"]] == ["About 40 buses."]
    assert [row["status"] for row in rows["attempts"]] == ["FAILED"]
    assert (rows["attempts"][0]["note"], rows["attempts"][0]["ended_at"]) == (None, None)
    assert [claim["says"] for claim in rows["incidents"][0]["claims"]] == ["They did."]


def _as_partner(cast: Cast, convoy: UUID, **shares: bool) -> dict[str, Any]:
    share_convoy(
        convoy=Convoy.objects.get(pk=convoy),
        organisation=cast.partner_organisation,
        shares_position=shares.get("position", False),
        shares_counts=shares.get("counts", False),
    )
    row: dict[str, Any] = caller_for(cast.partner).get(f"convoys/{convoy}").json()
    return row


def test_a_partner_sees_of_a_shared_convoy_only_that_it_left(cast: Cast, road: Road) -> None:
    convoy = _fill(road, cast)

    row = _as_partner(cast, convoy)

    told = {name for name, value in row.items() if value is not None}
    assert told == {"id", "code", "organisation", "corridor", "departed_at", "people"}
    assert row["people"]["planned"] == 48
    assert row["people"]["on_board_low"] is None


def test_no_partner_is_told_a_number_below_five(cast: Cast, road: Road) -> None:
    convoy = _fill(road, cast)
    Convoy.objects.update(people_planned=4)

    hidden, shown = _as_partner(cast, convoy), _as_partner(cast, convoy, counts=True)

    assert (hidden["people"]["planned"], shown["people"]["planned"]) == (None, 4)


def test_a_partner_is_told_a_stretch_of_the_road_and_nothing_while_it_is_held(
    cast: Cast, road: Road
) -> None:
    convoy = _fill(road, cast)
    held = _as_partner(cast, convoy, position=True)
    cleared = new_event(
        "convoy.cleared", at=field_now(), convoy=convoy, checkpoint=road.vasylivka.pk
    )
    log(cleared, organisation=cast.organisation)

    moving = _as_partner(cast, convoy, position=True)

    assert (held["state"], held["head_km"]) == ("HELD", None)
    assert (moving["state"], moving["head_km"]) == ("MOVING", 225.0)
    assert {row["vehicles"] is None for row in (held, moving)} == {True}
    assert {row["passages"] is None for row in (held, moving)} == {True}


def test_a_filter_by_state_does_not_give_a_shared_convoy_away(cast: Cast, road: Road) -> None:
    convoy = _fill(road, cast)
    _as_partner(cast, convoy)

    ours = caller_for(cast.viewer).get("convoys", state="HELD").json()["count"]
    theirs = caller_for(cast.partner).get("convoys", state="HELD").json()["count"]

    assert (ours, theirs) == (1, 0)


@pytest.mark.parametrize(
    ("noun", "query", "found"),
    [
        ("corridors", {"slug": "mariupol-zaporizhzhia"}, 1),
        ("corridors", {"slug": "other"}, 0),
        ("windows", {"state": "ANNOUNCED"}, 1),
        ("windows", {"opens_since": "2200-01-01T00:00:00Z"}, 0),
        ("statements", {"claims": "CLOSED"}, 1),
        ("statements", {"claims": "OPEN"}, 0),
        ("statements", {"said_until": "2000-01-01T00:00:00+02:00"}, 0),
        ("checkpoints", {"code": "CP2"}, 1),
        ("checkpoints", {"kind": "GATE", "corridor": "mariupol-zaporizhzhia"}, 1),
        ("attempts", {"status": "PLANNED"}, 1),
        ("attempts", {"day_until": "2000-01-01"}, 0),
        ("convoys", {"code": "MZ-1"}, 1),
        ("incidents", {"verification": "UNVERIFIED"}, 1),
        ("incidents", {"corridor": "other"}, 0),
    ],
)
def test_a_filter_finds_what_it_says(
    cast: Cast, road: Road, noun: str, query: dict[str, str], found: int
) -> None:
    _fill(road, cast)

    answer = caller_for(cast.viewer).get(noun, **query)

    assert answer.json()["count"] == found


def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast, road: Road) -> None:
    for number in range(1, 6):
        _convoy(road, cast, f"MZ-{number}")
    caller = caller_for(cast.viewer)

    pages = [caller.get("convoys", page=str(n), per_page="2").json() for n in (1, 2, 3)]

    assert [page["count"] for page in pages] == [5, 5, 5]
    codes = [row["code"] for page in pages for row in page["results"]]
    assert codes == ["MZ-1", "MZ-2", "MZ-3", "MZ-4", "MZ-5"]
    assert pages[0]["next"].endswith("page=2&per_page=2")
    assert pages[2]["next"] is None


@pytest.mark.parametrize("noun", NOUNS)
def test_a_longer_list_takes_no_more_queries(cast: Cast, road: Road, noun: str) -> None:
    _fill(road, cast)
    caller = caller_for(cast.viewer)

    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            caller.get(noun)
        return len(counted)

    few = queries()
    make_road(operator=cast.organisation, slug="another-road")
    for number in range(2, 5):
        _fill(road, cast, number)

    assert queries() == few <= 12
