"""The form by which somebody at a desk or on a phone logs what happened to a convoy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, ConvoyState, Vehicle
from tracker.convoys.queries import vehicles_in_column
from tracker.convoys.transitions import why_not
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.queries import time_of_entry
from tracker.headcounts.models import PeopleEntry
from tracker.web.entry_words import GROUP_WORDS
from tracker.web.forms_sources import SourceForm
from tracker.web.log_kinds import (
    COUNT_WITH,
    KINDS,
    NEEDED,
    NUMBER,
    SOURCE,
    WITH_CHECKPOINT,
    WITH_GROUPS,
    fields_of,
    folded_of,
)

PARTS = (("whole", _("Whole convoy")), ("head", _("Head")), ("tail", _("Tail")))

_WHY_NOT = {
    "has_arrived": _("It has arrived. A journey that goes on is planned as another convoy."),
    "has_left": _("It has left already. If it goes on after a stop, log “Let through”."),
    "has_turned": _("It has turned back already."),
    "not_left": _("It has not left yet. Log its departure first, with its time."),
}
_WHICH = {
    "convoy.arrived_at": _("Say which checkpoint it reached."),
    "vehicle.broke_down": _("Say which vehicle."),
    "vehicle.repaired": _("Say which vehicle."),
    "people.moved": _("Say from which vehicle to which."),
    "note": _("Write the note."),
}
_GROUP = "group_"
MOST_PEOPLE = 10_000_000
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


class EntryForm(SourceForm):
    """What happened, where, when, to how many, in whose words."""

    is_source_needed = False

    kind = forms.ChoiceField(label=_("What happened"), choices=KINDS, widget=forms.HiddenInput)
    occurred_at = ClockField()
    checkpoint: Any = forms.ModelChoiceField(
        label=_("Checkpoint"),
        queryset=Checkpoint.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    part = forms.ChoiceField(
        label=_("Head or tail"), choices=PARTS, initial="whole", widget=forms.RadioSelect
    )
    people = forms.IntegerField(
        label=_("People"),
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text=_("Leave empty if nobody counted. Empty is not zero."),
    )
    people_low = forms.IntegerField(
        label=_("Or at least"), required=False, min_value=0, max_value=MOST_PEOPLE
    )
    people_high = forms.IntegerField(
        label=_("and at most"), required=False, min_value=0, max_value=MOST_PEOPLE
    )
    method = forms.ChoiceField(
        label=_("How they were counted"),
        choices=(("", _("not said")), *PeopleEntry.Method.choices),
        required=False,
        help_text=_("An estimate is shown as “about” and takes the place of no count."),
    )
    is_follower = forms.BooleanField(
        label=_("They follow in private cars, not with the convoy"), required=False
    )
    vehicles = forms.IntegerField(
        label=_("Private cars"),
        required=False,
        min_value=0,
        max_value=10_000,
        help_text=_("Only of those who follow."),
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
        self,
        *args: Any,
        kind: str,
        convoy: Convoy,
        checkpoints: Sequence[Checkpoint],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, organisation=convoy.organisation, **kwargs)
        self.convoy = convoy
        self._fit(kind)
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
            picker = self.fields.get(name)
            if isinstance(picker, forms.ModelChoiceField):
                picker.queryset = rows

    def _fit(self, kind: str) -> None:
        """Leave only the fields that belong to an entry of this kind, and name them for it."""
        shown = fields_of(kind)
        for name in [name for name in self.fields if name not in shown]:
            del self.fields[name]
        self._folded = folded_of(kind, of_followers=bool(self.initial.get("is_follower")))
        if kind in WITH_GROUPS:
            for name, words in GROUP_WORDS.items():
                self.fields[f"{_GROUP}{name}"] = forms.IntegerField(
                    label=capfirst(str(words)), required=False, min_value=0, max_value=MOST_PEOPLE
                )
        if "vehicle" in NEEDED.get(kind, ()):
            self.fields["vehicle"].label = _("Which vehicle")
        if "place" in shown and "checkpoint" not in shown:
            self.fields["place"].label = _("Place")
        if kind == "people.explained":
            self.fields["people"].help_text = _("How many of those missing.")
            self.fields["note"].help_text = _(
                "Where they went, and how you know. No names of people. Who was detained, was "
                "separated or died is logged as that."
            )

    @property
    def main(self) -> list[forms.BoundField]:
        """Return the fields to be seen at once."""
        aside = {*self._folded, *SOURCE, *(field.name for field in self.groups)}
        return [field for field in self.visible_fields() if field.name not in aside]

    @property
    def more(self) -> list[forms.BoundField]:
        """Return the fields kept folded: a range, one vehicle, another place, those who follow."""
        return [field for field in self.visible_fields() if field.name in self._folded]

    @property
    def told(self) -> list[forms.BoundField]:
        """Return the fields that say who told it, where that was not our own people."""
        return [field for field in self.visible_fields() if field.name in SOURCE]

    @property
    def uses_told(self) -> bool:
        """Tell whether somebody was named who told it, or is wrongly named."""
        return any(field.errors or field.value() for field in self.told)

    @property
    def groups(self) -> list[forms.BoundField]:
        """Return the fields for the parts of a count by age, sex and need."""
        return [field for field in self.visible_fields() if field.name.startswith(_GROUP)]

    @property
    def uses_groups(self) -> bool:
        """Tell whether a part of the count was typed."""
        return any(field.errors or field.value() for field in self.groups)

    @property
    def uses_more(self) -> bool:
        """Tell whether something stands in, or is wrong with, the fields kept folded."""
        return any(field.errors or field.value() for field in self.more)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        kind = cleaned.get("kind", "")
        for name in NEEDED.get(kind, ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _WHICH[kind])
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
            self.add_error(None, _WHY_NOT[reason])

    def _people(self) -> dict[str, Any]:
        names = ("people", "people_low", "people_high", "method")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def _groups(self) -> dict[str, int]:
        """Return the parts that were typed; one left empty is not known, and not zero."""
        typed = ((name, self.cleaned_data.get(f"{_GROUP}{name}")) for name in GROUP_WORDS)
        return {name: number for name, number in typed if number is not None}

    def _data(self, kind: str) -> dict[str, Any]:
        cleaned = self.cleaned_data
        data: dict[str, Any] = {"note": cleaned["note"]}
        if kind.startswith("people."):
            data |= self._people() | {"place": cleaned.get("place", "")}
            if "is_follower" in cleaned:
                data |= {name: cleaned[name] for name in ("is_follower", "vehicles")}
            if kind in WITH_GROUPS:
                data["groups"] = self._groups()
            if kind == "people.moved":
                data["to_vehicle"] = str(cleaned["to_vehicle"].pk)
        elif kind.startswith("contact."):
            data["vehicles_seen"] = cleaned.get("vehicles_seen")
        elif kind in {"medical.emergency", "sos"}:
            data["people"] = cleaned["people"]
        elif kind.startswith("convoy."):
            data["part"] = cleaned["part"]
        return data

    def _subjects(self, kind: str) -> dict[str, UUID]:
        cleaned = self.cleaned_data
        subjects = {"convoy": self.convoy.pk}
        vehicle, checkpoint = cleaned.get("vehicle"), cleaned.get("checkpoint")
        if vehicle:
            subjects["vehicle"] = vehicle.pk
        if checkpoint and self._is_there(kind, checkpoint):
            subjects["checkpoint"] = checkpoint.pk
        return subjects

    def _is_there(self, kind: str, checkpoint: Checkpoint) -> bool:
        """Tell whether an entry belongs to the checkpoint: the form offers the next one ahead."""
        if kind in WITH_CHECKPOINT:
            return True
        if not kind.startswith("people.") or kind == "people.boarded":
            return False
        reaches = self.cleaned_data["kind"] in WITH_CHECKPOINT
        return reaches or checkpoint.km <= (self.convoy.head_km or 0)

    def _event(self, kind: str, client_id: UUID, at: datetime, data: dict[str, Any]) -> NewEvent:
        source = self.source_named() if self.told else None
        return NewEvent(
            kind=kind,
            client_id=client_id,
            occurred_at=at,
            subjects=self._subjects(kind),
            data=data,
            reason=self.cleaned_data.get("reason", "") if client_id == self.sent_id else "",
            source_id=source.pk if source else None,
            is_confirmed=self.cleaned_data["is_confirmed"],
        )

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the entry, and the count that was told with it, as log events."""
        kind: str = self.cleaned_data["kind"]
        events = [self._event(kind, self.sent_id, at, self._data(kind))]
        counted = COUNT_WITH.get(kind)
        if counted and any(self.cleaned_data.get(name) is not None for name in NUMBER):
            count_id = uuid5(self.sent_id, "people")
            data = self._people() | {"place": self.cleaned_data.get("place", "")}
            events.append(self._event(counted, count_id, at, data))
        return events
