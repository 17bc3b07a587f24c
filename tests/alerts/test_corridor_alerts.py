"""A change of a corridor's status or window is told once, to whom it concerns, and no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.alerts.scenes import MACHINE_NOW, clock, deliveries_to_subscribers, expand_all, subscribe
from tests.cast import Cast
from tests.factories import NOON, Road, log, make_road, new_event
from tracker.alerts.decisions import Subject, drafts_about
from tracker.alerts.models import Alert, Delivery
from tracker.alerts.watching import watch
from tracker.fieldlog.kinds import NewEvent

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def act(kind: str, road: Road, *, at: datetime = NOON) -> NewEvent:
    return new_event(kind, corridor=road.corridor.pk, at=at)


def stated(road: Road, claims: str, *, at: datetime = NOON, is_public: bool = True) -> NewEvent:
    data = {"says": "Said so.", "claims": claims, "is_public": is_public}
    return new_event(
        "corridor.stated", corridor=road.corridor.pk, at=at, source=road.russia, data=data
    )


def test_an_operators_closure_is_told_to_subscribers_and_to_the_desk(
    cast: Cast, road: Road
) -> None:
    subscriber = subscribe("reader@example.net", corridor=road.corridor)
    log(act("corridor.closed", road), organisation=cast.organisation)

    (alert,) = expand_all()

    assert (alert.kind, alert.facts["status"], alert.revision) == ("corridor.status", "CLOSED", 1)
    assert {d.subscriber_id for d in Delivery.objects.filter(user=None)} == {subscriber.pk}
    told = set(Delivery.objects.filter(subscriber=None).values_list("user__username", flat=True))
    assert told == {"coordinator", "dispatcher", "verifier"}


def test_a_partys_claim_that_it_is_open_is_told_as_announced(cast: Cast, road: Road) -> None:
    log(stated(road, "OPEN"), organisation=cast.organisation)

    (alert,) = expand_all()

    assert (alert.facts["status"], alert.facts["basis"]) == ("ANNOUNCED", "announced")


def test_a_private_announcement_about_a_public_corridor_is_told_to_nobody(
    cast: Cast, road: Road
) -> None:
    subscribe("reader@example.net", corridor=road.corridor)
    log(stated(road, "OPEN", is_public=False), organisation=cast.organisation)

    assert expand_all() == []
    assert not Delivery.objects.exists()


def test_no_word_at_all_is_no_alert(cast: Cast, road: Road) -> None:
    log(stated(road, "UNKNOWN"), organisation=cast.organisation)

    assert expand_all() == []


def test_the_same_status_said_again_is_not_told_again(cast: Cast, road: Road) -> None:
    log(act("corridor.closed", road), organisation=cast.organisation)
    expand_all()
    log(act("corridor.closed", road, at=NOON + HOUR), organisation=cast.organisation)

    assert expand_all(at=NOON + HOUR) == []


def test_a_late_event_fires_no_alert_once_a_newer_state_was_told(cast: Cast, road: Road) -> None:
    log(act("corridor.closed", road), organisation=cast.organisation)
    expand_all()
    log(act("corridor.confirmed", road, at=NOON - HOUR), organisation=cast.organisation)

    assert expand_all() == []


def test_a_newer_status_withdraws_what_waits_and_has_the_next_revision(
    cast: Cast, road: Road
) -> None:
    subscribe("reader@example.net")
    log(act("corridor.confirmed", road), organisation=cast.organisation)
    expand_all()
    log(act("corridor.closed", road, at=NOON + HOUR), organisation=cast.organisation)

    (closed,) = expand_all(at=NOON + HOUR)

    old, new = deliveries_to_subscribers()
    assert (old.state, old.error) == ("cancelled", "superseded")
    assert (new.state, new.alert_id, closed.revision) == ("pending", closed.pk, 2)
    assert new.priority < old.priority


def test_a_confirmation_that_was_withdrawn_is_told_as_not_known(cast: Cast, road: Road) -> None:
    opened, *_ = log(act("corridor.confirmed", road), organisation=cast.organisation)
    expand_all()
    fix = new_event(
        "correction", corrects=opened.pk, reason="wrong corridor", data={"withdraw": True}
    )
    log(fix, organisation=cast.organisation)

    (alert,) = expand_all()

    assert (alert.facts["status"], alert.facts["before"]) == ("UNKNOWN", "OPEN")


def test_an_open_that_grows_old_is_told_by_the_watch_alone_and_once(cast: Cast, road: Road) -> None:
    log(act("corridor.confirmed", road), organisation=cast.organisation)
    expand_all()
    later = NOON + 7 * HOUR

    written = [watch(clock=clock(later), now=later) for _ in range(2)]

    assert written == [1, 0]
    assert Alert.objects.latest("revision").facts["status"] == "UNKNOWN"


def test_who_follows_another_corridor_hears_nothing(cast: Cast, road: Road) -> None:
    other = make_road(operator=cast.organisation, slug="other-corridor")
    everything = subscribe("all@example.net")
    subscribe("other@example.net", corridor=other.corridor)
    log(act("corridor.closed", road), organisation=cast.organisation)

    expand_all()

    assert {d.subscriber_id for d in deliveries_to_subscribers()} == {everything.pk}


def test_a_corridor_that_is_not_public_is_told_to_the_desk_alone(cast: Cast, road: Road) -> None:
    road.corridor.is_public = False
    road.corridor.save(update_fields=["is_public"])
    subscribe("reader@example.net")
    log(act("corridor.closed", road), organisation=cast.organisation)

    expand_all()

    assert deliveries_to_subscribers() == []
    assert Delivery.objects.exists()


def window(
    road: Road, kind: str, window_id: object, *, hours: int, at: datetime = NOON
) -> NewEvent:
    times = {
        "opens_at": (NOON + hours * HOUR).isoformat(),
        "closes_at": (NOON + (hours + 4) * HOUR).isoformat(),
    }
    data = {} if kind == "window.cancelled" else times
    return new_event(
        kind, corridor=road.corridor.pk, window=window_id, at=at, data=data, source=road.russia
    )


def test_a_window_is_told_when_announced_moved_and_cancelled(cast: Cast, road: Road) -> None:
    window_id = uuid4()
    told = []
    for minute, (kind, hours) in enumerate(
        [("window.announced", 2), ("window.moved", 3), ("window.cancelled", 3)]
    ):
        at = NOON + timedelta(minutes=minute)
        log(window(road, kind, window_id, hours=hours, at=at), organisation=cast.organisation)
        told += [alert.facts["change"] for alert in expand_all(at=at)]

    assert told == ["announced", "moved", "cancelled"]


def test_a_window_of_the_past_is_history_and_not_told(cast: Cast, road: Road) -> None:
    log(window(road, "window.announced", uuid4(), hours=-9), organisation=cast.organisation)

    assert expand_all() == []


def test_an_announcement_that_was_withdrawn_is_told_as_cancelled(cast: Cast, road: Road) -> None:
    event = window(road, "window.announced", uuid4(), hours=2)
    announced, *_ = log(event, organisation=cast.organisation)
    expand_all()
    fix = new_event("correction", corrects=announced.pk, reason="typo", data={"withdraw": True})
    log(fix, organisation=cast.organisation)

    (alert,) = expand_all()

    assert alert.facts["change"] == "cancelled"


def test_many_windows_take_no_more_queries_than_one(cast: Cast, road: Road) -> None:
    def announce(count: int) -> None:
        for hour in range(1, count + 1):
            event = window(road, "window.announced", uuid4(), hours=hour)
            log(event, organisation=cast.organisation)
        expand_all()

    def queries() -> int:
        subject = Subject("corridor", road.corridor.pk)
        with CaptureQueriesContext(connection) as taken:
            list(drafts_about(subject, event_ids=[], at=NOON))
        return len(taken)

    announce(1)
    of_one = queries()
    announce(5)

    assert queries() == of_one


def test_the_end_of_an_exercise_is_told_to_nobody_and_hides_no_real_closure(
    cast: Cast, road: Road
) -> None:
    subscribe("reader@example.net", corridor=road.corridor)
    log(act("corridor.closed", road), organisation=cast.organisation)
    expand_all(exercise="The day")

    later = NOON + 1600 * 24 * HOUR
    watch(clock=clock(later), now=MACHINE_NOW + HOUR)
    at_its_end = [each.is_exercise for each in deliveries_to_subscribers()]
    log(act("corridor.closed", road, at=later), organisation=cast.organisation, now=later)
    expand_all(at=later)

    assert at_its_end == [True]
    assert [each.is_exercise for each in deliveries_to_subscribers()] == [True, False]
