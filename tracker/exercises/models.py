"""The row that turns the installation into an exercise."""

from django.db import models


class Exercise(models.Model):
    """One exercise, which shifts and scales field time.

    Field time is `starts_at` when machine time is `begun_at`, and runs `speed` times as fast.
    At most one row runs (`ended_at` empty), kept by the database.
    """

    name = models.CharField(max_length=120)
    starts_at = models.DateTimeField(help_text="Field time at the beginning.")
    begun_at = models.DateTimeField(help_text="Machine time at the beginning.")
    speed = models.PositiveIntegerField(default=1)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(ended_at__isnull=True),
                name="exercise_one_runs",
            ),
            models.CheckConstraint(
                condition=models.Q(speed__gte=1), name="exercise_speed_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.speed}x)"
