"""The list of the staff's less frequent pages, so that the way to the frequent ones stays short."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tracker.organisations.permissions import May, may_of
from tracker.web.access import needs, person


@dataclass(frozen=True, slots=True)
class Place:
    """A page with what it is for; `right` is the one that opens it."""

    route: str
    title: str | Promise
    says: str | Promise
    right: str


PLACES = (
    Place(
        "report_list",
        _("Messages to sort"),
        _("What came in and no machine could take: put it into the log, or set it aside."),
        "sort_reports",
    ),
    Place(
        "imports",
        _("Files that came"),
        _("Vehicle lists and routes: what was in them, what was wrong, what was taken."),
        "plan_convoy",
    ),
    Place(
        "device_list",
        _("Devices"),
        _("Trackers, telephones and channels: add one, say what it reports for, mark it lost."),
        "manage_devices",
    ),
    Place(
        "my_devices",
        _("My phones"),
        _("The phones on which you log: mark one as lost."),
        "log_field",
    ),
    Place(
        "phone",
        _("Field log"),
        _("The page for the phone on the road: it works without a network and keeps nothing open."),
        "log_field",
    ),
    Place(
        "phone_take",
        _("Entries from a phone"),
        _("What a phone without a network holds: take it in from its file or QR codes."),
        "log_field",
    ),
    Place(
        "paper",
        _("Sheets of paper"),
        _("Numbered log sheets and checkpoint cards: print them, key them in later."),
        "log_field",
    ),
    Place(
        "reception",
        _("Reception centres"),
        _("Capacity, who came, hand-over signed by the receiver."),
        "see_internal",
    ),
    Place(
        "gpx_upload",
        _("Recorded tracks"),
        _("Load a GPX file that a device or vehicle recorded on the way."),
        "log_field",
    ),
)


def _open_to(may: May) -> list[dict[str, object]]:
    return [
        {"url": reverse(place.route), "title": place.title, "says": place.says}
        for place in PLACES
        if getattr(may, place.right)
    ]


@require_safe
@needs("see_internal")
def more(request: HttpRequest) -> HttpResponse:
    """List the pages that this person may open."""
    return render(request, "more/page.html", {"places": _open_to(may_of(person(request)))})


urlpatterns = [path("more/", more, name="more")]
