"""Attempts on a corridor: what became of each and why, and the forms for a new one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tracker.attempts.models import Attempt, ReasonCode
from tracker.attempts.queries import (
    UNDECIDED,
    base_rate_until,
    numbered_attempts,
    reasons_until,
)
from tracker.attempts.tally import BaseRate, Tally
from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_run_by
from tracker.exercises.clock import field_now
from tracker.organisations.models import User
from tracker.web.access import needs, organisation_of, own_corridor, person
from tracker.web.corridor_page import entry_url
from tracker.web.forms_attempts import EndForm, PlanForm, StartForm
from tracker.web.recording import form_page, posted, subject_id, took

GET_OR_POST = ["GET", "HEAD", "POST"]
SHOWN_ON_CORRIDOR = 6


@dataclass(frozen=True, slots=True)
class AttemptShown:
    """One attempt as the table shows it; numbers are `None` where nobody named them."""

    number: int
    day: date
    status: str
    reason: str
    vehicles: int | None
    people: int | None
    url: str
    word: str = ""
    people_about: bool = False


@dataclass(frozen=True, slots=True)
class AttemptsShown:
    """The attempts of a corridor, newest first, with what they add up to."""

    headline: str
    base_rate: str
    rows: tuple[AttemptShown, ...]
    total: int
    open_ones: tuple[Attempt, ...]

    @property
    def newest(self) -> tuple[AttemptShown, ...]:
        """Return as many as the page of the corridor has room for."""
        return self.rows[:SHOWN_ON_CORRIDOR]


def reason_words(attempt: Attempt) -> str:
    """Return why an attempt came no further: the words, else the coded reason, else nothing."""
    if attempt.reason or attempt.reason_code == ReasonCode.NONE_STATED:
        return attempt.reason
    return str(attempt.get_reason_code_display())


def _vehicles(attempt: Attempt) -> int | None:
    known = [count for count in (attempt.buses, attempt.private_cars) if count is not None]
    return sum(known) if known else None


def _row(number: int, attempt: Attempt) -> AttemptShown:
    return AttemptShown(
        number=number,
        day=attempt.day,
        status=attempt.status,
        reason=reason_words(attempt),
        vehicles=_vehicles(attempt),
        people=attempt.people_arrived,
        url=reverse("attempt", args=[attempt.pk]),
    )


def tally_words(tally: Tally) -> str:
    """Return how many attempts there were and why those failed that did."""
    words = ngettext("%(n)d attempt", "%(n)d attempts", tally.attempts) % {"n": tally.attempts}
    if not tally.failed:
        return words
    reasons = ", ".join(f"{n} {ReasonCode(code).label}" for code, n in tally.reasons)
    failed = ngettext("%(n)d failed", "%(n)d failed", tally.failed) % {"n": tally.failed}
    return f"{words}; {failed}: {reasons}"


def base_rate_words(rate: BaseRate) -> str:
    """Return how attempts with a known end came out, with their number."""
    if not rate.n:
        return ""
    return ngettext(
        "Of %(n)d attempt with a known end %(all)d brought everybody out and %(partly)d some; "
        "%(none)d brought nobody out.",
        "Of %(n)d attempts with a known end %(all)d brought everybody out and %(partly)d some; "
        "%(none)d brought nobody out.",
        rate.n,
    ) % {"n": rate.n, "all": rate.succeeded, "partly": rate.partly, "none": rate.not_through}


def attempts_shown(corridor: Corridor, *, at: datetime) -> AttemptsShown:
    """Return the attempts of a corridor as they stand at `at`."""
    numbered = numbered_attempts(corridor=corridor, at=at)
    rate = base_rate_until(at=at, corridors=[corridor], time_zone=corridor.time_zone)
    return AttemptsShown(
        headline=tally_words(reasons_until(corridor=corridor, at=at)),
        base_rate=base_rate_words(rate),
        rows=tuple(_row(one.number, one.attempt) for one in reversed(numbered)),
        total=len(numbered),
        open_ones=tuple(one.attempt for one in numbered if one.attempt.status in UNDECIDED),
    )


def _own_attempt(user: User, attempt_id: UUID) -> Attempt:
    attempts = Attempt.objects.select_related("corridor__origin", "corridor__destination")
    return get_object_or_404(attempts, pk=attempt_id, corridor__in=corridors_run_by(user))


def _subjects(attempt: Attempt) -> dict[str, UUID]:
    return {"attempt": attempt.pk, "corridor": attempt.corridor_id}


@require_safe
@needs("see_internal")
def attempt_list(request: HttpRequest, slug: str) -> HttpResponse:
    """List every attempt on a corridor, newest first."""
    corridor = own_corridor(person(request), slug)
    now = field_now()
    context = {
        "corridor": corridor,
        "zone": corridor.time_zone,
        "now": now,
        "attempts": attempts_shown(corridor, at=now),
    }
    return render(request, "attempts/list.html", context)


@require_safe
@needs("see_internal")
def attempt_page(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Show one attempt: its plan, how far it came, how it ended and why."""
    attempt = _own_attempt(person(request), attempt_id)
    context = {
        "attempt": attempt,
        "corridor": attempt.corridor,
        "zone": attempt.corridor.time_zone,
        "reason": reason_words(attempt),
        "is_open": attempt.status in UNDECIDED,
        "event_url": entry_url(attempt.event_id),
    }
    return render(request, "attempts/page.html", context)


@require_http_methods(GET_OR_POST)
@needs("decide_attempt")
def plan_attempt(request: HttpRequest, slug: str) -> HttpResponse:
    """Open an attempt."""
    user = person(request)
    corridor = own_corridor(user, slug)
    now, zone = field_now(), ZoneInfo(corridor.time_zone)
    form = PlanForm(
        posted(request),
        organisation=organisation_of(user),
        zone=zone,
        now=now,
        initial={"day": now.astimezone(zone).date()},
    )
    if form.is_valid():
        subjects = {"corridor": corridor.pk, "attempt": subject_id(form, "attempt")}
        if took(
            request,
            form=form,
            user=user,
            build=lambda at: form.events(subjects, at),
            said=_("The attempt is recorded."),
        ):
            return redirect("attempt", attempt_id=subjects["attempt"])
    return form_page(request, form=form, template="attempts/plan.html", corridor=corridor)


@require_http_methods(GET_OR_POST)
@needs("decide_attempt")
def start_attempt(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Say that an attempt has begun."""
    user = person(request)
    attempt = _own_attempt(user, attempt_id)
    corridor = attempt.corridor
    form = StartForm(posted(request), zone=ZoneInfo(corridor.time_zone), now=field_now())
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(_subjects(attempt), at),
        said=_("The attempt is under way."),
    ):
        return redirect("attempt", attempt_id=attempt.pk)
    return form_page(
        request, form=form, template="attempts/start.html", corridor=corridor, attempt=attempt
    )


@require_http_methods(GET_OR_POST)
@needs("decide_attempt")
def end_attempt(request: HttpRequest, attempt_id: UUID) -> HttpResponse:
    """Say how an attempt ended, and why."""
    user = person(request)
    attempt = _own_attempt(user, attempt_id)
    corridor = attempt.corridor
    form = EndForm(
        posted(request),
        organisation=organisation_of(user),
        zone=ZoneInfo(corridor.time_zone),
        now=field_now(),
        initial={"stage": attempt.stage, "is_public": attempt.is_public},
    )
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(_subjects(attempt), at),
        said=_("The end of the attempt is recorded."),
    ):
        return redirect("attempt", attempt_id=attempt.pk)
    return form_page(
        request, form=form, template="attempts/end.html", corridor=corridor, attempt=attempt
    )


urlpatterns = [
    path("staff/corridors/<slug:slug>/attempts/", attempt_list, name="attempt_list"),
    path("staff/corridors/<slug:slug>/attempts/new/", plan_attempt, name="attempt_new"),
    path("staff/attempts/<uuid:attempt_id>/", attempt_page, name="attempt"),
    path("staff/attempts/<uuid:attempt_id>/start/", start_attempt, name="attempt_start"),
    path("staff/attempts/<uuid:attempt_id>/end/", end_attempt, name="attempt_end"),
]
