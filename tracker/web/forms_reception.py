"""The forms that set up a reception centre and sign people over to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tracker.convoys.models import Convoy, Vehicle
from tracker.corridors.models import Place
from tracker.fieldlog.kinds import NewEvent
from tracker.reception.models import ReceptionCentre
from tracker.web.forms_log import HappenedField, LogForm

MOST_PEOPLE = 10_000_000


class CentreForm(forms.Form):
    """A reception centre; the same name again changes place and capacity."""

    name = forms.CharField(
        label=_("Name of the centre"),
        max_length=120,
        help_text=_("The name of a centre that stands above changes that one, and opens it again."),
    )
    place: Any = forms.ModelChoiceField(
        label=_("Place"), queryset=Place.objects.none(), empty_label=_("choose")
    )
    capacity = forms.IntegerField(
        label=_("Capacity, people"),
        min_value=1,
        max_value=MOST_PEOPLE,
        required=False,
        help_text=_("Leave it empty where nobody said."),
    )

    def __init__(self, *args: Any, places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        place.queryset = places


class HandOverForm(LogForm):
    """Who is handed over where, and who signs for them."""

    centre: Any = forms.ModelChoiceField(
        label=_("Reception centre"),
        queryset=ReceptionCentre.objects.none(),
        empty_label=_("choose"),
    )
    vehicle: Any = forms.ModelChoiceField(
        label=_("Out of which vehicle"),
        queryset=Vehicle.objects.none(),
        required=False,
        empty_label=_("the whole convoy"),
    )
    people = forms.IntegerField(
        label=_("People handed over"),
        min_value=0,
        max_value=MOST_PEOPLE,
        required=False,
        help_text=_("As the receiver counted them. Not counted? Leave it empty."),
    )
    people_low = forms.IntegerField(
        label=_("or at least"), min_value=0, max_value=MOST_PEOPLE, required=False
    )
    people_high = forms.IntegerField(
        label=_("and at most"), min_value=0, max_value=MOST_PEOPLE, required=False
    )
    receiver_name = forms.CharField(
        label=_("Name of the receiver"),
        max_length=120,
        help_text=_("The person who takes over, not one of the people evacuated."),
    )
    receiver_role = forms.CharField(
        label=_("Function of the receiver"), max_length=120, required=False
    )
    is_signed = forms.BooleanField(
        label=_("The receiver has read this number and signs for it"),
        error_messages={
            "required": _("Let the receiver read the number and sign, then tick this.")
        },
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of evacuees."),
    )
    occurred_at = HappenedField()

    def __init__(
        self,
        *args: Any,
        centres: QuerySet[ReceptionCentre],
        vehicles: QuerySet[Vehicle],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        centre: Any = self.fields["centre"]
        centre.queryset = centres
        vehicle: Any = self.fields["vehicle"]
        vehicle.queryset = vehicles

    def events(self, convoy: Convoy, at: datetime) -> list[NewEvent]:
        """Return the hand-over as a log event."""
        typed = self.cleaned_data
        vehicle: Vehicle | None = typed["vehicle"]
        names = ("people", "people_low", "people_high", "receiver_name", "receiver_role", "note")
        subjects = {"convoy": convoy.pk} | ({"vehicle": vehicle.pk} if vehicle else {})
        return [
            NewEvent(
                kind="reception.handed_over",
                client_id=self.sent_id,
                occurred_at=at,
                subjects=subjects,
                data={name: typed[name] for name in names}
                | {"centre": str(typed["centre"].pk), "place": typed["centre"].name},
                is_confirmed=typed["is_confirmed"],
            )
        ]
