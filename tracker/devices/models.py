"""Devices and channels that may report, what they reported as it came, and printed sheets."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, Vehicle
from tracker.organisations.models import Organisation, User


class Channel(models.Model):
    """A service that forwards reports of many devices or telephones.

    The token stands in the address that the service calls and is kept as a hash; `secret_sealed`
    is what the service signs or proves itself with.
    """

    class Kind(models.TextChoices):
        TRACCAR = "TRACCAR", _("Traccar server")
        INREACH = "INREACH", _("Garmin inReach")
        RAPIDPRO = "RAPIDPRO", _("RapidPro or TextIt")
        TWILIO = "TWILIO", _("Twilio")
        AFRICASTALKING = "AFRICASTALKING", _("Africa's Talking")
        SMSSYNC = "SMSSYNC", _("SMSSync")
        TELEGRAM = "TELEGRAM", _("Telegram bot")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    label = models.CharField(max_length=80)
    token_hash = models.CharField(max_length=64, unique=True)
    secret_sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    last_heard_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["label", "id"]

    def __str__(self) -> str:
        return self.label


class Device(models.Model):
    """One phone, tracker, telephone number or driver's link that may report.

    `code` names it in the log (`LogEvent.device_id`). Tokens are kept as hashes; a telephone number
    and the secret of its rolling codes are sealed, the number is found by its fingerprint.
    `counter` is the next rolling code, `uses` counts what came. All times are machine time.
    """

    class Kind(models.TextChoices):
        PHONE = "PHONE", _("phone with the field log")
        TRACKER = "TRACKER", _("tracker")
        SMS = "SMS", _("telephone number")
        LINK = "LINK", _("driver’s link")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    code = models.CharField(max_length=16, unique=True)
    label = models.CharField(max_length=80, blank=True, default="")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, related_name="devices"
    )
    external_id = models.CharField(max_length=128, blank=True, default="")
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  # unique where set
    contact_hash = models.CharField(max_length=64, blank=True, default="")
    contact_sealed = models.BinaryField(null=True)
    secret_sealed = models.BinaryField(null=True)
    counter = models.BigIntegerField(default=0)
    uses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    is_lost = models.BooleanField(default=False)
    last_heard_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "label", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "external_id"],
                condition=models.Q(revoked_at__isnull=True) & ~models.Q(external_id=""),
                name="device_external_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "contact_hash"],
                condition=models.Q(revoked_at__isnull=True) & ~models.Q(contact_hash=""),
                name="device_contact_once",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.code


class DeviceAssignment(models.Model):
    """Which convoy, and which of its vehicles, a device reports for (field time).

    `priority` orders the sources of one vehicle: 1 is used first, higher ones when it falls silent.
    """

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="assignments")
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, related_name="+")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    priority = models.PositiveSmallIntegerField(default=1)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="deviceassignment_ordered",
            ),
            models.UniqueConstraint(
                fields=["device"],
                condition=models.Q(until__isnull=True),
                name="deviceassignment_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device} for {self.convoy}"


class RawMessage(models.Model):
    """What a device or channel sent, as it came, kept before anything is read of it.

    The body is sealed, `sha256` is that of the open body; `message_id` is the sender's own and
    makes a repeat harmless; `understood` is what was read of it, without any contact; `reason` says
    why a person must sort it. `received_at` is machine time, `field_at` field time.
    """

    class State(models.TextChoices):
        NEW = "NEW", _("not read yet")
        TAKEN = "TAKEN", _("taken")
        QUARANTINED = "QUARANTINED", _("waits for a person")
        IGNORED = "IGNORED", _("set aside")
        REPEAT = "REPEAT", _("a repeat")
        REFUSED = "REFUSED", _("refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    gateway = models.CharField(max_length=16)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, null=True, related_name="+")
    message_id = models.CharField(max_length=128, blank=True, default="")
    received_at = models.DateTimeField()
    field_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    content_type = models.CharField(max_length=120, blank=True, default="")
    body_sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    contact_sealed = models.BinaryField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.NEW)
    reason = models.CharField(max_length=40, blank=True, default="")
    understood = models.JSONField(default=dict)
    reply = models.CharField(max_length=480, blank=True, default="")
    sorted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sorted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "message_id"],
                condition=~models.Q(message_id="") & models.Q(channel__isnull=False),
                name="rawmessage_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation", "received_at"],
                condition=models.Q(state="QUARANTINED"),
                name="rawmessage_to_sort",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.received_at:%Y-%m-%d %H:%M}"


class PaperSheet(models.Model):
    """A printed card or log sheet; its lines are keyed in as entries of `sheet:<serial>`."""

    class Kind(models.TextChoices):
        LOG_SHEET = "LOG_SHEET", _("log sheet")
        CHECKPOINT_CARD = "CHECKPOINT_CARD", _("checkpoint card")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    serial = models.CharField(max_length=16, unique=True)
    kind = models.CharField(max_length=16, choices=Kind)
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, null=True, related_name="+")
    checkpoint = models.ForeignKey(
        Checkpoint, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lines = models.PositiveSmallIntegerField(default=20)
    printed_at = models.DateTimeField()
    printed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-printed_at", "serial"]

    def __str__(self) -> str:
        return self.serial
