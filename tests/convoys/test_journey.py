"""The journey of a convoy follows from its entries in event order, however they arrived."""

from __future__ import annotations

from datetime import timedelta

from tests.cast import Cast
from tests.convoys.journeys import MORNING, planned
from tests.factories import Road
from tracker.convoys.models import Convoy, ConvoyState, Passage, Vehicle
from tracker.convoys.queries import contact_of, convoys_overdue, state_at


def at(minute: int) -> object:
    return MORNING + timedelta(minutes=minute)


def test_a_planned_convoy_assembles_with_its_vehicles_in_order(cast: Cast, road: Road) -> None:
    column = planned(cast, road, people=150)

    row = column.row
    assert (row.state, row.people_planned, row.route_id) == ("ASSEMBLING", 150, road.route.pk)
    assert [bus.code for bus in row.vehicles.all()] == ["B1", "B2", "B3"]
    assert row.organisation == cast.organisation


def test_a_convoy_departs_reaches_a_checkpoint_is_held_and_let_through(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)

    column.tell("convoy.departed", 0)
    column.tell("convoy.arrived_at", 360, checkpoint=road.vasylivka.pk)
    held = column.tell("convoy.held", 370, reason="no reason given")
    while_held = column.row
    column.tell("convoy.cleared", 550)

    assert while_held.state == ConvoyState.HELD
    assert while_held.state_since == at(370)
    assert while_held.state_event_id == held.pk
    assert while_held.at_checkpoint_id == road.vasylivka.pk
    assert while_held.held_reason == "no reason given"
    row = column.row
    assert (row.state, row.at_checkpoint_id, row.held_reason) == ("MOVING", None, "")
    assert (row.head_km, row.tail_km) == (233.3, 233.3)
    crossing = Passage.objects.get()
    assert (crossing.arrived_at, crossing.held_at) == (at(360), at(370))
    assert (crossing.cleared_at, crossing.tail_cleared_at) == (at(550), at(550))


def test_head_and_tail_pass_a_checkpoint_each_in_its_own_time(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)

    column.tell("convoy.arrived_at", 100, checkpoint=road.tokmak.pk, data={"part": "head"})
    column.tell("convoy.cleared", 120, checkpoint=road.tokmak.pk, data={"part": "head"})

    row, crossing = column.row, Passage.objects.get()
    assert (row.head_km, row.tail_km) == (191.7, 0)
    assert (crossing.cleared_at, crossing.tail_cleared_at) == (at(120), None)
    column.tell("convoy.cleared", 150, checkpoint=road.tokmak.pk, data={"part": "tail"})
    assert column.row.tail_km == 191.7
    assert Passage.objects.get().tail_cleared_at == at(150)


def test_an_arrival_that_is_told_before_the_departure_gives_the_same_state(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)

    column.tell("convoy.arrived_at", 100, checkpoint=road.tokmak.pk)
    without_departure = column.row.state
    column.tell("convoy.departed", 0)

    row = column.row
    assert without_departure == row.state == ConvoyState.MOVING
    assert (row.departed_at, row.head_km) == (at(0), 191.7)


def test_a_late_hold_does_not_bring_an_arrived_convoy_back(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    column.tell("convoy.arrived", 600)

    column.tell("convoy.held", 370, checkpoint=road.vasylivka.pk)

    row = column.row
    assert (row.state, row.ended_at, row.head_km) == (ConvoyState.ARRIVED, at(600), 290.5)
    assert Passage.objects.get().held_at == at(370)


def test_a_convoy_whose_head_is_in_has_not_arrived(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)

    column.tell("convoy.arrived", 600, data={"part": "head"})

    row = column.row
    assert (row.state, row.ended_at, row.head_km, row.tail_km) == ("MOVING", None, 290.5, 0)
    column.tell("convoy.arrived", 640, data={"part": "tail"})
    assert (column.row.state, column.row.ended_at) == ("ARRIVED", at(640))


def test_a_convoy_that_turned_back_stays_turned_back_when_it_is_safe(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    column.tell("convoy.arrived_at", 360, checkpoint=road.vasylivka.pk)
    column.tell("convoy.turned_back", 400, reason="not let through")
    on_its_way = column.row

    column.tell("convoy.arrived", 700)

    assert (on_its_way.state, on_its_way.ended_at) == (ConvoyState.TURNED_BACK, None)
    row = column.row
    assert (row.state, row.ended_at, row.head_km) == (ConvoyState.TURNED_BACK, at(700), 233.3)
    assert Passage.objects.get().turned_back_at == at(400)


def test_a_second_try_at_a_checkpoint_counts_its_wait_anew(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    column.tell("convoy.arrived_at", 360, checkpoint=road.vasylivka.pk)
    column.tell("convoy.sent_back", 400)

    column.tell("convoy.departed", 1500)
    column.tell("convoy.arrived_at", 1600, checkpoint=road.vasylivka.pk)

    crossing = Passage.objects.get()
    assert (crossing.arrived_at, crossing.turned_back_at) == (at(1600), None)
    assert column.row.departed_at == at(0)


def test_a_withdrawn_departure_leaves_the_convoy_assembling(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    left = column.tell("convoy.departed", 0)

    column.tell("correction", 5, corrects=left, data={"withdraw": True}, reason="wrong convoy")

    row = column.row
    assert (row.state, row.departed_at, row.head_km) == (ConvoyState.ASSEMBLING, None, None)


def test_a_withdrawn_plan_keeps_its_row_for_the_log_and_is_marked(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    plan = column.row.event

    column.tell("correction", 5, corrects=plan, data={"withdraw": True}, reason="planned twice")

    assert column.row.is_withdrawn
    assert not Convoy.objects.get(pk=column.convoy_id).departed_at


def test_a_vehicle_that_was_added_by_mistake_is_taken_back_but_stays_in_the_log(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("people.boarded", 0, vehicle=column.buses[2], data={"people": 40})

    column.tell(
        "correction",
        5,
        corrects=column.bus(3).event,
        data={"withdraw": True},
        reason="never came",
    )

    assert column.bus(3).state == Vehicle.State.WITHDRAWN
    assert column.bus(2).state == Vehicle.State.IN_COLUMN


def test_silence_past_the_grace_is_shown_as_no_contact_with_its_length(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)

    in_grace = contact_of(column.row, at=MORNING + timedelta(minutes=44))
    silent = contact_of(column.row, at=MORNING + timedelta(minutes=46))

    assert not in_grace.is_silent
    assert in_grace.due_at == at(30)
    assert silent.silent_for == timedelta(minutes=46)
    assert state_at(column.row, at=MORNING + timedelta(minutes=46)) == ConvoyState.OUT_OF_CONTACT
    assert column.row.state == ConvoyState.MOVING


def test_the_overdue_are_those_on_the_road_past_interval_and_grace(cast: Cast, road: Road) -> None:
    silent, waiting, arrived = (planned(cast, road, code=code) for code in ("M1", "M2", "M3"))
    silent.tell("convoy.departed", 0)
    arrived.tell("convoy.departed", 0)
    arrived.tell("convoy.arrived", 20)

    overdue = convoys_overdue(at=MORNING + timedelta(minutes=46))

    assert [row.code for row in overdue] == ["M1"]
    assert not convoys_overdue(at=MORNING + timedelta(minutes=45)).exists()
    assert waiting.row.state == ConvoyState.ASSEMBLING


def test_a_desk_note_is_no_word_from_the_road(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)

    column.tell("note", 40, data={"note": "Called the driver, no answer."})

    assert column.row.last_contact_at == at(0)


def test_a_lost_contact_ends_with_the_next_word_from_the_road(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    column.tell("convoy.held", 60)

    column.tell("contact.lost", 90)
    lost = column.row.state
    column.tell("contact.made", 120)

    assert lost == ConvoyState.OUT_OF_CONTACT
    assert column.row.state == ConvoyState.HELD


def test_a_night_stop_after_a_hold_is_a_stay_of_its_own(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    column.tell("convoy.held", 60, checkpoint=road.tokmak.pk)
    column.tell("convoy.held", 90)
    held_since = column.row.state_since

    column.tell("convoy.night_stop", 700, reason="curfew")

    assert held_since == at(60)
    assert (column.row.state, column.row.state_since) == (ConvoyState.HELD, at(700))
