"""Stock admin for the set-up of organisations, people, sources, places, roads and corridors."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from tracker.admin import (
    checkpoints,
    corridors,
    log,
    organisations,
    places,
    routes,
    sources,
    users,
)

__all__ = [
    "checkpoints",
    "corridors",
    "log",
    "organisations",
    "places",
    "routes",
    "sources",
    "users",
]

# One sign-in for all, with its limits and its second factor.
admin.site.login = secure_admin_login(  # type: ignore[method-assign, no-untyped-call]  # as it is documented
    admin.site.login
)
admin.site.site_header = admin.site.site_title = _("Evacuation tracker: set-up")
admin.site.index_title = _("What is set up")
