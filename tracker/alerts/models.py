"""Subscribers, alerts and their deliveries."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.convoys.models import Convoy
from tracker.corridors.models import Corridor
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation, User


class Subscriber(models.Model):
    """A person outside who asked to be told; the contact is encrypted, its HMAC serves look-up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_hash = models.CharField(max_length=64, unique=True)
    contact_sealed = models.BinaryField()
    language = models.CharField(max_length=5, default="en")
    stop_token_hash = models.CharField(max_length=64, unique=True)
    stop_token_sealed = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"subscriber {self.pk}"


class Subscription(models.Model):
    """What one subscriber wants to hear; counts only once confirmed and until ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="subscriptions"
    )
    corridor = models.ForeignKey(Corridor, on_delete=models.PROTECT, null=True, related_name="+")
    confirm_token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "corridor"],
                condition=models.Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="subscription_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} on {self.corridor or 'all corridors'}"


class ConfirmationAsked(models.Model):
    """One request for a confirmation mail, kept to limit how many are sent (hashes only)."""

    contact_hash = models.CharField(max_length=64)
    network_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["contact_hash", "at"], name="asked_by_contact"),
            models.Index(fields=["network_hash", "at"], name="asked_by_network"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class AlertState(models.TextChoices):
    """Life of an alert on the board."""

    OPEN = "OPEN", _("nobody has it")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("taken")
    RESOLVED = "RESOLVED", _("over")


class Alert(models.Model):
    """A fact worth telling; a committed row before anything is sent.

    `subject` groups revisions of one thing ("corridor:<id>:status"); a newer revision supersedes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120)
    revision = models.PositiveIntegerField(default=1)
    severity = models.CharField(max_length=10, default="MEDIUM")
    is_public = models.BooleanField(default=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, null=True, related_name="+")
    corridor = models.ForeignKey(Corridor, on_delete=models.PROTECT, null=True, related_name="+")
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, null=True, related_name="alerts")
    facts = models.JSONField(default=dict)
    field_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=14, choices=AlertState, default=AlertState.OPEN)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "revision"], name="alert_revision_once"),
            models.UniqueConstraint(
                fields=["event", "kind", "subject"],
                condition=models.Q(event__isnull=False),
                name="alert_once_per_event",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="alert_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject} r{self.revision}"


class Delivery(models.Model):
    """One send of one alert to one recipient; `key` goes with it, so a receiver can tell repeats.

    `owner` is the sender that holds the row. UNSURE stands from just before a send until its
    outcome is known: a sender that dies in between leaves a row that says so.
    """

    class Problem(models.TextChoices):
        """What can be said of a row beyond an answer of its channel, kept in `error`."""

        SUPERSEDED = "superseded", _("something newer was told")
        TOO_LATE = "too late", _("too late to be sent")
        MAYBE_SENT = "maybe sent", _("its sender died; it is sent again with the same key")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        LEASED = "leased", _("being sent")
        SENT = "sent", _("sent")
        UNSURE = "unsure", _("may have been sent")
        DEAD = "dead", _("given up")
        CANCELLED = "cancelled", _("withdrawn")

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="deliveries", null=True)
    purpose = models.CharField(max_length=20, default="alert")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, null=True, related_name="+"
    )
    subject = models.CharField(max_length=120, default="")
    channel = models.CharField(max_length=12, default="email")
    key = models.CharField(max_length=160, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    # Frozen when the row is made: what an exercise told never leaves this machine, even later.
    is_exercise = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(default=5)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    owner = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    facts_sealed = models.BinaryField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["priority", "next_at", "id"],
                condition=models.Q(state__in=["pending", "unsure"]),
                name="delivery_due",
            ),
            models.Index(
                fields=["subject", "lease_until"],
                condition=models.Q(owner__isnull=False),
                name="delivery_leased",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) | models.Q(subscriber__isnull=True),
                name="delivery_one_recipient",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"
