"""`/healthz`: whether the installation can write and its processes live, for whoever watches it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tracker.organisations.permissions import may_of
from tracker.outbox.operations import try_to_write
from tracker.outbox.queries import oldest_waiting_s, silent_processes, unheard_of

logger = logging.getLogger(__name__)

WRITES = "healthz"
WRITE_EVERY = timedelta(seconds=10)
SILENT_AFTER = timedelta(seconds=90)
WAITING_LIMIT_S = 60
# Without these nothing is published and nobody is alerted. Beat only hurries them along.
NEEDED = ("deliver", "sender")


@dataclass(frozen=True, slots=True)
class Health:
    """What was found: nothing can be written, who is silent, how long a fact has waited (s)."""

    can_write: bool
    silent: tuple[str, ...] = ()
    waiting_s: float = 0.0

    @property
    def is_well(self) -> bool:
        """Tell whether alerts and publications can be relied on."""
        return self.can_write and not self.silent and self.waiting_s <= WAITING_LIMIT_S

    def findings(self) -> list[str]:
        """Return what is wrong, in words for staff."""
        found = []
        if not self.can_write:
            found.append(_("The database takes no writes: look at its disk and its log."))
        if self.silent:
            text = _("No sign of life from: %(names)s. Start it again, or look at its log.")
            found.append(text % {"names": ", ".join(self.silent)})
        if self.waiting_s > WAITING_LIMIT_S:
            text = _("A fact has been waiting to be published or told for %(seconds)s s.")
            found.append(text % {"seconds": round(self.waiting_s)})
        return found


def examine(now: datetime) -> Health:
    """Write, then look for who is silent and what waits (machine time)."""
    try:
        try_to_write(name=WRITES, at=now, every=WRITE_EVERY)
        silent = {*silent_processes(now=now, limit=SILENT_AFTER), *unheard_of(NEEDED)} - {WRITES}
        return Health(True, tuple(sorted(silent)), oldest_waiting_s(now=now))
    except DatabaseError:
        logger.exception("The database failed a health check")
        return Health(can_write=False)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 or 503; what is wrong is told to people of the house alone."""
    health = examine(timezone.now())
    answer: dict[str, object] = {"status": "ok" if health.is_well else "failing"}
    # Who asks is looked up in the same database.
    if health.can_write and may_of(request.user).see_internal:
        answer["findings"] = health.findings()
    return JsonResponse(answer, status=200 if health.is_well else 503)


urlpatterns = [path("healthz", healthz, name="healthz")]
