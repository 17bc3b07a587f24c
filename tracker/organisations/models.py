"""Organisations, the people who work for them, and their API keys."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """An organisation that runs corridors, takes part in them, or is told about them."""

    class Kind(models.TextChoices):
        OPERATOR = "OPERATOR", _("operator")
        PARTNER = "PARTNER", _("partner")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    short_name = models.CharField(_("short name"), max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OPERATOR)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.short_name or self.name


class Role(models.TextChoices):
    """What a person does; every permission in the house follows from it."""

    ADMINISTRATOR = "ADMINISTRATOR", _("administrator")
    COORDINATOR = "COORDINATOR", _("coordinator")
    DISPATCHER = "DISPATCHER", _("dispatcher")
    MONITOR = "MONITOR", _("field monitor")
    VERIFIER = "VERIFIER", _("verifier")
    PARTNER = "PARTNER", _("partner")
    VIEWER = "VIEWER", _("viewer")


class User(AbstractUser):
    """A person with a role in one organisation."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.VIEWER)
    language = models.CharField(_("language"), max_length=5, default="en")

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    @property
    def display_name(self) -> str:
        """Return the name that colleagues see beside an entry."""
        return self.get_full_name() or self.get_username()


class ApiKey(models.Model):
    """A key for the API, stored as a hash; the key itself is shown once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    prefix = models.CharField(max_length=12, unique=True)
    key_hash = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.prefix}… of {self.user}"
