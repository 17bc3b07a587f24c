"""Addresses of devices and message channels, below /in/: each gateway brings its own."""

from django.urls import URLPattern, URLResolver, include, path

# One module each, with its own `urlpatterns`.
GATEWAYS: tuple[str, ...] = (
    "osmand",
    "owntracks",
    "traccar",
    "inreach",
    "rapidpro",
    "twilio",
    "africastalking",
    "smssync",
    "telegram",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"tracker.gateways.{gateway}")) for gateway in GATEWAYS
]
