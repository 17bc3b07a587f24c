"""Messages to sort: what no machine could take is taken into the log, or put aside, by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.convoys.queries import convoys_at_work, convoys_seen_by
from tracker.devices.models import RawMessage
from tracker.devices.queries import assignment_of
from tracker.devices.sorting import CALL, AlreadySorted, messages_to_see, set_aside, take, to_sort
from tracker.exercises.clock import field_now
from tracker.fieldlog.kinds import NewEvent
from tracker.organisations.models import User
from tracker.web.access import needs, organisation_of, person
from tracker.web.device_words import Standing, message_standing, reason_words
from tracker.web.forms_reports import AsideForm, TakeForm, begins_with
from tracker.web.phone_words import texts
from tracker.web.recording import form_page, posted, took
from tracker.web.report_words import Names, Said, gateway_words, names_in, said_in, sender_words

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Line:
    """One message as the list and its own page show it."""

    raw: RawMessage
    way: str
    sender: str
    said: Said
    reason: str
    is_call: bool
    standing: Standing
    problems: list[str]


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.FIELD_TIME_ZONE)


def _line(raw: RawMessage, names: Names) -> Line:
    is_call = raw.reason.startswith(CALL)
    problems = texts(raw.understood.get("problems") or []) if raw.gateway == "phone" else []
    waits = raw.state == RawMessage.State.QUARANTINED and not is_call
    return Line(
        raw=raw,
        way=gateway_words(raw),
        sender=sender_words(raw),
        said=said_in(raw, names=names),
        reason=problems.pop(0) if problems and waits else reason_words(raw.reason),
        is_call=is_call,
        standing=message_standing(raw),
        problems=problems,
    )


def _own_message(user: User, report_id: UUID) -> RawMessage:
    return get_object_or_404(messages_to_see(organisation_of(user)), pk=report_id)


@require_safe
@needs("sort_reports")
def report_list(request: HttpRequest) -> HttpResponse:
    """List what waits for a person, calls for help on top."""
    organisation = organisation_of(person(request))
    page = Paginator(to_sort(organisation), PER_PAGE).get_page(request.GET.get("page"))
    raws = list(page.object_list)
    names = names_in(raws, organisation=organisation, zone=_zone())
    context = {"page": page, "lines": [_line(raw, names) for raw in raws]}
    return render(request, "reports/list.html", context)


def _convoys(user: User, *, at: datetime) -> QuerySet[Convoy]:
    own = convoys_seen_by(user).filter(organisation=organisation_of(user))
    return convoys_at_work(own, at=at).order_by("code", "id")


def _meant(raw: RawMessage, convoys: QuerySet[Convoy]) -> Convoy | None:
    """Return the convoy that a message names, else the one that its device reported for."""
    says = raw.understood.get("says")
    named = str((says if isinstance(says, dict) else raw.understood).get("convoy") or "")
    for convoy in convoys:
        if named and named in (convoy.code, str(convoy.pk)):
            return convoy
    reports_for = assignment_of(raw.device, at=raw.field_at) if raw.device and not named else None
    return convoys.filter(pk=reports_for.convoy_id).first() if reports_for else None


def _take_form(request: HttpRequest, user: User, raw: RawMessage) -> TakeForm:
    now = field_now()
    convoys = _convoys(user, at=now)
    roads = convoys.order_by().values("corridor")
    return TakeForm(
        posted(request),
        raw=raw,
        convoys=convoys,
        checkpoints=Checkpoint.objects.filter(corridor__in=roads).order_by("corridor", "km", "id"),
        initial=begins_with(raw, convoy=_meant(raw, convoys)),
        zone=_zone(),
        now=now,
    )


def _too_late(request: HttpRequest, raw: RawMessage) -> HttpResponse:
    """Say that a message was sorted before: by oneself, by somebody else, or by its sender."""
    stands = RawMessage.objects.select_related("sorted_by").get(pk=raw.pk)
    if stands.sorted_by is None:
        messages.info(request, _("This message waits no longer. Nothing was recorded twice."))
    else:
        who = stands.sorted_by.display_name
        said = _("%(who)s has sorted this message already. Nothing was recorded twice.")
        messages.info(request, said % {"who": who})
    return redirect("report_list")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sort_reports")
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Show one message whole, and take it into the log as what a person says it is."""
    user = person(request)
    raw = _own_message(user, report_id)
    if raw.state != RawMessage.State.QUARANTINED:
        return _too_late(request, raw) if request.method == "POST" else _sorted(request, raw)
    form = _take_form(request, user, raw)

    def build(at: datetime) -> list[NewEvent]:
        # In the transaction of the entry: refused or sorted by another, neither of them stands.
        take(raw=raw, by=user, at=timezone.now())
        return form.events(at)

    try:
        if took(request, form=form, user=user, build=build, said=_("It is in the log.")):
            return redirect("report_list")
    except AlreadySorted:
        return _too_late(request, raw)
    return _page(request, raw, form=form)


def _shown(raw: RawMessage) -> Line:
    assert raw.organisation is not None
    return _line(raw, names_in([raw], organisation=raw.organisation, zone=_zone()))


def _page(request: HttpRequest, raw: RawMessage, *, form: Any) -> HttpResponse:
    return form_page(
        request, form=form, template="reports/page.html", line=_shown(raw), aside=AsideForm()
    )


def _sorted(request: HttpRequest, raw: RawMessage) -> HttpResponse:
    context = {"line": _shown(raw), "machine_now": timezone.now()}
    return render(request, "reports/sorted.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("sort_reports")
def report_aside(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Put a message aside with a reason; it stays and enters no log."""
    user = person(request)
    raw = _own_message(user, report_id)
    form = AsideForm(posted(request))
    if form.is_valid():
        try:
            set_aside(raw=raw, by=user, at=timezone.now(), reason=form.cleaned_data["reason"])
        except AlreadySorted:
            return _too_late(request, raw)
        messages.success(request, _("It is set aside."))
        return redirect("report_list")
    return form_page(request, form=form, template="reports/aside.html", line=_shown(raw))


urlpatterns = [
    path("reports/", report_list, name="report_list"),
    path("reports/<uuid:report_id>/", report, name="report"),
    path("reports/<uuid:report_id>/aside/", report_aside, name="report_aside"),
]
