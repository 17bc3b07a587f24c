"""The newest publication of each audience."""

from __future__ import annotations

from django.db import models


class Publication(models.Model):
    """One publication: its revision rises by one each time bytes change (machine time)."""

    audience = models.CharField(max_length=20, primary_key=True)
    revision = models.PositiveBigIntegerField(default=0)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    generated_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.audience} r{self.revision}"
