"""Addresses of the project: each page module brings its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

# In this order: /convoys/plan/ must be found before /convoys/<code>/.
PAGES = (
    "public",
    "subscriptions",
    "health",
    "board",
    "corridors",
    "statements",
    "windows",
    "agreement",
    "checkpoints",
    "attempts",
    "incidents",
    "convoy_plans",
    "convoy_moves",
    "imports",
    "reception",
    "paper",
    "driver_links",
    "driver",
    "position_files",
    "positions",
    "silence",
    "contact_legs",
    "convoys",
    "ledger",
    "device_setup",
    "device_codes",
    "devices",
    "phone_shell",
    "phone_start",
    "phone_send",
    "phone_photo",
    "phone_files",
    "reports",
    "field_log",
    "corrections",
    "entries",
    "alerts",
    "messages",
    "more",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("tracker.api.urls")),
    path("in/", include("tracker.gateways.urls")),
    *(path("", include(f"tracker.web.{page}")) for page in PAGES),
]
