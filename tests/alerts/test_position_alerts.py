"""What trackers show is told to the desk once, with a reason to end it, and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.alerts.scenes import MACHINE_NOW, clock, expand_all, subscribe
from tests.cast import Cast
from tests.factories import Road
from tests.positions.scenes import START, Trackers, at_km, with_trackers
from tracker.alerts.models import Alert, AlertState, Delivery
from tracker.alerts.operations import end_alert
from tracker.alerts.watching import watch
from tracker.alerts.wording import text_without_links

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Trackers:
    subscribe("relative@example.org")
    convoy = with_trackers(cast, road, buses=6)
    convoy.column.tell("convoy.departed", 60)
    convoy.column.tell("contact.made", 70)
    expand_all(at=START)
    return convoy


def stray(convoy: Trackers, *buses: int, minute: float = 0) -> None:
    for bus in buses:
        convoy.report(bus, at_km(50, minute))
        convoy.report(bus, *(at_km(50 + n / 2, minute + n, north_m=1_200) for n in range(1, 4)))


def told(convoy: Trackers, minute: float) -> list[Alert]:
    before = set(Alert.objects.values_list("pk", flat=True))
    convoy.column.tell("contact.made", int(minute) + 60)
    watch(clock=clock(START + minute * MINUTE), now=MACHINE_NOW)
    return list(
        Alert.objects.filter(kind="convoy.positions").exclude(pk__in=before).order_by("revision")
    )


def test_a_bus_off_the_road_is_one_alert_however_often_one_looks(convoy: Trackers) -> None:
    stray(convoy, 1)

    first, again = told(convoy, 4), told(convoy, 9)

    assert [alert.facts["change"] for alert in first] == ["off_route"]
    assert again == []
    assert set(first[0].facts["vehicles"]) == {"B1"}


def test_the_mail_says_what_is_known_and_its_age_and_not_where(convoy: Trackers) -> None:
    stray(convoy, 1)
    (alert,) = told(convoy, 4)

    text = text_without_links(alert.deliveries.all()[0], at=START + 10 * MINUTE)

    assert text.subject == "M1: B1 off the road"
    assert "off the line of the road since" in text.body
    assert "(9 minutes ago)" in text.body
    assert "No status was changed by this." in text.body
    assert "km" not in text.body


def test_a_further_bus_is_told_and_the_fifth_is_not(convoy: Trackers) -> None:
    stray(convoy, 1)
    told(convoy, 4)
    stray(convoy, 2, 3, 4, minute=6)

    (second,) = told(convoy, 10)
    stray(convoy, 5, minute=12)

    assert set(second.facts["vehicles"]) == {"B1", "B2", "B3", "B4"}
    assert told(convoy, 16) == []


def test_an_alert_ended_with_a_reason_stays_ended_until_the_bus_strays_anew(
    cast: Cast, convoy: Trackers
) -> None:
    stray(convoy, 1, 2)
    (alert,) = told(convoy, 4)
    at = START + 5 * MINUTE
    end_alert(alert=alert, by=cast.dispatcher, at=at, now=MACHINE_NOW, reason="Crater, detour.")
    known = told(convoy, 8)

    convoy.report(1, at_km(56, 10))
    stray(convoy, 1, minute=14)
    (anew,) = told(convoy, 20)

    assert known == []
    assert anew.facts["change"] == "off_route"


def test_the_alert_ends_by_itself_once_all_are_back(convoy: Trackers) -> None:
    stray(convoy, 1)
    told(convoy, 4)
    convoy.report(1, at_km(56, 10))

    told(convoy, 11)

    assert not Alert.objects.filter(kind="convoy.positions", state=AlertState.OPEN).exists()


def test_odd_positions_are_told_as_such(convoy: Trackers) -> None:
    convoy.report(1, at_km(50, 0))
    convoy.report(1, *(at_km(120, n) for n in range(2, 6)))

    (alert,) = told(convoy, 8)
    text = text_without_links(alert.deliveries.all()[0], at=START + 8 * MINUTE)

    assert alert.facts["change"] == "odd"
    assert text.subject == "M1: positions of B1 cannot be true"


def test_nobody_outside_the_organisation_hears_of_it(cast: Cast, convoy: Trackers) -> None:
    stray(convoy, 1)
    told(convoy, 4)

    deliveries = Delivery.objects.filter(alert__kind="convoy.positions")
    assert deliveries.exists()
    assert not deliveries.filter(subscriber__isnull=False).exists()
    assert not deliveries.exclude(user__organisation=cast.organisation).exists()


def test_a_bus_that_has_not_left_yet_strays_for_nobody(cast: Cast, road: Road) -> None:
    convoy = with_trackers(cast, road, code="M2")
    stray(convoy, 1)

    watch(clock=clock(START + 5 * MINUTE), now=MACHINE_NOW)

    assert not Alert.objects.exists()
