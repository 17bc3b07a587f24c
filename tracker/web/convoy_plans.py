"""Plan a convoy from a pasted vehicle list, and split vehicles off it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.attempts.queries import attempts_run_by
from tracker.convoys.queries import vehicles_in_column
from tracker.corridors.queries import corridors_run_by
from tracker.exercises.clock import field_now
from tracker.web.access import needs, person
from tracker.web.convoys import own_convoy
from tracker.web.forms_convoy_plans import PlanForm, SplitForm
from tracker.web.recording import form_page, posted, recorded


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan_convoy")
def plan_convoy(request: HttpRequest) -> HttpResponse:
    """Show and take the plan of a convoy; a list with one bad line loads nothing."""
    user, now = person(request), field_now()
    corridors = corridors_run_by(user)
    chosen = corridors.filter(slug=request.GET.get("corridor", "")).first()
    form = PlanForm(
        posted(request),
        initial={"corridor": chosen},
        corridors=corridors,
        attempts=attempts_run_by(user, at=now),
        zone=ZoneInfo(settings.FIELD_TIME_ZONE),
        now=now,
    )
    if form.is_valid() and recorded(form=form, user=user, build=form.events):
        messages.success(request, _("The convoy is planned."))
        return redirect("convoy", code=form.cleaned_data["code"])
    return form_page(request, form=form, template="convoys/plan.html")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan_convoy")
def split_convoy(request: HttpRequest, code: str) -> HttpResponse:
    """Show and take which vehicles go on as a convoy of their own."""
    user = person(request)
    convoy = own_convoy(user, code)
    form = SplitForm(
        posted(request),
        convoy=convoy,
        vehicles=vehicles_in_column(convoy),
        zone=ZoneInfo(convoy.corridor.time_zone),
        now=field_now(),
    )
    if form.is_valid() and recorded(form=form, user=user, build=form.events):
        messages.success(
            request,
            _("%(part)s goes on apart from %(code)s.")
            % {"part": form.cleaned_data["code"], "code": convoy.code},
        )
        return redirect("convoy", code=form.cleaned_data["code"])
    return form_page(request, form=form, template="convoys/split.html", convoy=convoy)


urlpatterns = [
    path("convoys/plan/", plan_convoy, name="convoy_plan"),
    path("convoys/<str:code>/split/", split_convoy, name="convoy_split"),
]
