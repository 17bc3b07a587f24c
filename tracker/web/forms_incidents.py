"""Forms that report an incident, add a voice about it, and say how far it was checked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.corridors.models import Corridor, Place
from tracker.corridors.queries import corridors_in_order, places_in_order
from tracker.fieldlog.kinds import NewEvent
from tracker.incidents.models import Claim, Incident, IncidentKind, Severity
from tracker.organisations.models import Organisation
from tracker.provenance.models import Verification
from tracker.web.forms_log import HappenedField, LogForm
from tracker.web.forms_sources import PublicationForm

if TYPE_CHECKING:
    PlaceChoice = forms.ModelChoiceField[Place]
    CorridorChoice = forms.ModelChoiceField[Corridor]
else:
    # Generic for the type checker alone.
    PlaceChoice = CorridorChoice = forms.ModelChoiceField


class IncidentForm(LogForm):
    """What is alleged to have happened, in a sentence that can be claimed or denied."""

    alleged = forms.CharField(
        label=_("What is alleged"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One sentence that somebody can claim or deny. Who says so comes next."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=IncidentKind.choices, initial=IncidentKind.OTHER
    )
    severity = forms.ChoiceField(
        label=_("How grave for the people on the road"),
        choices=Severity.choices,
        initial=Severity.MEDIUM,
    )
    corridor = CorridorChoice(
        label=_("Corridor"), queryset=Corridor.objects.none(), required=False, empty_label=_("none")
    )
    place = PlaceChoice(
        label=_("Place"), queryset=Place.objects.none(), required=False, empty_label=_("not listed")
    )
    place_text = forms.CharField(label=_("Place in words"), max_length=200, required=False)
    occurred_at = HappenedField()
    is_day_only = forms.BooleanField(label=_("Only the day is known"), required=False)
    is_public = forms.BooleanField(
        label=_("It has been said in public already"),
        required=False,
        help_text=_("Only then do people outside see it."),
    )
    source_title = forms.CharField(label=_("Where it can be read"), max_length=300, required=False)
    source_url = forms.URLField(
        label=_("Link"), max_length=600, required=False, assume_scheme="https"
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picks = {
            "corridor": corridors_in_order().filter(operator=organisation),
            "place": places_in_order(),
        }
        for name, rows in picks.items():
            picker = self.fields[name]
            assert isinstance(picker, forms.ModelChoiceField)
            picker.queryset = rows

    def events(self, incident_id: UUID, at: datetime) -> list[NewEvent]:
        """Return the report as a log event."""
        cleaned = self.cleaned_data
        names = (
            "alleged",
            "kind",
            "severity",
            "place_text",
            "is_day_only",
            "is_public",
            "source_title",
            "source_url",
        )
        subjects = {"incident": incident_id}
        if cleaned["corridor"]:
            subjects["corridor"] = cleaned["corridor"].pk
        place = str(cleaned["place"].pk) if cleaned["place"] else None
        data = {name: cleaned[name] for name in names} | {"place": place}
        return [NewEvent("incident.reported", self.sent_id, at, subjects, data)]


def _casualties(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text=_("As this source names it. Leave empty where it names none."),
    )


class ClaimForm(PublicationForm):
    """One voice about an incident; it stands beside the others, whatever they say."""

    stance = forms.ChoiceField(
        label=_("What it does"), choices=Claim.Stance.choices, widget=forms.RadioSelect
    )
    says = forms.CharField(
        label=_("In their words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    injured = _casualties(_("Injured"))
    killed = _casualties(_("Killed"))
    occurred_at = HappenedField(label=_("When it was said"))
    is_undated = forms.BooleanField(label=_("Not known when it was said"), required=False)

    field_order = (
        "source",
        "new_source",
        "new_source_detail",
        "new_source_party",
        "stance",
        "says",
    )

    def events(self, incident: Incident, at: datetime) -> list[NewEvent]:
        """Return the claim as a log event; call it where a write is."""
        source = self.source_named()
        names = ("stance", "says", "injured", "killed", "is_undated")
        return [
            NewEvent(
                kind="incident.claimed",
                client_id=self.sent_id,
                occurred_at=at,
                subjects={"incident": incident.pk},
                data={name: self.cleaned_data[name] for name in names} | self.publication(),
                source_id=source.pk if source else None,
            )
        ]


class VerdictForm(LogForm):
    """How far a reviewer has checked what is alleged, and on what grounds."""

    verification = forms.ChoiceField(
        label=_("How far it was checked"),
        choices=Verification.choices,
        widget=forms.RadioSelect,
        help_text=_("Of a public incident the public reads this word, never the grounds."),
    )
    note = forms.CharField(
        label=_("On what grounds"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    occurred_at = HappenedField(label=_("When it was checked"))

    def events(self, incident: Incident, at: datetime) -> list[NewEvent]:
        """Return the verdict as a log event."""
        return [
            NewEvent(
                kind="incident.verified",
                client_id=self.sent_id,
                occurred_at=at,
                subjects={"incident": incident.pk},
                data={name: self.cleaned_data[name] for name in ("verification", "note")},
            )
        ]
