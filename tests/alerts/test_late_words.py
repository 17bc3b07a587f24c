"""What arrives late rebuilds the history of a convoy and repeats nothing that is overtaken."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.alerts.scenes import expand_all
from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.alerts.models import Delivery
from tracker.convoys.models import Convoy, ConvoyState, Passage
from tracker.organisations.models import User

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told(user: User) -> int:
    """Return how many words about the state of a convoy were sent to somebody."""
    return Delivery.objects.filter(user=user, alert__kind="convoy.state").count()


def test_a_late_hold_is_folded_in_and_told_to_nobody(cast: Cast, road: Road) -> None:
    convoy = uuid4()

    def happened(kind: str, minute: int, **subjects: UUID) -> None:
        at = NOON + timedelta(minutes=minute)
        data = {"code": "M1"} if kind == "convoy.planned" else {}
        event = new_event(kind, at=at, data=data, convoy=convoy, **subjects)
        log(event, organisation=cast.organisation, by=cast.dispatcher, now=NOON + HOUR)
        expand_all(at=NOON + HOUR)

    happened("convoy.planned", -60, corridor=road.corridor.pk)
    happened("convoy.departed", 0)
    happened("convoy.arrived", 50)
    before = told(cast.dispatcher)

    happened("convoy.held", 20, checkpoint=road.vasylivka.pk)

    assert before == 2
    assert told(cast.dispatcher) == before
    assert Convoy.objects.get().state == ConvoyState.ARRIVED
    assert Passage.objects.get().held_at == NOON + timedelta(minutes=20)
