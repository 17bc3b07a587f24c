"""Places, corridors, routes, and what is said of them."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation
from tracker.provenance.models import Credibility, Source


class CorridorStatus(models.TextChoices):
    """Status of a corridor; UNKNOWN is a status, not an absence."""

    ANNOUNCED = "ANNOUNCED", _("announced")
    OPEN = "OPEN", _("open")
    RESTRICTED = "RESTRICTED", _("restricted")
    SUSPENDED = "SUSPENDED", _("suspended")
    CLOSED = "CLOSED", _("closed")
    UNKNOWN = "UNKNOWN", _("no information")


class DayPart(models.TextChoices):
    """Part of a day, for a speaker who names no hour."""

    MORNING = "MORNING", _("in the morning")
    AFTERNOON = "AFTERNOON", _("in the afternoon")
    EVENING = "EVENING", _("in the evening")


class Place(models.Model):
    """A named place; coordinates in degrees are those of the settlement, not of a checkpoint."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    names = models.JSONField(_("names by language"), default=dict, blank=True)
    lat = models.FloatField(_("latitude"), null=True, blank=True)
    lon = models.FloatField(_("longitude"), null=True, blank=True)
    geonameid = models.PositiveIntegerField(null=True, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    admin = models.CharField(_("region"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(fields=["name", "country"], name="place_named_once"),
            models.CheckConstraint(
                condition=models.Q(lat__isnull=True) | models.Q(lat__range=(-90, 90)),
                name="place_lat_in_degrees",
            ),
            models.CheckConstraint(
                condition=models.Q(lon__isnull=True) | models.Q(lon__range=(-180, 180)),
                name="place_lon_in_degrees",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Corridor(models.Model):
    """An agreed route for safe passage, in one direction."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(_("slug"), unique=True, max_length=80)
    operator = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="corridors", verbose_name=_("operator")
    )
    origin = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("from")
    )
    destination = models.ForeignKey(
        Place, on_delete=models.PROTECT, related_name="+", verbose_name=_("to")
    )
    time_zone = models.CharField(_("time zone"), max_length=40, default="Europe/Kyiv")
    is_public = models.BooleanField(_("shown to the public"), default=False)
    moves_from = models.TimeField(_("moves from"), null=True, blank=True)
    moves_until = models.TimeField(_("moves until"), null=True, blank=True)

    class Meta:
        verbose_name = _("corridor")
        verbose_name_plural = _("corridors")

    def __str__(self) -> str:
        return f"{self.origin} → {self.destination}"


class Route(models.Model):
    """One version of the road that a corridor uses; the newest version is in use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    corridor = models.ForeignKey(Corridor, on_delete=models.CASCADE, related_name="routes")
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(_("name"), max_length=120)
    length_km = models.FloatField(_("length by road, km"), null=True, blank=True)
    length_note = models.CharField(_("where the length comes from"), max_length=300, blank=True)
    # The line of the road, [longitude, latitude] in degrees; empty where only places are known.
    path = models.JSONField(_("line of the road"), default=list, blank=True)
    path_note = models.CharField(_("where the line comes from"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")
        constraints = [
            models.UniqueConstraint(fields=["corridor", "version"], name="route_version_once"),
            models.CheckConstraint(
                condition=models.Q(length_km__isnull=True) | models.Q(length_km__gt=0),
                name="route_length_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.corridor}: {self.name} (v{self.version})"


class RoutePoint(models.Model):
    """A place on a route at its chainage in km by road."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="points")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    km = models.FloatField(_("km from the start by road"))

    class Meta:
        ordering = ["km", "id"]
        constraints = [
            models.UniqueConstraint(fields=["route", "place"], name="routepoint_once"),
            models.CheckConstraint(condition=models.Q(km__gte=0), name="routepoint_km_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.place} km {self.km:g}"


class ContactLeg(models.Model):
    """A stretch of the road where convoys report by another rhythm, or cannot report at all.

    In a silence zone nobody expects a word before `interval_min` has passed since the last one
    before it; elsewhere the interval and grace replace those of the convoy's plan. Minutes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    corridor = models.ForeignKey(Corridor, on_delete=models.CASCADE, related_name="contact_legs")
    from_km = models.FloatField(_("from km"))
    until_km = models.FloatField(_("to km"))
    interval_min = models.PositiveIntegerField(_("minutes between contacts"))
    grace_min = models.PositiveIntegerField(_("minutes of grace"), default=15)
    is_silence_zone = models.BooleanField(_("no network there"), default=False)
    why = models.CharField(_("why"), max_length=200, blank=True, default="")

    class Meta:
        ordering = ["from_km", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_km__gte=0) & models.Q(until_km__gt=models.F("from_km")),
                name="contactleg_ordered",
            )
        ]

    def __str__(self) -> str:
        return f"{self.corridor} km {self.from_km:g}-{self.until_km:g}"


class CorridorState(models.Model):
    """What the log says of a corridor, folded; the status itself is derived from it and the clock.

    `operator_*`: the newest act of an operator; `announced_*`: the newest statement that it is or
    will be open; `adverse_*`: the newest statement that it is not.
    """

    corridor = models.OneToOneField(
        Corridor, on_delete=models.CASCADE, primary_key=True, related_name="state"
    )
    operator_status = models.CharField(
        max_length=12, choices=CorridorStatus, blank=True, default=""
    )
    operator_event = models.ForeignKey(
        LogEvent, on_delete=models.PROTECT, null=True, related_name="+"
    )
    operator_at = models.DateTimeField(null=True)
    operator_reason = models.TextField(blank=True, default="")
    announced_event = models.ForeignKey(
        LogEvent, on_delete=models.PROTECT, null=True, related_name="+"
    )
    announced_at = models.DateTimeField(null=True)
    adverse_event = models.ForeignKey(
        LogEvent, on_delete=models.PROTECT, null=True, related_name="+"
    )
    adverse_at = models.DateTimeField(null=True)
    adverse_status = models.CharField(max_length=12, choices=CorridorStatus, blank=True, default="")
    last_word_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.corridor}: {self.operator_status or 'no act of an operator'}"


class Statement(models.Model):
    """Who said what of a corridor, when, and how good it is; `claims` is a status or UNKNOWN.

    `opens_on` and `opens_part`: the day, at the place, on which the speaker says it opens.
    """

    event = models.OneToOneField(
        LogEvent, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    corridor = models.ForeignKey(Corridor, on_delete=models.CASCADE, related_name="statements")
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="statements")
    claims = models.CharField(max_length=12, choices=CorridorStatus)
    says = models.TextField()
    said_at = models.DateTimeField()
    opens_on = models.DateField(null=True)
    opens_part = models.CharField(max_length=12, choices=DayPart, blank=True, default="")
    credibility = models.PositiveSmallIntegerField(
        choices=Credibility, default=Credibility.UNJUDGED
    )
    first_hand = models.BooleanField(default=False)
    relayed_by = models.CharField(max_length=200, blank=True, default="")
    is_public = models.BooleanField(default=False)
    source_title = models.CharField(max_length=300, blank=True, default="")
    source_url = models.URLField(max_length=600, blank=True, default="")
    is_corrected = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["corridor", "-said_at"], name="statement_newest")]

    def __str__(self) -> str:
        return f"{self.source}: {self.claims}"


class PassageWindow(models.Model):
    """A period [opens_at, closes_at) in which passage is announced or confirmed."""

    class State(models.TextChoices):
        ANNOUNCED = "ANNOUNCED", _("announced")
        CONFIRMED = "CONFIRMED", _("confirmed")
        CANCELLED = "CANCELLED", _("cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    corridor = models.ForeignKey(Corridor, on_delete=models.CASCADE, related_name="windows")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.ANNOUNCED)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="+")
    moved_from = models.DateTimeField(null=True)
    event = models.ForeignKey(LogEvent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="window_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.corridor} {self.opens_at:%d %b %H:%M}–{self.closes_at:%H:%M}"
