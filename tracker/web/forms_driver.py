"""The form behind a driver's link: what one vehicle may say of itself, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.convoys.models import Convoy, Vehicle
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import Via
from tracker.web.forms_log import LogForm

# What a button sends: the kind of entry, and what the vehicle then does.
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "moving": ("vehicle.reported", {"does": "MOVING"}),
    "stopped": ("vehicle.reported", {"does": "STOPPED"}),
    "checkpoint": ("vehicle.reported", {"does": "AT_CHECKPOINT"}),
    "through": ("vehicle.reported", {"does": "LET_THROUGH"}),
    "arrived": ("vehicle.reported", {"does": "ARRIVED"}),
    "broken": ("vehicle.broke_down", {}),
    "count": ("people.counted", {}),
    "medical": ("medical.emergency", {}),
    "sos": ("sos", {}),
}
WORDS = {
    "moving": _("We are moving"),
    "stopped": _("We have stopped"),
    "checkpoint": _("At a checkpoint"),
    "through": _("Let through"),
    "arrived": _("We have arrived"),
    "broken": _("Broken down"),
    "count": _("Send the number"),
    "medical": _("Somebody needs a doctor"),
    "sos": _("SOS: we are in danger"),
}


class DriverForm(LogForm):
    """One tap, or a number; the button that was pressed says which."""

    act = forms.ChoiceField(
        choices=tuple(WORDS.items()),
        error_messages={
            "required": _("Press one of the buttons."),
            "invalid_choice": _("Press one of the buttons."),
        },
    )
    people = forms.IntegerField(
        label=_("People in this vehicle"), min_value=0, max_value=10_000_000, required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("act") == "count" and cleaned.get("people") is None:
            self.add_error("people", _("Write how many people are in the vehicle."))
        return cleaned

    def event(self, *, convoy: Convoy, vehicle: Vehicle, device_id: str, at: datetime) -> NewEvent:
        """Return what was pressed as a log event of this vehicle."""
        kind, data = ACTS[self.cleaned_data["act"]]
        if kind == "people.counted":
            data = {"people": self.cleaned_data["people"]}
        return NewEvent(
            kind=kind,
            client_id=self.sent_id,
            occurred_at=at,
            subjects={"convoy": convoy.pk, "vehicle": vehicle.pk},
            data=data,
            device_id=device_id,
            via=Via.LINK,
            is_confirmed=self.cleaned_data["is_confirmed"],
        )
