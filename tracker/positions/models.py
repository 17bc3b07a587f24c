"""Position fixes, and where each vehicle stands by the newest that can be trusted."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Device, RawMessage


class PositionFix(models.Model):
    """One location that a device reported; m, m/s, degrees, percent and UTC throughout.

    `fixed_at` is the device's time, `received_at` field time at receipt. `flags` say what is odd
    (MOCK, JUMP, SPEED, CIRCLE …): a flagged fix is kept and shown as such and moves nothing.
    `chainage_km` and `off_route_m` follow from the route, `None` where there is none.
    """

    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="fixes")
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, null=True, related_name="+")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, related_name="+")
    raw = models.ForeignKey(RawMessage, on_delete=models.PROTECT, null=True, related_name="+")
    gateway = models.CharField(max_length=16)
    fixed_at = models.DateTimeField()
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.FloatField(null=True)
    altitude_m = models.FloatField(null=True)
    speed_m_s = models.FloatField(null=True)
    course_deg = models.FloatField(null=True)
    battery_pct = models.FloatField(null=True)
    flags = models.JSONField(default=list)
    chainage_km = models.FloatField(null=True)
    off_route_m = models.FloatField(null=True)

    class Meta:
        ordering = ["fixed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "fixed_at", "lat", "lon"], name="positionfix_once"
            ),
            models.CheckConstraint(
                condition=models.Q(lat__range=(-90, 90)) & models.Q(lon__range=(-180, 180)),
                name="positionfix_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["vehicle", "fixed_at"], name="positionfix_by_vehicle"),
            models.Index(fields=["convoy", "fixed_at"], name="positionfix_by_convoy"),
        ]

    def __str__(self) -> str:
        return f"{self.device} {self.fixed_at:%Y-%m-%d %H:%M:%S}"


class VehicleTrack(models.Model):
    """Where one vehicle is by its newest trusted fix, and whether it has left road or column."""

    vehicle = models.OneToOneField(
        Vehicle, on_delete=models.PROTECT, primary_key=True, related_name="track"
    )
    convoy = models.ForeignKey(Convoy, on_delete=models.PROTECT, related_name="tracks")
    fix = models.ForeignKey(PositionFix, on_delete=models.PROTECT, null=True, related_name="+")
    off_route_since = models.DateTimeField(null=True)
    separated_since = models.DateTimeField(null=True)
    flagged_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.vehicle}"
