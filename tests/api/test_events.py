"""Logging through the API: one event, many, repeats, corrections, and who may log what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from tests.api.callers import Caller, caller_for, event
from tests.cast import Cast
from tests.factories import Road
from tracker.convoys.models import Convoy, ConvoyState, Passage, Vehicle
from tracker.corridors.models import CorridorState, PassageWindow, Statement
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.models import PeopleEntry
from tracker.incidents.models import Claim, Incident
from tracker.outbox.models import OutboxRow

SLUG = "mariupol-zaporizhzhia"


def codes(answer: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in answer["problems"]]


def planned(caller: Caller, code: str = "MZ-1") -> UUID:
    """Plan a convoy of one bus of 50 seats and return its id."""
    ago = field_now() - timedelta(hours=1)
    plan = event(
        "convoy.planned", at=ago, corridor=SLUG, data={"code": code, "people_planned": 3000}
    )
    bus = event("vehicle.added", at=ago, convoy=code, data={"code": "B1", "seats": 50})
    answer = caller.post("events/batch", {"events": [plan, bus]})
    assert {each["outcome"] for each in answer.json()["results"]} == {"created"}, answer.json()
    return UUID(answer.json()["results"][0]["created"]["convoy"])


def test_an_event_is_stored_once_and_a_repeat_says_so(cast: Cast, road: Road) -> None:
    caller = caller_for(cast.dispatcher)
    closed = event("corridor.closed", at=field_now(), corridor=SLUG, reason="shelling")

    first, second = caller.post("events", closed), caller.post("events", closed)

    assert (first.status_code, second.status_code) == (201, 200)
    assert (first.json()["outcome"], second.json()["outcome"]) == ("created", "duplicate")
    assert first.json()["event"] == second.json()["event"] == str(LogEvent.objects.get().pk)
    assert LogEvent.objects.get().by == cast.dispatcher
    assert CorridorState.objects.get().operator_status == "CLOSED"


def test_the_same_id_with_another_body_is_a_conflict(cast: Cast, road: Road) -> None:
    caller = caller_for(cast.dispatcher)
    sent = event("corridor.closed", at=field_now(), corridor=SLUG, reason="shelling")
    caller.post("events", sent)

    answer = caller.post("events", {**sent, "reason": "mines"})

    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["code"] == "same_id_other_body"
    assert LogEvent.objects.get().reason == "shelling"


def test_a_convoy_is_planned_and_led_by_its_codes_in_one_batch(cast: Cast, road: Road) -> None:
    caller = caller_for(cast.coordinator)
    start = field_now() - timedelta(hours=2)

    def after(minutes: int, kind: str, **more: Any) -> dict[str, Any]:
        return event(kind, at=start + timedelta(minutes=minutes), convoy="MZ-1", **more)

    plan = event("convoy.planned", at=start, corridor=SLUG, data={"code": "MZ-1"})
    events = [
        plan,
        after(1, "vehicle.added", data={"code": "B1", "seats": 50}),
        after(2, "people.boarded", vehicle="B1", data={"people": 48}),
        after(3, "convoy.departed"),
        after(60, "convoy.arrived_at", checkpoint="CP2"),
        after(61, "convoy.held", checkpoint="CP2", reason="documents"),
    ]

    answer = caller.post("events/batch", {"events": events})

    assert [each["outcome"] for each in answer.json()["results"]] == ["created"] * 6
    convoy = Convoy.objects.get()
    assert (convoy.state, convoy.at_checkpoint) == (ConvoyState.HELD, road.vasylivka)
    assert PeopleEntry.objects.get().vehicle == Vehicle.objects.get()
    assert Passage.objects.get().checkpoint == road.vasylivka


def test_what_an_event_created_may_be_named_by_the_id_of_that_event(cast: Cast, road: Road) -> None:
    caller = caller_for(cast.verifier)
    now = field_now()
    reported = event("incident.reported", at=now, corridor=SLUG, data={"alleged": "Shelling"})
    claims = {"stance": "CLAIMS", "says": "It was them."}
    by_event = event(
        "incident.claimed", at=now, incident=reported["id"], source="ICRC", data=claims
    )
    first = caller.post("events/batch", {"events": [reported, by_event]}).json()["results"]
    by_id = event(
        "incident.claimed",
        at=now,
        incident=first[0]["created"]["incident"],
        source=str(road.russia.pk),
        data=claims,
    )

    second = caller.post("events", by_id)

    assert [each["outcome"] for each in first] == ["created", "created"]
    assert second.status_code == 201
    assert Claim.objects.filter(incident=Incident.objects.get()).count() == 2


def test_an_entry_and_its_correction_may_travel_in_one_batch_in_any_order(
    cast: Cast, road: Road
) -> None:
    caller = caller_for(cast.verifier)
    now = field_now()
    says = {"says": "It is shut.", "claims": "CLOSED"}
    stated = event("corridor.stated", at=now, corridor=SLUG, source="ICRC", data=says)
    fix = event(
        "correction",
        at=now,
        corrects=stated["id"],
        reason="misheard",
        data={"data": {"claims": "RESTRICTED"}},
    )

    answer = caller.post("events/batch", {"events": [fix, stated]})

    assert [each["outcome"] for each in answer.json()["results"]] == ["created", "created"]
    assert Statement.objects.get().claims == "RESTRICTED"


def test_a_poisoned_item_stops_no_other_and_a_second_sending_stores_nothing_new(
    cast: Cast, road: Road
) -> None:
    caller = caller_for(cast.coordinator)
    convoy = planned(caller)
    before, rows_before = LogEvent.objects.count(), OutboxRow.objects.count()
    now = field_now()
    good = [event("contact.made", at=now, convoy="MZ-1", data={}) for _ in range(93)]
    poisoned: list[Any] = [
        event("contact.made", at=now, convoy="NOBODY"),
        event("people.counted", at=now, convoy="MZ-1", data={"people": -1}),
        event("corridor.opened", at=now, corridor=SLUG),
        event("note", at=now, convoy="MZ-1", data={"note": "\x00"}),
        {**event("contact.made", at=now, convoy="MZ-1"), "id": 1},
        {**event("contact.made", at=now, convoy="MZ-1"), "occurred_at": "9999-99-99"},
        "not an event",
    ]
    mixed = list(good)
    for place, item in zip(range(0, 98, 14), poisoned, strict=True):
        mixed.insert(place, item)

    first = caller.post("events/batch", {"events": mixed}).json()["results"]
    second = caller.post("events/batch", {"events": mixed}).json()["results"]

    assert len(mixed) == 100
    outcomes = [each["outcome"] for each in first]
    assert (outcomes.count("created"), outcomes.count("rejected")) == (93, 7)
    assert all(each["problems"] for each in first if each["outcome"] == "rejected")
    again = [each["outcome"] for each in second]
    assert (again.count("duplicate"), again.count("rejected")) == (93, 7)
    assert LogEvent.objects.count() == before + 93
    # One promise per convoy and batch for each consumer, whatever the size of the batch.
    assert OutboxRow.objects.count() == rows_before + len(OutboxRow.Consumer)
    assert Convoy.objects.get().pk == convoy


def test_a_slip_is_refused_and_an_odd_number_is_asked_about_once(cast: Cast, road: Road) -> None:
    caller = caller_for(cast.coordinator)
    planned(caller)

    def boarded(people: int, **more: Any) -> dict[str, Any]:
        return event(
            "people.boarded", at=field_now(), convoy="MZ-1", vehicle="B1",
            data={"people": people}, **more,
        )  # fmt: skip

    slip, odd = caller.post("events", boarded(3000)), caller.post("events", boarded(74))
    meant = caller.post("events", boarded(74, confirmed=True))

    assert (slip.status_code, slip.json()["errors"][0]["code"]) == (422, "slip_people")
    assert (odd.status_code, odd.json()["errors"][0]["code"]) == (422, "ask_people")
    assert meant.status_code == 201
    assert PeopleEntry.objects.get().people == 74


def test_the_senders_own_now_corrects_its_clock(cast: Cast, road: Road) -> None:
    caller = caller_for(cast.dispatcher)
    wrong = field_now() + timedelta(hours=5)
    closed = event("corridor.closed", at=wrong, corridor=SLUG)

    answer = caller.post("events/batch", {"now": wrong.isoformat(), "events": [closed]})

    stored = LogEvent.objects.get()
    assert answer.json()["results"][0]["time_disputed"] is False
    assert stored.occurred_at == wrong
    assert abs(stored.ordered_at - field_now()) < timedelta(minutes=1)


def test_a_time_still_in_the_future_is_kept_as_disputed_and_the_answer_says_so(
    cast: Cast, road: Road
) -> None:
    caller = caller_for(cast.dispatcher)
    wrong = field_now() + timedelta(hours=5)
    closed = event("corridor.closed", at=wrong + timedelta(hours=1), corridor=SLUG)

    answer = caller.post("events", {**closed, "now": wrong.isoformat(), "device_id": "phone-7"})

    assert answer.status_code == 201
    assert answer.json()["time_disputed"] is True
    assert codes(answer.json()) == ["kept_as_disputed"]
    assert LogEvent.objects.get().device_id == "phone-7"
    assert not CorridorState.objects.filter(operator_status="CLOSED").exists()


@pytest.mark.parametrize(
    ("person", "kind", "may"),
    [
        ("monitor", "contact.made", True),
        ("monitor", "people.counted", True),
        ("monitor", "corridor.closed", False),
        ("monitor", "corridor.confirmed", False),
        ("dispatcher", "corridor.closed", True),
        ("dispatcher", "corridor.confirmed", False),
        ("verifier", "corridor.confirmed", True),
        ("verifier", "contact.made", False),
        ("viewer", "contact.made", False),
        ("admin", "contact.made", False),
        ("partner", "contact.made", False),
        ("coordinator", "alert.acknowledged", False),
    ],
)
def test_a_role_logs_only_its_own_kinds(
    cast: Cast, road: Road, person: str, kind: str, may: bool
) -> None:
    planned(caller_for(cast.coordinator))
    before = LogEvent.objects.count()
    about = {"corridor": SLUG} if kind.startswith("corridor") else {"convoy": "MZ-1"}
    caller = caller_for(getattr(cast, person))

    answer = caller.post("events", event(kind, at=field_now(), **about))

    assert answer.status_code == (201 if may else 403), answer.json()
    assert LogEvent.objects.count() == before + may


def test_who_may_only_close_a_road_cannot_open_it_by_taking_a_closure_back(
    cast: Cast, road: Road
) -> None:
    closed = event("corridor.closed", at=field_now(), corridor=SLUG)
    caller_for(cast.verifier).post("events", closed)

    def taken_back(caller: Caller) -> Any:
        fix = event(
            "correction",
            at=field_now(),
            corrects=closed["id"],
            reason="no",
            data={"withdraw": True},
        )
        return caller.post("events", fix)

    by_dispatcher = taken_back(caller_for(cast.dispatcher))
    by_verifier = taken_back(caller_for(cast.verifier))

    assert (by_dispatcher.status_code, by_verifier.status_code) == (403, 201)


def test_another_organisation_finds_nothing_of_ours_to_log_about(cast: Cast, road: Road) -> None:
    ours = caller_for(cast.coordinator)
    convoy = planned(ours)
    window = {"opens_at": "2022-04-01T08:00:00+03:00", "closes_at": "2022-04-01T18:00:00+03:00"}
    said = ours.post(
        "events", event("window.announced", at=field_now(), corridor=SLUG, data=window)
    ).json()
    before = LogEvent.objects.count()
    now = field_now()
    foreign = [
        event("corridor.closed", at=now, corridor=SLUG),
        event("corridor.closed", at=now, corridor=str(road.corridor.pk)),
        event("contact.made", at=now, convoy="MZ-1"),
        event("contact.made", at=now, convoy=str(convoy)),
        event("window.cancelled", at=now, corridor=SLUG, window=said["created"]["window"]),
        event("checkpoint.reported", at=now, corridor=SLUG, checkpoint="CP1"),
        event("checkpoint.reported", at=now, checkpoint=str(road.tokmak.pk)),
        event("attempt.ended", at=now, attempt=str(uuid4()), data={"outcome": "FAILED"}),
        event("correction", at=now, corrects=said["event"], reason="x", data={"withdraw": True}),
        event("correction", at=now, corrects=said["id"], reason="x", data={"withdraw": True}),
    ]

    answer = caller_for(cast.outsider).post("events/batch", {"events": foreign})

    results = answer.json()["results"]
    assert {each["outcome"] for each in results} == {"rejected"}
    known = {"subject_unknown", "correction_target_unknown", "corridor_missing"}
    assert {code for each in results for code in codes(each)} <= known
    assert LogEvent.objects.count() == before
    assert PassageWindow.objects.get().state == PassageWindow.State.ANNOUNCED


def test_a_vehicle_that_went_to_another_convoy_is_still_known_to_a_late_repeat(
    cast: Cast, road: Road
) -> None:
    caller = caller_for(cast.coordinator)
    planned(caller, "MZ-1")
    planned(caller, "MZ-2")
    boarded = event(
        "people.boarded", at=field_now(), convoy="MZ-1", vehicle="B1", data={"people": 9}
    )
    caller.post("events", boarded)
    moved = {"code": "B9", "seats": 50}
    caller.post(
        "events",
        event(
            "vehicle.transferred", at=field_now(), convoy="MZ-1", other_convoy="MZ-2",
            vehicle="B1", data=moved,
        ),
    )  # fmt: skip

    answer = caller.post("events", boarded)

    assert Vehicle.objects.filter(convoy__code="MZ-2").count() == 2
    assert answer.json()["outcome"] == "duplicate"


def test_an_item_sent_twice_in_one_batch_is_stored_once(cast: Cast, road: Road) -> None:
    caller = caller_for(cast.coordinator)
    plan = event("convoy.planned", at=field_now(), corridor=SLUG, data={"code": "MZ-1"})

    answer = caller.post("events/batch", {"events": [plan, plan]})

    assert [each["outcome"] for each in answer.json()["results"]] == ["created", "duplicate"]
    assert Convoy.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_sendings_of_one_event_leave_one_row(cast: Cast, road: Road) -> None:
    key = caller_for(cast.dispatcher)
    closed = event("corridor.closed", at=field_now(), corridor=SLUG)

    def send(_: int) -> tuple[int, str]:
        try:
            answer = key.post("events", closed)
            return answer.status_code, answer.json()["event"]
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as pool:
        answers = list(pool.map(send, range(50)))

    assert sorted(code for code, _ in answers) == [200] * 49 + [201]
    assert {entry for _, entry in answers} == {str(LogEvent.objects.get().pk)}
    assert OutboxRow.objects.count() == len(OutboxRow.Consumer)
