"""Pages about the silence of a convoy: declare one, note a step of the ladder, end it by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.envelope import as_feature
from tracker.convoys.ladder import CODES, StepWords
from tracker.convoys.models import Convoy
from tracker.convoys.queries import checkpoints_on_road, silences_of
from tracker.exercises.clock import field_now
from tracker.web.access import needs, person
from tracker.web.convoys import own_convoy
from tracker.web.forms_silence import DeclareForm, EndForm, StepForm
from tracker.web.recording import form_page, posted, took
from tracker.web.silence_shown import silence_shown

_FORM = "silence/form.html"


def _clock(convoy: Convoy) -> dict[str, Any]:
    return {"zone": ZoneInfo(convoy.corridor.time_zone), "now": field_now()}


def end_form(convoy: Convoy, checkpoints: Sequence[Checkpoint], **more: Any) -> EndForm:
    """Return the form that says that a convoy was reached."""
    return EndForm(checkpoints=checkpoints, **_clock(convoy), **more)


def step_form(convoy: Convoy, code: str, data: Any = None) -> StepForm:
    """Return the form about one step; several stand on one page."""
    return StepForm(data, auto_id=f"id_{code}_%s", **_clock(convoy))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("log_field")
def declare(request: HttpRequest, code: str) -> HttpResponse:
    """Declare until when nobody expects a word from a convoy."""
    user = person(request)
    convoy = own_convoy(user, code)
    form = DeclareForm(posted(request), **_clock(convoy))
    said = _("Recorded. Nobody is alarmed before then.")
    if took(request, form=form, user=user, build=lambda at: form.events(convoy, at), said=said):
        return redirect("convoy", code=code)
    return form_page(
        request,
        form=form,
        template=_FORM,
        convoy=convoy,
        title=_("Declare a silence"),
        action=_("Declare it"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("take_alert")
def take_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Note that a step of the ladder was taken, and what came of it."""
    user = person(request)
    convoy = own_convoy(user, code)
    if step not in CODES:
        raise Http404
    form = step_form(convoy, step, posted(request))
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(convoy, at, step=step),
        said=_("Recorded. The silence goes on until the convoy is reached."),
    ):
        return redirect("convoy", code=code)
    return form_page(
        request,
        form=form,
        template=_FORM,
        convoy=convoy,
        title=str(StepWords(step).label),
        action=_("Record the step"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("take_alert")
def end(request: HttpRequest, code: str) -> HttpResponse:
    """Say, by name, that a convoy was reached: the one thing that ends its silence."""
    user = person(request)
    convoy = own_convoy(user, code)
    form = end_form(convoy, checkpoints_on_road(convoy), data=posted(request))
    said = _("Recorded in your name: the convoy was reached.")
    if took(request, form=form, user=user, build=lambda at: form.events(convoy, at), said=said):
        return redirect("convoy", code=code)
    return form_page(
        request,
        form=form,
        template=_FORM,
        convoy=convoy,
        title=_("It was reached"),
        action=_("Confirm in my name"),
    )


@require_safe
@needs("see_internal")
def envelope(request: HttpRequest, code: str) -> HttpResponse:
    """Return where a dark convoy can be, as GeoJSON; 404 where it is not dark or has no place."""
    convoy = own_convoy(person(request), code)
    now = field_now()
    silent = silences_of([convoy])[convoy.pk]
    shown = silence_shown(convoy, silent, now=now)
    if shown is None or shown.reach is None:
        raise Http404
    feature = as_feature(
        shown.reach,
        path=[(point[0], point[1]) for point in (silent.route.path if silent.route else [])],
        length_km=silent.route.length_km if silent.route else None,
        properties={"convoy": convoy.code, "at": now.isoformat(), "is_confirmed": False},
    )
    return JsonResponse(
        feature, content_type="application/geo+json", headers={"Cache-Control": "no-store"}
    )


urlpatterns = [
    path("convoys/<str:code>/silence/declare/", declare, name="silence_declare"),
    path("convoys/<str:code>/silence/steps/<str:step>/", take_step, name="silence_step"),
    path("convoys/<str:code>/silence/end/", end, name="silence_end"),
    path("convoys/<str:code>/silence/reach.geojson", envelope, name="silence_reach"),
]
