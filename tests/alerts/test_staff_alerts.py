"""The desk hears of its convoys, checkpoints and incidents, once each, and nobody else does."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.alerts.scenes import MACHINE_NOW, clock, expand_all, subscribe
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.alerts.models import Alert, AlertState, Delivery
from tracker.alerts.watching import watch
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.intake.judging import Clock
from tracker.intake.operations import record

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def convoy_id(cast: Cast, road: Road) -> UUID:
    """Plan a convoy of 3,000 people, told to nobody yet."""
    convoy_id = uuid4()
    planned = new_event(
        "convoy.planned",
        corridor=road.corridor.pk,
        convoy=convoy_id,
        at=NOON - 60 * MINUTE,
        data={"code": "M1", "people_planned": 3000},
    )
    log(planned, organisation=cast.organisation)
    return convoy_id


def happened(
    cast: Cast,
    convoy_id: UUID,
    kind: str,
    *,
    minute: int = 0,
    data: dict[str, object] | None = None,
    **subjects: UUID,
) -> LogEvent:
    at = NOON + minute * MINUTE
    event = new_event(kind, convoy=convoy_id, at=at, data=data, **subjects)
    (row,) = log(event, organisation=cast.organisation, by=cast.dispatcher)
    return row


def changes_told(cast: Cast, convoy_id: UUID, *steps: tuple[str, UUID | None]) -> list[str]:
    """Let steps happen a minute apart, each told at once; return what was sent to one person."""
    for minute, (kind, checkpoint) in enumerate(steps):
        subjects = {"checkpoint": checkpoint} if checkpoint else {}
        happened(cast, convoy_id, kind, minute=minute, **subjects)
        expand_all(at=NOON + minute * MINUTE)
    sent = Delivery.objects.filter(user=cast.dispatcher, alert__kind="convoy.state")
    return [delivery.alert.facts["change"] for delivery in sent.order_by("id") if delivery.alert]


def test_departure_holds_and_arrival_are_told_and_moving_on_is_not(
    cast: Cast, road: Road, convoy_id: UUID
) -> None:
    told = changes_told(
        cast,
        convoy_id,
        ("convoy.departed", None),
        ("convoy.held", road.tokmak.pk),
        ("convoy.cleared", road.tokmak.pk),
        ("convoy.held", road.vasylivka.pk),
        ("convoy.cleared", road.vasylivka.pk),
        ("convoy.arrived", None),
    )

    assert told == ["departed", "held", "held", "arrived"]


def test_turning_back_is_told_and_stays_on_the_board(
    cast: Cast, road: Road, convoy_id: UUID
) -> None:
    told = changes_told(
        cast, convoy_id, ("convoy.departed", None), ("convoy.turned_back", road.tokmak.pk)
    )

    assert told == ["departed", "turned_back"]
    assert Alert.objects.get(state=AlertState.OPEN).facts["change"] == "turned_back"


def test_a_hold_leaves_the_board_by_itself_and_its_unsent_mail_is_withdrawn(
    cast: Cast, road: Road, convoy_id: UUID
) -> None:
    changes_told(
        cast,
        convoy_id,
        ("convoy.departed", None),
        ("convoy.held", road.tokmak.pk),
        ("convoy.cleared", road.tokmak.pk),
    )

    assert not Alert.objects.filter(state=AlertState.OPEN).exists()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}


def test_nothing_of_a_convoy_reaches_people_outside_or_another_organisation(
    cast: Cast, road: Road, convoy_id: UUID
) -> None:
    subscribe("reader@example.net")

    changes_told(cast, convoy_id, ("convoy.departed", None), ("convoy.held", road.tokmak.pk))

    recipients = set(Delivery.objects.values_list("user__username", flat=True))
    assert recipients == {"coordinator", "dispatcher", "verifier"}


def test_a_withdrawn_arrival_is_told_to_those_who_were_told_of_it(
    cast: Cast, convoy_id: UUID
) -> None:
    happened(cast, convoy_id, "convoy.departed")
    expand_all()
    arrival = happened(cast, convoy_id, "convoy.arrived", minute=10)
    expand_all(at=NOON + 10 * MINUTE)
    fix = new_event(
        "correction",
        corrects=arrival.pk,
        reason="another convoy",
        data={"withdraw": True},
        at=NOON + 11 * MINUTE,
    )
    log(fix, organisation=cast.organisation)

    (alert,) = expand_all(at=NOON + 11 * MINUTE)

    assert alert.facts["change"] == "arrival_withdrawn"
    assert alert.deliveries.count() == 3


def test_a_departure_logged_days_later_is_no_news_but_its_silence_and_its_five_steps_are(
    cast: Cast, convoy_id: UUID
) -> None:
    happened(cast, convoy_id, "convoy.departed")

    alerts = expand_all(at=NOON + timedelta(days=2))

    assert {alert.kind for alert in alerts} == {"convoy.silence", "convoy.step"}
    assert len(alerts) == 6


def test_silence_is_told_once_and_ends_when_a_named_person_has_reached_it(
    cast: Cast, convoy_id: UUID
) -> None:
    happened(cast, convoy_id, "convoy.departed")
    expand_all()
    late = NOON + 46 * MINUTE

    written = [watch(clock=clock(late), now=MACHINE_NOW) for _ in range(3)]
    happened(cast, convoy_id, "contact.made", minute=50)
    expand_all(at=NOON + 50 * MINUTE)
    is_open_after_a_word = Alert.objects.filter(kind="convoy.silence", state="OPEN").exists()
    reached = {"reached": "driver of B1", "means": "PHONE"}
    happened(cast, convoy_id, "silence.ended", minute=51, data=reached)
    expand_all(at=NOON + 51 * MINUTE)

    assert written == [1, 0, 0]
    assert is_open_after_a_word
    assert Delivery.objects.filter(alert__kind="convoy.silence", user=cast.dispatcher).count() == 1
    assert not Alert.objects.filter(kind="convoy.silence", state=AlertState.OPEN).exists()


def test_a_headcount_that_does_not_balance_names_how_many_are_missing(
    cast: Cast, road: Road, convoy_id: UUID
) -> None:
    happened(cast, convoy_id, "convoy.departed")
    expand_all()
    happened(cast, convoy_id, "people.counted", minute=5, data={"people": 2961})

    (alert,) = expand_all(at=NOON + 5 * MINUTE)

    facts = alert.facts
    assert (facts["gap"], facts["counted"], facts["expected"]) == (39, "2961", "3000")
    assert alert.state == AlertState.OPEN


def test_a_count_that_balances_is_no_alert_and_ends_the_one_before(
    cast: Cast, convoy_id: UUID
) -> None:
    happened(cast, convoy_id, "convoy.departed")
    happened(cast, convoy_id, "people.counted", minute=5, data={"people": 2961})
    expand_all(at=NOON + 5 * MINUTE)
    happened(cast, convoy_id, "people.counted", minute=9, data={"people": 3000})

    expand_all(at=NOON + 9 * MINUTE)

    assert not Alert.objects.filter(kind="convoy.headcount", state=AlertState.OPEN).exists()


def test_a_call_for_help_is_told_first_even_from_a_phone_with_a_wrong_clock(
    cast: Cast, convoy_id: UUID
) -> None:
    happened(cast, convoy_id, "convoy.departed")
    call = new_event("sos", convoy=convoy_id, at=NOON - timedelta(days=20))
    (row,) = log(call, organisation=cast.organisation)

    alerts = expand_all()

    emergency = next(alert for alert in alerts if alert.kind == "emergency")
    assert row.time_disputed
    assert emergency.event == row
    assert Delivery.objects.order_by("priority").values_list("alert", flat=True)[0] == emergency.pk


def test_a_closed_checkpoint_is_told_with_its_source_and_ends_when_it_lets_through(
    cast: Cast, road: Road
) -> None:
    for minute, status in enumerate(("CLOSED", "CLOSED", "OPEN")):
        report = new_event(
            "checkpoint.reported",
            checkpoint=road.vasylivka.pk,
            at=NOON + minute * MINUTE,
            source=road.icrc,
            data={"status": status},
        )
        log(report, organisation=cast.organisation)
        expand_all(at=NOON + minute * MINUTE)

    told = Alert.objects.filter(deliveries__user=cast.dispatcher)
    assert [alert.facts["source"] for alert in told] == ["ICRC"]
    assert not Alert.objects.filter(state=AlertState.OPEN).exists()


def incident(*, days_ago: int = 0) -> NewEvent:
    return new_event(
        "incident.reported",
        incident=uuid4(),
        at=NOON - timedelta(days=days_ago),
        data={"alleged": "Two helicopters attacked a fuel depot", "severity": "HIGH"},
    )


def test_an_incident_is_told_when_reported_and_not_again_for_each_claim(
    cast: Cast, road: Road
) -> None:
    (reported,) = log(incident(), organisation=cast.organisation)
    first = expand_all()
    claim = new_event(
        "incident.claimed",
        incident=reported.incident_id,
        source=road.russia,
        data={"stance": "CLAIMS", "says": "It was an attack."},
    )
    log(claim, organisation=cast.organisation)

    assert [alert.kind for alert in first] == ["incident.reported"]
    assert expand_all() == []


def test_the_imported_record_of_past_weeks_tells_nobody_anything(cast: Cast, road: Road) -> None:
    history = Clock(now=NOON, is_record=True)
    record(events=[incident(days_ago=20)], organisation=cast.organisation, by=None, clock=history)

    assert expand_all() == []
    assert not Delivery.objects.exists()
