"""Checkpoints: what is reported of each, how old it is, and the form for a further report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.checkpoints.models import Checkpoint, CheckpointReport, CheckpointStatus
from tracker.checkpoints.queries import (
    checkpoints_in_order,
    reports_newest_first,
    waits_newest_first,
)
from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_run_by
from tracker.exercises.clock import field_now
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, organisation_of, person
from tracker.web.corridor_page import entry_url
from tracker.web.forms_checkpoints import ReportForm
from tracker.web.recording import form_page, posted, took

REPORTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class CheckpointShown:
    """A checkpoint with its newest status and its newest wait in words."""

    checkpoint: Checkpoint
    status: str
    at: datetime | None
    wait: str
    wait_at: datetime | None
    event_url: str


def wait_words(report: CheckpointReport | None) -> str:
    """Return the wait that a report names, in hours as it names them; empty where it names none."""
    if report is None or (report.wait_low_h is None and report.wait_high_h is None):
        return ""
    low, high = report.wait_low_h, report.wait_high_h
    if low is not None and high is not None and low != high:
        words = _("%(low)g to %(high)g h") % {"low": low, "high": high}
    else:
        words = _("%(hours)g h") % {"hours": high if low is None else low}
    return _("%(wait)s so far, still waiting") % {"wait": words} if report.is_censored else words


def checkpoints_shown(corridor: Corridor, *, at: datetime) -> list[CheckpointShown]:
    """Return the checkpoints of a corridor by km with what was last reported, in two queries."""
    newest: dict[UUID, CheckpointReport] = {}
    for report in waits_newest_first(corridor=corridor, at=at):
        newest.setdefault(report.checkpoint_id, report)
    shown = []
    for checkpoint in checkpoints_in_order(corridor):
        state, wait = getattr(checkpoint, "state", None), newest.get(checkpoint.pk)
        shown.append(
            CheckpointShown(
                checkpoint=checkpoint,
                status=state.status if state else CheckpointStatus.UNKNOWN,
                at=state.last_word_at if state else None,
                wait=wait_words(wait),
                wait_at=wait.at if wait else None,
                event_url=entry_url(state.event_id) if state else "",
            )
        )
    return shown


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see_internal")
def checkpoint_page(request: HttpRequest, checkpoint_id: UUID) -> HttpResponse:
    """Show every report on a checkpoint, and take a further one."""
    user = person(request)
    checkpoint = get_object_or_404(
        Checkpoint.objects.select_related("state", "corridor__origin", "corridor__destination"),
        pk=checkpoint_id,
        corridor__in=corridors_run_by(user),
    )
    corridor, now = checkpoint.corridor, field_now()
    form = ReportForm(
        posted(request),
        organisation=organisation_of(user),
        zone=ZoneInfo(corridor.time_zone),
        now=now,
    )
    if form.is_bound and not may_of(user).log_field:
        raise PermissionDenied
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(checkpoint, at),
        said=_("The report is recorded."),
    ):
        return redirect("checkpoint", checkpoint_id=checkpoint.pk)
    reports = reports_newest_first(checkpoint=checkpoint, at=now)[:REPORTS_SHOWN]
    return form_page(
        request,
        form=form,
        template="checkpoints/page.html",
        checkpoint=checkpoint,
        corridor=corridor,
        zone=corridor.time_zone,
        reports=[(report, wait_words(report), entry_url(report.event_id)) for report in reports],
    )


urlpatterns = [
    path("staff/checkpoints/<uuid:checkpoint_id>/", checkpoint_page, name="checkpoint"),
]
