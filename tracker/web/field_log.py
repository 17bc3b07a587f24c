"""Log what happened to a convoy, by a form that knows where the convoy is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.convoys.queries import (
    checkpoints_on_road,
    convoys_at_work,
    convoys_seen_by,
    log_of,
    next_checkpoint,
    state_at,
)
from tracker.exercises.clock import field_now
from tracker.headcounts.queries import balance_of
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, person
from tracker.web.convoy_log import lines_of
from tracker.web.convoy_people import gap_of
from tracker.web.convoys import own_convoy
from tracker.web.forms_field_log import EntryForm
from tracker.web.log_kinds import KINDS, WITH_CHECKPOINT, likely_kind, words_of
from tracker.web.recording import form_page, posted, recorded

LAST = 5


@require_http_methods(["GET", "HEAD", "POST"])
@needs("log_field")
def log_entry(request: HttpRequest) -> HttpResponse:
    """Show and take one entry; without a convoy, ask for one."""
    user = person(request)
    code = request.GET.get("convoy", "")
    if not code:
        return _choose(request, user)
    convoy, now = own_convoy(user, code), field_now()
    checkpoints = checkpoints_on_road(convoy)
    coming = next_checkpoint(convoy, checkpoints=checkpoints)
    zone = ZoneInfo(convoy.corridor.time_zone)
    kind = request.POST.get("kind") or request.GET.get("kind", "")
    if request.method != "POST" and not words_of(kind):
        return _choose_kind(request, convoy, coming)
    form = EntryForm(
        posted(request),
        kind=kind,
        initial=_initial(request, kind, convoy, coming),
        convoy=convoy,
        checkpoints=checkpoints,
        zone=zone,
        now=now,
    )
    if form.is_valid() and recorded(form=form, user=user, build=form.events):
        messages.success(request, _("In the log. Everybody sees it now."))
        return redirect(f"{reverse('log')}?convoy={convoy.code}")
    sees = may_of(user).see_restricted_people
    log = lines_of(log_of(convoy), zone=zone, now=now, sees_restricted=sees)
    return form_page(
        request,
        form=form,
        template="field_log/entry.html",
        convoy=convoy,
        what=_("Private cars that follow") if _follows(request) else words_of(kind),
        gap=_gap(convoy, now=now) if kind == "people.explained" else "",
        state=state_at(convoy, at=now),
        coming=coming,
        zone=convoy.corridor.time_zone,
        log=log[:LAST],
    )


def _initial(
    request: HttpRequest, kind: str, convoy: Convoy, coming: Checkpoint | None
) -> dict[str, Any]:
    """Return what the form begins with: a move with the checkpoint ahead, a count where it is."""
    there = coming if kind in WITH_CHECKPOINT else convoy.at_checkpoint
    return {"kind": kind, "checkpoint": there, "is_follower": _follows(request)}


def _follows(request: HttpRequest) -> bool:
    return request.GET.get("who") == "followers"


def _gap(convoy: Convoy, *, now: datetime) -> str:
    zone = ZoneInfo(convoy.corridor.time_zone)
    return gap_of(balance_of(convoy, at=now), zone=zone, now=now)


def _choose_kind(request: HttpRequest, convoy: Convoy, coming: Checkpoint | None) -> HttpResponse:
    """Ask what happened: what probably comes next first, then everything by group."""
    now = field_now()
    likely = likely_kind(convoy)
    sees = may_of(person(request)).see_restricted_people
    zone = ZoneInfo(convoy.corridor.time_zone)
    log = lines_of(log_of(convoy), zone=zone, now=now, sees_restricted=sees)
    return render(
        request,
        "field_log/kinds.html",
        {
            "convoy": convoy,
            "state": state_at(convoy, at=now),
            "coming": coming,
            "likely": (likely, words_of(likely)),
            "groups": KINDS,
            "zone": convoy.corridor.time_zone,
            "log": log[:LAST],
        },
    )


def _choose(request: HttpRequest, user: User) -> HttpResponse:
    """Ask which convoy the entry is about; those on the road first."""
    now = field_now()
    convoys = convoys_at_work(convoys_seen_by(user), at=now)
    own = convoys.filter(organisation=user.organisation).order_by("-state_since", "code", "id")
    rows = [(convoy, state_at(convoy, at=now)) for convoy in own[:200]]
    return render(request, "field_log/choose.html", {"rows": rows})


urlpatterns = [path("log/", log_entry, name="log")]
