"""Notice what changes without anybody saying a word: a status grows old, a convoy falls silent."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from tracker.alerts.decisions import Subject
from tracker.alerts.operations import tell_about
from tracker.alerts.subscriptions import forget_the_unconfirmed
from tracker.convoys.models import Convoy
from tracker.corridors.models import Corridor
from tracker.exercises.clock import FieldClock

# One transaction each, so that a big installation holds no lock for long.
_BATCH = 50


def watch(*, clock: FieldClock, now: datetime) -> int:
    """Tell what time alone has changed and return how many alerts were written.

    `clock` is field time, `now` machine time. Repeatable at any pace: each change is told once.
    """
    forget_the_unconfirmed(now=now)
    subjects = [*_corridors(), *_convoys_on_the_road(clock.now)]
    written = 0
    for start in range(0, len(subjects), _BATCH):
        batch = subjects[start : start + _BATCH]
        written += tell_about(touched={subject: [] for subject in batch}, clock=clock, now=now)
    return written


def _corridors() -> list[Subject]:
    told = Corridor.objects.filter(state__isnull=False).order_by("id")
    return [Subject("corridor", key) for key in told.values_list("pk", flat=True)]


def _convoys_on_the_road(at: datetime) -> list[Subject]:
    """Return the convoys that are watched or dark, unless they are long past any news.

    One that is dark stays among them even when something says that it has arrived.
    """
    under_way = Q(departed_at__isnull=False, ended_at__isnull=True)
    on_the_road = Convoy.objects.filter(
        under_way | Q(silent_from__isnull=False),
        last_contact_at__gt=at - timedelta(days=7),
    )
    keys = on_the_road.order_by("id").values_list("pk", flat=True)
    return [Subject("convoy", key) for key in keys]
