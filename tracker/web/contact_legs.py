"""Set up on which stretches of a road convoys report by another rhythm, or cannot report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_http_methods, require_POST

from tracker.convoys.queries import convoys_under_way_on
from tracker.corridors.models import Corridor
from tracker.corridors.queries import legs_in_order
from tracker.corridors.setup import add_leg, remove_leg
from tracker.intake.folding import fold_subjects
from tracker.web.access import needs, own_corridor, person
from tracker.web.recording import posted

_DAY_MIN = 24 * 60


class LegForm(forms.Form):
    """One stretch: from where to where, how often, and whether nobody can be heard there."""

    from_km = forms.FloatField(label=lazy("From km"), min_value=0, max_value=100_000)
    until_km = forms.FloatField(label=lazy("To km"), min_value=0, max_value=100_000)
    is_silence_zone = forms.BooleanField(label=lazy("No network there"), required=False)
    interval_min = forms.IntegerField(
        label=lazy("Minutes between contacts"),
        min_value=5,
        max_value=_DAY_MIN,
        help_text=lazy("Where there is no network: in how many minutes a word is expected after."),
    )
    grace_min = forms.IntegerField(
        label=lazy("Minutes of grace"), min_value=0, max_value=_DAY_MIN, initial=15
    )
    why = forms.CharField(label=lazy("Why"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        low, high = cleaned.get("from_km"), cleaned.get("until_km")
        if low is not None and high is not None and low >= high:
            self.add_error("until_km", _("The end lies before the beginning. Swap them."))
        return cleaned


def _fold_anew(corridor: Corridor) -> None:
    """Fold the convoys under way on a road: when they are due rests on its legs."""
    fold_subjects([("convoy", key) for key in convoys_under_way_on(corridor)])


@require_http_methods(["GET", "HEAD", "POST"])
@needs("set_up_routes")
def contact_legs(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the stretches of a road with a rhythm of their own, and take another one."""
    corridor = own_corridor(person(request), slug)
    form = LegForm(posted(request))
    if form.is_valid():
        with transaction.atomic():
            add_leg(corridor=corridor, **form.cleaned_data)
            _fold_anew(corridor)
        messages.success(request, _("Set up. It holds for the convoys on the road, too."))
        return redirect("contact_legs", slug=slug)
    context = {"corridor": corridor, "legs": legs_in_order(corridor), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "silence/legs.html", context, status=status)


@require_POST
@needs("set_up_routes")
def remove(request: HttpRequest, slug: str, leg_id: UUID) -> HttpResponse:
    """Let the plan of each convoy hold again on a stretch."""
    corridor = own_corridor(person(request), slug)
    leg = get_object_or_404(legs_in_order(corridor), pk=leg_id)
    with transaction.atomic():
        remove_leg(leg=leg)
        _fold_anew(corridor)
    messages.success(request, _("Removed. The plan of each convoy holds there again."))
    return redirect("contact_legs", slug=slug)


urlpatterns = [
    path("staff/corridors/<slug:slug>/contact/", contact_legs, name="contact_legs"),
    path(
        "staff/corridors/<slug:slug>/contact/<uuid:leg_id>/remove/",
        remove,
        name="contact_leg_remove",
    ),
]
