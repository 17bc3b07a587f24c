"""Incidents: what is alleged, every voice side by side, and the forms for a further one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_run_by
from tracker.exercises.clock import field_now
from tracker.incidents.models import Claim, Incident
from tracker.incidents.queries import incidents_run_by, voices
from tracker.organisations.models import User
from tracker.web.access import needs, organisation_of, person
from tracker.web.corridor_page import entry_url
from tracker.web.forms_incidents import ClaimForm, IncidentForm, VerdictForm
from tracker.web.recording import form_page, posted, subject_id, took

PAGE_ROWS = 30
SHOWN_ON_CORRIDOR = 10
GET_OR_POST = ["GET", "HEAD", "POST"]


@dataclass(frozen=True, slots=True)
class IncidentShown:
    """One incident as a list shows it: what is alleged and how many voices say what."""

    incident: Incident
    voices: str
    url: str


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """One voice as the table shows it."""

    claim: Claim
    standing: str
    event_url: str


def voices_words(incident: Incident) -> str:
    """Return how many sources claim, deny, or do neither; it never says which is right."""
    counted = voices(incident.claims.all())
    parts = []
    if counted.claims:
        parts.append(
            ngettext("%(n)d source claims it", "%(n)d sources claim it", counted.claims)
            % {"n": counted.claims}
        )
    if counted.denials:
        parts.append(
            ngettext("%(n)d denies it", "%(n)d deny it", counted.denials) % {"n": counted.denials}
        )
    if counted.neither:
        parts.append(
            ngettext(
                "%(n)d neither confirms nor denies it",
                "%(n)d neither confirm nor deny it",
                counted.neither,
            )
            % {"n": counted.neither}
        )
    return "; ".join(parts) or _("no source named yet")


def _shown(incident: Incident) -> IncidentShown:
    return IncidentShown(incident, voices_words(incident), reverse("incident", args=[incident.pk]))


def incidents_on(corridor: Corridor, user: User, *, at: datetime) -> list[IncidentShown]:
    """Return the newest incidents on a corridor, in two queries."""
    found = incidents_run_by(user, at=at).filter(corridor=corridor)[:SHOWN_ON_CORRIDOR]
    return [_shown(incident) for incident in found]


def _claim_shown(claim: Claim) -> ClaimShown:
    source = claim.source
    parts = [
        source.detail,
        _("grade %(grade)s") % {"grade": source.reliability},
        _("public") if claim.is_public else _("not public"),
    ]
    return ClaimShown(claim, "; ".join(part for part in parts if part), entry_url(claim.event_id))


def _zone_of(incident: Incident | None) -> tzinfo:
    corridor = incident.corridor if incident else None
    return ZoneInfo(corridor.time_zone if corridor else settings.FIELD_TIME_ZONE)


@require_safe
@needs("see_internal")
def incident_list(request: HttpRequest) -> HttpResponse:
    """List the incidents in the log of one's own organisation, newest first."""
    now = field_now()
    found = incidents_run_by(person(request), at=now)
    page = Paginator(found, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "incidents": [_shown(incident) for incident in page.object_list],
        "zone": settings.FIELD_TIME_ZONE,
        "now": now,
    }
    return render(request, "incidents/list.html", context)


@require_safe
@needs("see_internal")
def incident_page(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Show one incident with every voice about it side by side."""
    now = field_now()
    found = incidents_run_by(person(request), at=now)
    incident = get_object_or_404(found, pk=incident_id)
    context = {
        "incident": incident,
        "claims": [_claim_shown(claim) for claim in incident.claims.all()],
        "voices": voices_words(incident),
        "zone": _zone_of(incident),
        "now": now,
        "event_url": entry_url(incident.event_id),
    }
    return render(request, "incidents/page.html", context)


@require_http_methods(GET_OR_POST)
@needs("report_incident")
def report_incident(request: HttpRequest) -> HttpResponse:
    """Report an incident; who says so is added to it as a claim."""
    user = person(request)
    asked = corridors_run_by(user).filter(slug=request.GET.get("corridor", "")).first()
    form = IncidentForm(
        posted(request),
        organisation=organisation_of(user),
        zone=ZoneInfo(asked.time_zone if asked else settings.FIELD_TIME_ZONE),
        now=field_now(),
        initial={"corridor": asked},
    )
    if form.is_valid():
        incident_id = subject_id(form, "incident")
        if took(
            request,
            form=form,
            user=user,
            build=lambda at: form.events(incident_id, at),
            said=_("The incident is recorded. Now add who says so."),
        ):
            return redirect("incident", incident_id=incident_id)
    return form_page(request, form=form, template="incidents/report.html")


@require_http_methods(GET_OR_POST)
@needs("report_incident")
def add_claim(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Add what one source says of an incident: a claim, a denial, neither, or a correction."""
    user = person(request)
    now = field_now()
    incident = get_object_or_404(incidents_run_by(user, at=now), pk=incident_id)
    form = ClaimForm(
        posted(request), organisation=organisation_of(user), zone=_zone_of(incident), now=now
    )
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(incident, at),
        said=_("The voice is recorded beside the others."),
    ):
        return redirect("incident", incident_id=incident.pk)
    return form_page(request, form=form, template="incidents/claim.html", incident=incident)


@require_http_methods(GET_OR_POST)
@needs("verify_incident")
def verify_incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Say how far an incident was checked; the voices about it stay as they are."""
    user = person(request)
    now = field_now()
    incident = get_object_or_404(incidents_run_by(user, at=now), pk=incident_id)
    form = VerdictForm(
        posted(request),
        initial={"verification": incident.verification},
        zone=_zone_of(incident),
        now=now,
    )
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(incident, at),
        said=_("Recorded: how far it was checked, and on what grounds."),
    ):
        return redirect("incident", incident_id=incident.pk)
    return form_page(request, form=form, template="incidents/verify.html", incident=incident)


urlpatterns = [
    path("staff/incidents/", incident_list, name="incident_list"),
    path("staff/incidents/new/", report_incident, name="incident_new"),
    path("staff/incidents/<uuid:incident_id>/", incident_page, name="incident"),
    path("staff/incidents/<uuid:incident_id>/claims/new/", add_claim, name="claim_new"),
    path("staff/incidents/<uuid:incident_id>/verify/", verify_incident, name="incident_verify"),
]
