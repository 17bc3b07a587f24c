"""The forms by which the lines of a printed sheet are keyed in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.devices.models import PaperSheet
from tracker.devices.sheets import device_id_of, line_id
from tracker.fieldlog.kinds import Finding, NewEvent
from tracker.fieldlog.models import Via
from tracker.intake.findings import text_of
from tracker.web.forms_log import DayField, MomentField

MOST_PEOPLE = 10_000_000
# What can be ticked on a sheet, in the order in which it is printed there.
TICKS: tuple[tuple[str, Any], ...] = (
    ("convoy.departed", _("Left")),
    ("convoy.arrived_at", _("Reached a checkpoint")),
    ("convoy.held", _("Held")),
    ("convoy.cleared", _("Let through")),
    ("people.counted", _("Counted")),
    ("convoy.turned_back", _("Turned back")),
    ("convoy.arrived", _("Arrived")),
    ("contact.made", _("In contact")),
    ("medical.emergency", _("Medical emergency")),
    ("note", _("Note")),
)
_ON_CARD = frozenset(
    {"convoy.arrived_at", "convoy.held", "convoy.cleared", "people.counted", "convoy.turned_back"}
)
_AT_CHECKPOINT = frozenset({*_ON_CARD, "contact.made"})


def ticks_of(kind: str) -> list[tuple[str, Any]]:
    """Return what can be ticked on this kind of sheet."""
    is_card = kind == PaperSheet.Kind.CHECKPOINT_CARD
    return [tick for tick in TICKS if not is_card or tick[0] in _ON_CARD]


class DayForm(forms.Form):
    """The day that the times of a sheet belong to."""

    day = DayField(label=_("Day of the sheet"))


class LineForm(forms.Form):
    """One line of a sheet; an empty one says nothing."""

    occurred_at = MomentField(label=_("Time"), required=False)
    kind = forms.ChoiceField(label=_("What happened"), required=False)
    convoy: Any = forms.ModelChoiceField(
        label=_("Convoy"),
        queryset=Convoy.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="",
    )
    checkpoint: Any = forms.ModelChoiceField(
        label=_("Checkpoint"), queryset=Checkpoint.objects.none(), required=False, empty_label=""
    )
    people = forms.IntegerField(
        label=_("People"), min_value=0, max_value=MOST_PEOPLE, required=False
    )
    note = forms.CharField(label=_("Note"), max_length=4000, required=False)
    is_confirmed = forms.BooleanField(
        label=_("Yes, that is right"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, data: Any, *, sheet: PaperSheet, line: int) -> None:
        super().__init__(data, prefix=f"line{line}")
        self.sheet, self.line = sheet, line
        kind = cast("forms.ChoiceField", self.fields["kind"])
        kind.choices = [("", ""), *ticks_of(sheet.kind)]
        self.fields.pop("checkpoint" if sheet.checkpoint_id else "convoy")

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was typed into this line."""
        return not any(
            self.cleaned_data.get(name) for name in self.fields if name != "is_confirmed"
        )

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if self.errors or self.is_empty:
            return typed
        if typed.get("occurred_at") is None:
            self.add_error("occurred_at", _("Write the time that stands on the sheet."))
        if not typed.get("kind"):
            self.add_error("kind", _("Choose what was ticked."))
        if "convoy" in self.fields and typed.get("convoy") is None:
            self.add_error("convoy", _("Choose the convoy."))
        if typed.get("kind") == "people.counted" and typed.get("people") is None:
            self.add_error("people", _("Write the number, or choose another line kind."))
        if typed.get("kind") == "note" and not typed.get("note"):
            self.add_error("note", _("Write what the note says."))
        return typed

    def event(self) -> NewEvent:
        """Return what the line says as a log event with the time that stands on it."""
        typed, sheet = self.cleaned_data, self.sheet
        convoy = sheet.convoy or typed["convoy"]
        checkpoint = sheet.checkpoint or typed.get("checkpoint")
        kind, data = typed["kind"], {}
        if typed["people"] is not None and kind in {"people.counted", "medical.emergency"}:
            data["people"] = typed["people"]
        if typed["note"]:
            data["note"] = typed["note"]
        subjects = {"convoy": convoy.pk}
        if checkpoint is not None and (kind in _AT_CHECKPOINT or not sheet.checkpoint_id):
            subjects["checkpoint"] = checkpoint.pk
        return NewEvent(
            kind=kind,
            client_id=line_id(sheet, line=self.line),
            occurred_at=typed["occurred_at"],
            subjects=subjects,
            data=data,
            device_id=device_id_of(sheet),
            device_seq=self.line,
            via=Via.PAPER,
            is_confirmed=typed["is_confirmed"],
        )

    def refuse(self, findings: Sequence[Finding]) -> None:
        """Put each finding beside its field, and let a question be answered by a tick."""
        for finding in findings:
            where = finding.where if finding.where in self.fields else None
            self.add_error(where, text_of(finding))
            if finding.is_question:
                self.fields["is_confirmed"].widget = forms.CheckboxInput()


def line_forms(
    data: Any,
    *,
    sheet: PaperSheet,
    lines: Sequence[int],
    day: datetime,
    zone: ZoneInfo,
    convoys: Any,
    checkpoints: Any,
) -> list[LineForm]:
    """Return a form for each line that is still to be keyed in."""
    forms_ = []
    for line in lines:
        form = LineForm(data, sheet=sheet, line=line)
        moment = cast("MomentField", form.fields["occurred_at"])
        moment.zone, moment.now = zone, day
        for name, rows in (("convoy", convoys), ("checkpoint", checkpoints)):
            if name in form.fields:
                choice: Any = form.fields[name]
                choice.queryset = rows
        forms_.append(form)
    return forms_


def noon_of(day: Any, zone: ZoneInfo) -> datetime:
    """Return the middle of a day at a place, by which times without a day are read."""
    return datetime.combine(day, time(12), tzinfo=zone)
