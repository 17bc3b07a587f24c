"""The one Django app of the project."""

from django.apps import AppConfig


class TrackerConfig(AppConfig):
    """Register the app under the label `tracker`."""

    name = "tracker"
    label = "tracker"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Evacuation tracker"
