"""The newest publication of each audience."""

from __future__ import annotations

from django.db import models


class Publication(models.Model):
    """One publication: its revision rises by one each time bytes change (machine time).

    `wanted` rises with every fact that may change what this audience sees; `met` is the `wanted`
    that the newest publication asked for by a fact knew of. A process that dies between the two
    leaves `wanted` ahead, and the next one publishes.
    """

    audience = models.CharField(max_length=20, primary_key=True)
    revision = models.PositiveBigIntegerField(default=0)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    generated_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    wanted = models.PositiveBigIntegerField(default=0)
    met = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.audience} r{self.revision}"
