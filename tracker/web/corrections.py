"""Correct an entry of the log: the correction stands beside it, nothing is removed."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import CORRECTION, Entry, effective
from tracker.intake.queries import entries_for
from tracker.intake.registry import KINDS
from tracker.organisations.models import User
from tracker.organisations.permissions import may_correct
from tracker.web.access import needs, organisation_of, person
from tracker.web.entry_words import kind_words
from tracker.web.forms_corrections import CorrectionForm
from tracker.web.recording import form_page, posted, recorded


def _to_correct(user: User, entry_id: UUID) -> LogEvent:
    """Return an entry that `user` may correct: 404 for one not theirs, 403 without the right."""
    own = entries_for(user).filter(organisation=organisation_of(user))
    event = get_object_or_404(own.select_related("corridor", "convoy__corridor"), pk=entry_id)
    if event.kind == CORRECTION or event.kind not in KINDS:
        raise PermissionDenied
    if not may_correct(user, event.kind, claims=event.data.get("claims")):
        raise PermissionDenied
    return event


def _as_it_stands(event: LogEvent, *, sent_as: str) -> Entry | None:
    """Return the entry with its corrections, but for the one that this form was sent as before.

    So a form that is sent twice says the same both times.
    """
    corrections = [
        each
        for each in LogEvent.objects.filter(corrects=event).order_by("ordered_at", "id")
        if str(each.client_id) != sent_as
    ]
    return next(iter(effective([event, *corrections])), None)


def _zone(event: LogEvent) -> ZoneInfo:
    corridor = event.convoy.corridor if event.convoy else event.corridor
    return ZoneInfo(corridor.time_zone if corridor else settings.FIELD_TIME_ZONE)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("correct_entry")
def correct_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Show and take the correction of one entry."""
    user = person(request)
    event = _to_correct(user, entry_id)
    form = CorrectionForm(
        posted(request),
        event=event,
        entry=_as_it_stands(event, sent_as=request.POST.get("client_id", "")),
        zone=_zone(event),
        now=field_now(),
    )
    if form.is_valid() and recorded(form=form, user=user, build=form.events):
        messages.success(request, _("The correction is in the log, beside what it corrects."))
        return redirect("entry", entry_id=event.pk)
    return form_page(
        request,
        form=form,
        template="entries/correct.html",
        event=event,
        title=kind_words(event.kind),
    )


urlpatterns = [path("entries/<uuid:entry_id>/correct/", correct_entry, name="entry_correct")]
