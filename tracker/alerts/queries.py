"""Questions about alerts and the messages that tell them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Case, IntegerField, QuerySet, Value, When

from tracker.alerts.models import Alert, AlertState, Delivery
from tracker.alerts.rules import POSITIONS
from tracker.convoys.models import Convoy
from tracker.incidents.models import Severity
from tracker.organisations.models import User

_WORST_FIRST = Case(
    When(severity=Severity.CRITICAL, then=Value(0)),
    When(severity=Severity.HIGH, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def alerts_of(user: User) -> QuerySet[Alert]:
    """Return every alert of the organisation of `user`; doors ask first whether they may see it."""
    return Alert.objects.filter(organisation=user.organisation).select_related(
        "corridor__origin", "corridor__destination", "convoy", "taken_by"
    )


def open_alerts(user: User) -> QuerySet[Alert]:
    """Return what nobody has ended yet: not taken first, worst first, oldest first."""
    standing = alerts_of(user).exclude(state=AlertState.RESOLVED)
    return standing.order_by("-state", _WORST_FIRST, "opened_at", "id")


def past_alerts(user: User) -> QuerySet[Alert]:
    """Return what is over, newest first."""
    return alerts_of(user).filter(state=AlertState.RESOLVED).order_by("-opened_at", "-id")


def positions_known(convoys: Iterable[Convoy]) -> dict[str, Alert]:
    """Return, by subject, the newest alert about positions that a person ended with a reason.

    A later one about a further vehicle takes nothing back of what is known of the others.
    """
    alerts = Alert.objects.filter(convoy__in=list(convoys), kind=POSITIONS).exclude(end_reason="")
    newest = alerts.order_by("subject", "-revision").distinct("subject")
    return {alert.subject: alert for alert in newest.select_related("taken_by")}


def standing_alert(subject: str) -> Alert | None:
    """Return the alert about a subject that nobody has ended yet."""
    standing = Alert.objects.filter(subject=subject).exclude(state=AlertState.RESOLVED)
    return standing.order_by("-revision").first()


def messages_of(user: User) -> QuerySet[Delivery]:
    """Return the messages about the alerts of this organisation and those to confirm a wish."""
    ours = Delivery.objects.filter(alert__organisation=user.organisation)
    to_confirm = Delivery.objects.filter(alert__isnull=True)
    both = ours | to_confirm
    return both.select_related("alert", "user", "subscriber").order_by("-id")


def given_up() -> QuerySet[Delivery]:
    """Return the messages that were given up, newest first."""
    return Delivery.objects.filter(state=Delivery.State.DEAD).order_by("-id")


def oldest_due_s(*, now: datetime) -> float:
    """Return for how many seconds the oldest due message has been waiting, else 0."""
    waiting = Delivery.objects.filter(
        state__in=(Delivery.State.PENDING, Delivery.State.UNSURE), next_at__lte=now
    )
    oldest = waiting.order_by("next_at", "id").values_list("next_at", flat=True).first()
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
