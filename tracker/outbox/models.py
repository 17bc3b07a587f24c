"""Rows that keep a promise: someone will be told of this fact."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class OutboxRow(models.Model):
    """One fact that one consumer must expand, written in the transaction of the fact itself."""

    class Consumer(models.TextChoices):
        SITUATION = "situation"
        ALERTS = "alerts"

    id = models.BigAutoField(primary_key=True)
    consumer = models.CharField(max_length=12, choices=Consumer)
    kind = models.CharField(max_length=60)
    event_id = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["consumer", "next_at", "id"],
                condition=models.Q(done_at__isnull=True),
                name="outbox_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["consumer", "event_id"],
                condition=models.Q(event_id__isnull=False),
                name="outbox_once_per_event",
            )
        ]

    def __str__(self) -> str:
        return f"{self.consumer} {self.kind} #{self.pk}"


class Heartbeat(models.Model):
    """The last sign of life of a process that must not die unnoticed (machine time)."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at:%H:%M:%S}"


class JobSlot(models.Model):
    """One turn of a periodic job; unique, so two beats are harmless."""

    job = models.CharField(max_length=40)
    slot_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "slot_at"], name="jobslot_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot_at:%H:%M:%S}"
