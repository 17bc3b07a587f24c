"""Every message that was sent, waits, or would have been sent: for staff to read."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from tracker.alerts.contacts import contact_of, masked
from tracker.alerts.models import Delivery
from tracker.alerts.queries import messages_of
from tracker.alerts.wording import Text, text_without_links
from tracker.exercises.clock import field_now
from tracker.lib.sealing import CannotOpen
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message as the list shows it; the contact of a subscriber is masked."""

    delivery: Delivery
    to: str
    text: Text
    problem: str


def _recipient(delivery: Delivery) -> str:
    if delivery.user is not None:
        return delivery.user.display_name
    if delivery.subscriber is None:
        return ""
    try:
        return masked(contact_of(delivery.subscriber))
    except CannotOpen:
        # Sealed with a key that this installation no longer has.
        return "…"


def _problem(delivery: Delivery) -> str:
    """Return what stands in the way, in words where we have them, else the channel's code."""
    words = dict(Delivery.Problem.choices)
    return str(words.get(delivery.error, delivery.error))


@login_required
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """Show the messages of this organisation, newest first."""
    user = request.user
    if not isinstance(user, User) or not may_of(user).see_messages:
        raise PermissionDenied
    page = Paginator(messages_of(user), PER_PAGE).get_page(request.GET.get("page"))
    at = field_now()
    shown = [
        MessageLine(
            delivery, _recipient(delivery), text_without_links(delivery, at=at), _problem(delivery)
        )
        for delivery in page.object_list
    ]
    return render(request, "alerts/messages.html", {"messages_sent": shown, "page": page})


urlpatterns = [path("messages/", message_list, name="message_list")]
