"""The form by which somebody at a desk or on a phone logs what happened to a convoy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, ConvoyState, Vehicle
from tracker.convoys.queries import vehicles_in_column
from tracker.convoys.transitions import why_not
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.queries import time_of_entry
from tracker.web.forms_log import LogForm

KINDS = (
    (
        _("On the road"),
        (
            ("convoy.departed", _("Left")),
            ("convoy.arrived_at", _("Reached a checkpoint")),
            ("convoy.held", _("Held")),
            ("convoy.cleared", _("Let through")),
            ("convoy.arrived", _("Arrived at the destination")),
        ),
    ),
    (
        _("Contact"),
        (
            ("contact.made", _("Word from the convoy")),
            ("contact.lost", _("Contact lost")),
            ("note", _("Note")),
        ),
    ),
    (
        _("People"),
        (
            ("people.boarded", _("Boarded")),
            ("people.counted", _("Counted on board")),
            ("people.arrived", _("Counted on arrival")),
            ("people.left", _("Left by choice")),
            ("people.joined", _("Joined on the road")),
            ("people.moved", _("Moved to another vehicle")),
            ("people.hospital", _("Taken to hospital")),
            ("people.detained", _("Detained")),
            ("people.separated", _("Separated from the convoy")),
            ("people.died", _("Died")),
        ),
    ),
    (
        _("Trouble"),
        (
            ("convoy.took_cover", _("Took cover")),
            ("convoy.night_stop", _("Stopped for the night")),
            ("convoy.diverted", _("Takes another road")),
            ("convoy.sent_back", _("Sent back by a checkpoint")),
            ("convoy.turned_back", _("Turned back")),
            ("vehicle.broke_down", _("Vehicle broke down")),
            ("vehicle.repaired", _("Vehicle goes again")),
            ("medical.emergency", _("Medical emergency")),
            ("sos", _("SOS")),
        ),
    ),
)
PARTS = (("whole", _("Whole convoy")), ("head", _("Head")), ("tail", _("Tail")))

# A count told in one breath with a move is an entry of its own.
_COUNT_WITH = {
    "convoy.departed": "people.boarded",
    "convoy.arrived_at": "people.counted",
    "convoy.held": "people.counted",
    "convoy.cleared": "people.counted",
    "contact.made": "people.counted",
    "convoy.arrived": "people.arrived",
}
_NEXT = {
    ConvoyState.ASSEMBLING: "convoy.departed",
    ConvoyState.MOVING: "convoy.arrived_at",
    ConvoyState.HELD: "convoy.cleared",
    ConvoyState.TURNED_BACK: "convoy.arrived",
}
_WITH_CHECKPOINT = frozenset(
    {"convoy.arrived_at", "convoy.held", "convoy.cleared", "convoy.sent_back", "convoy.turned_back"}
)
_WHY_NOT = {
    "has_arrived": _("It has arrived. A journey that goes on is planned as another convoy."),
    "has_left": _("It has left already. If it goes on after a stop, log “Let through”."),
    "has_turned": _("It has turned back already."),
    "not_left": _("It has not left yet. Log its departure first, with its time."),
}
_CLOCK = re.compile(r"^(\d{1,2})[:.]?(\d{2})$")


class ClockField(forms.CharField):
    """A time of day typed as HH:MM; empty is now, one far ahead was last night."""

    zone: tzinfo
    now: datetime

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Time"),
            required=False,
            max_length=5,
            help_text=_("24 hours, such as 14:05, in local time. Leave empty for now."),
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            **kwargs,
        )

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        found = _CLOCK.match(text)
        if not found or int(found[1]) > 23 or int(found[2]) > 59:
            raise forms.ValidationError(_("Type the time as HH:MM, such as 14:05."))
        local = self.now.astimezone(self.zone)
        at = local.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
        # At ten past midnight, 23:50 is last night.
        return at - timedelta(days=1) if at - local > timedelta(hours=12) else at


class EntryForm(LogForm):
    """What happened, where, when, to how many, in whose words."""

    kind = forms.ChoiceField(label=_("What happened"), choices=KINDS)
    checkpoint: Any = forms.ModelChoiceField(
        label=_("Checkpoint"),
        queryset=Checkpoint.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    part = forms.ChoiceField(
        label=_("Head or tail"), choices=PARTS, initial="whole", widget=forms.RadioSelect
    )
    occurred_at = ClockField()
    people = forms.IntegerField(
        label=_("People"),
        required=False,
        min_value=0,
        max_value=10_000_000,
        help_text=_("Leave empty if nobody counted. Empty is not zero."),
    )
    people_low = forms.IntegerField(
        label=_("Or at least"), required=False, min_value=0, max_value=10_000_000
    )
    people_high = forms.IntegerField(
        label=_("and at most"), required=False, min_value=0, max_value=10_000_000
    )
    vehicle: Any = forms.ModelChoiceField(
        label=_("Only this vehicle"),
        queryset=Vehicle.objects.none(),
        required=False,
        empty_label=_("whole convoy"),
    )
    to_vehicle: Any = forms.ModelChoiceField(
        label=_("Moved to"),
        queryset=Vehicle.objects.none(),
        required=False,
        empty_label=_("nowhere"),
    )
    vehicles_seen = forms.IntegerField(
        label=_("Vehicles in sight"), required=False, min_value=0, max_value=10_000
    )
    place = forms.CharField(label=_("Other place"), required=False, max_length=120)
    reason = forms.CharField(
        label=_("Reason given"), required=False, max_length=300, help_text=_("In their words.")
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of people."),
    )

    def __init__(
        self, *args: Any, convoy: Convoy, checkpoints: Sequence[Checkpoint], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.convoy = convoy
        clock = self.fields["occurred_at"]
        assert isinstance(clock, ClockField)
        clock.zone, clock.now = kwargs["zone"], kwargs["now"]
        of_convoy = vehicles_in_column(convoy)
        ids = [each.pk for each in checkpoints]
        for name, rows in (
            ("checkpoint", Checkpoint.objects.filter(pk__in=ids)),
            ("vehicle", of_convoy),
            ("to_vehicle", of_convoy),
        ):
            picker = self.fields[name]
            assert isinstance(picker, forms.ModelChoiceField)
            picker.queryset = rows

    @property
    def asks(self) -> bool:
        """Tell whether the log has asked back, so that the tick that answers must be shown."""
        return isinstance(self.fields["is_confirmed"].widget, forms.CheckboxInput)

    @property
    def uses_more(self) -> bool:
        """Tell whether something was typed into, or is wrong with, the fields kept folded."""
        names = ("vehicle", "to_vehicle", "people_low", "people_high", "vehicles_seen", "place")
        return any(name in self.errors or self.data.get(name) for name in names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind", "")
        if kind == "convoy.arrived_at" and not cleaned.get("checkpoint"):
            self.add_error("checkpoint", _("Say which checkpoint it reached."))
        if kind.startswith("vehicle.") and not cleaned.get("vehicle"):
            self.add_error("vehicle", _("Say which vehicle."))
        if kind == "people.moved":
            for name in ("vehicle", "to_vehicle"):
                if not cleaned.get(name):
                    self.add_error(name, _("Say from which vehicle to which."))
        if kind == "note" and not cleaned.get("note"):
            self.add_error("note", _("Write the note."))
        if kind and not self.errors:
            self._judge_order(kind, cleaned)
        return cleaned

    def _judge_order(self, kind: str, cleaned: dict[str, Any]) -> None:
        """Refuse what makes no sense after the state the convoy is in; earlier facts may come."""
        at = cleaned.get("occurred_at") or self.now
        is_late = self.convoy.state_since is not None and at < self.convoy.state_since
        repeat = time_of_entry(
            organisation=self.convoy.organisation, client_id=cleaned["client_id"]
        )
        reason = why_not(kind=kind, state=ConvoyState(self.convoy.state))
        if reason and not is_late and repeat is None:
            self.add_error("kind", _WHY_NOT[reason])

    def _people(self) -> dict[str, Any]:
        names = ("people", "people_low", "people_high")
        return {name: self.cleaned_data[name] for name in names}

    def _data(self, kind: str) -> dict[str, Any]:
        cleaned = self.cleaned_data
        data: dict[str, Any] = {"note": cleaned["note"]}
        if kind.startswith("people."):
            data |= self._people() | {"place": cleaned["place"]}
            if kind == "people.moved":
                data["to_vehicle"] = str(cleaned["to_vehicle"].pk)
        elif kind.startswith("contact."):
            data["vehicles_seen"] = cleaned["vehicles_seen"]
        elif kind in {"medical.emergency", "sos"}:
            data["people"] = cleaned["people"]
        elif kind.startswith("convoy."):
            data["part"] = cleaned["part"]
        return data

    def _subjects(self, kind: str) -> dict[str, UUID]:
        cleaned = self.cleaned_data
        subjects = {"convoy": self.convoy.pk}
        if cleaned["vehicle"] and not kind.startswith("convoy."):
            subjects["vehicle"] = cleaned["vehicle"].pk
        if cleaned["checkpoint"] and self._is_there(kind, cleaned["checkpoint"]):
            subjects["checkpoint"] = cleaned["checkpoint"].pk
        return subjects

    def _is_there(self, kind: str, checkpoint: Checkpoint) -> bool:
        """Tell whether an entry belongs to the checkpoint: the form offers the next one ahead."""
        if kind in _WITH_CHECKPOINT:
            return True
        if not kind.startswith("people.") or kind == "people.boarded":
            return False
        reaches = self.cleaned_data["kind"] in _WITH_CHECKPOINT
        return reaches or checkpoint.km <= (self.convoy.head_km or 0)

    def _event(self, kind: str, client_id: UUID, at: datetime, data: dict[str, Any]) -> NewEvent:
        return NewEvent(
            kind=kind,
            client_id=client_id,
            occurred_at=at,
            subjects=self._subjects(kind),
            data=data,
            reason=self.cleaned_data["reason"] if client_id == self.sent_id else "",
            is_confirmed=self.cleaned_data["is_confirmed"],
        )

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the entry, and the count that was told with it, as log events."""
        kind: str = self.cleaned_data["kind"]
        events = [self._event(kind, self.sent_id, at, self._data(kind))]
        counted = _COUNT_WITH.get(kind)
        if counted and any(number is not None for number in self._people().values()):
            count_id = uuid5(self.sent_id, "people")
            data = self._people() | {"place": self.cleaned_data["place"]}
            events.append(self._event(counted, count_id, at, data))
        return events


def likely_kind(convoy: Convoy) -> str:
    """Return what probably happens next to a convoy, for the form to begin with."""
    if convoy.state == ConvoyState.MOVING and convoy.at_checkpoint_id:
        return "convoy.cleared"
    return _NEXT.get(ConvoyState(convoy.state), "contact.made")
