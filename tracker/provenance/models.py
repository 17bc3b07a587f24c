"""Sources and the grades that they and their information carry."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.organisations.models import Organisation


class Reliability(models.TextChoices):
    """Reliability of a source, A to F (Admiralty code)."""

    A = "A", _("A completely reliable")
    B = "B", _("B usually reliable")
    C = "C", _("C fairly reliable")
    D = "D", _("D not usually reliable")
    E = "E", _("E unreliable")
    F = "F", _("F cannot be judged")


class Credibility(models.IntegerChoices):
    """Credibility of one piece of information, 1 to 6 (Admiralty code)."""

    CONFIRMED = 1, _("1 confirmed by other sources")
    PROBABLE = 2, _("2 probably true")
    POSSIBLE = 3, _("3 possibly true")
    DOUBTFUL = 4, _("4 doubtful")
    IMPROBABLE = 5, _("5 improbable")
    UNJUDGED = 6, _("6 cannot be judged")


class Party(models.TextChoices):
    """On whose side a voice speaks; kept open for any conflict."""

    PARTY_A = "PARTY_A", _("first party to the conflict")
    PARTY_B = "PARTY_B", _("second party to the conflict")
    HUMANITARIAN = "HUMANITARIAN", _("humanitarian organisation")
    FIELD = "FIELD", _("our own people in the field")
    LOCAL = "LOCAL", _("local authority")
    MEDIA = "MEDIA", _("media")
    COMPANY = "COMPANY", _("company")
    OTHER = "OTHER", _("other")


class Verification(models.TextChoices):
    """How far an allegation has been checked."""

    UNVERIFIED = "UNVERIFIED", _("not verified")
    PARTLY_CORROBORATED = "PARTLY_CORROBORATED", _("partly corroborated")
    CORROBORATED = "CORROBORATED", _("corroborated")
    DISPUTED = "DISPUTED", _("disputed")
    RETRACTED = "RETRACTED", _("withdrawn by the source")


class Source(models.Model):
    """Who says so; graded F until someone judges it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)
    detail = models.CharField(_("function or office"), max_length=200, blank=True)
    party = models.CharField(_("party"), max_length=16, choices=Party, default=Party.OTHER)
    # Whole phrases by language: what a language does with "Russian" cannot be put together.
    attribution = models.JSONField(_("attribution"), default=dict, blank=True)
    reliability = models.CharField(
        _("reliability"), max_length=1, choices=Reliability, default=Reliability.F
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="sources", null=True, blank=True
    )

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [models.UniqueConstraint(fields=["name", "detail"], name="source_named_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.detail})" if self.detail else self.name
