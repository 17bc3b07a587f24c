"""The list of alerts, and the buttons to take one and to end it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.alerts.models import Alert, AlertState
from tracker.alerts.operations import AlreadyDecided, end_alert, take_alert
from tracker.alerts.queries import alerts_of, open_alerts, past_alerts
from tracker.alerts.wording import title_of
from tracker.exercises.clock import field_now
from tracker.incidents.models import Severity
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of

PER_PAGE = 50
TONES: dict[str, str] = {Severity.CRITICAL: "closed", Severity.HIGH: "closed"}


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert as a list shows it."""

    alert: Alert
    title: str
    tone: str
    may_take: bool
    may_end: bool


def lines(alerts: list[Alert], *, may_take: bool) -> list[AlertLine]:
    """Return alerts as lines of a list, with what this person may do about each."""
    return [
        AlertLine(
            alert=alert,
            title=title_of(alert),
            tone=TONES.get(alert.severity, "restricted"),
            may_take=may_take and alert.state == AlertState.OPEN,
            may_end=may_take and alert.state != AlertState.RESOLVED,
        )
        for alert in alerts
    ]


class EndForm(forms.Form):
    """Why an alert is over."""

    reason = forms.CharField(label=gettext_lazy("Why is it over?"), max_length=300)


@login_required
@require_safe
def alert_list(request: HttpRequest) -> HttpResponse:
    """Show what is open, worst first, and what is over."""
    user = _staff(request)
    may_take = may_of(user).take_alert
    page = Paginator(past_alerts(user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "open": lines(list(open_alerts(user)[:200]), may_take=may_take),
        "past": lines(list(page.object_list), may_take=False),
        "page": page,
    }
    return render(request, "alerts/list.html", context)


@login_required
@require_POST
def take(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Put this person's name to an alert."""
    user, alert = _alert_to_decide(request, alert_id)
    try:
        take_alert(alert=alert, by=user, at=field_now(), now=timezone.now())
    except AlreadyDecided as decided:
        messages.warning(request, _already(decided))
    else:
        messages.success(request, _("You have it. Others see your name."))
    return redirect("alert_list")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """Ask for the reason and end the alert."""
    user, alert = _alert_to_decide(request, alert_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"line": lines([alert], may_take=True)[0], "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "alerts/end.html", context, status=status)
    reason = form.cleaned_data["reason"]
    try:
        end_alert(alert=alert, by=user, at=field_now(), now=timezone.now(), reason=reason)
    except AlreadyDecided as decided:
        messages.warning(request, _already(decided))
    else:
        messages.success(request, _("Ended."))
    return redirect("alert_list")


def _already(decided: AlreadyDecided) -> str:
    if decided.by:
        return _("%(name)s has it already.") % {"name": decided.by}
    return _("This alert is over already.")


def _staff(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not may_of(user).see_internal:
        raise PermissionDenied
    return user


def _alert_to_decide(request: HttpRequest, alert_id: UUID) -> tuple[User, Alert]:
    """Return the person and the alert; another organisation's alert does not exist for them."""
    user = _staff(request)
    alert = get_object_or_404(alerts_of(user), pk=alert_id)
    if not may_of(user).take_alert:
        raise PermissionDenied
    return user, alert


urlpatterns = [
    path("alerts/", alert_list, name="alert_list"),
    path("alerts/<uuid:alert_id>/take/", take, name="alert_take"),
    path("alerts/<uuid:alert_id>/end/", end, name="alert_end"),
]
