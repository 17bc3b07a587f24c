"""The form that corrects an entry of the log: what was wrong, what is right, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.fieldlog.ordering import CORRECTION, Entry
from tracker.intake.registry import KINDS
from tracker.web.forms_field_log import PARTS
from tracker.web.forms_log import LogForm, MomentField


def _number(label: Any) -> forms.Field:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=10_000_000)


def _words(label: Any) -> forms.Field:
    return forms.CharField(
        label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )


def _possible() -> dict[str, forms.Field]:
    """Return the fields of an entry's data that a page can correct, by their name there."""
    return {
        "part": forms.ChoiceField(label=_("Head or tail"), choices=PARTS),
        "people": _number(_("People")),
        "people_low": _number(_("Or at least")),
        "people_high": _number(_("and at most")),
        "vehicles_seen": _number(_("Vehicles in sight")),
        "seats": _number(_("Seats")),
        "people_planned": _number(_("People planned")),
        "place": forms.CharField(label=_("Other place"), required=False, max_length=120),
        "says": _words(_("In their words")),
        "note": _words(_("Note")),
    }


class CorrectionForm(LogForm):
    """The entry as it stands, to be changed field by field, or taken back as a whole."""

    withdraw = forms.BooleanField(
        label=_("Take it back: it did not happen, or not to this one"), required=False
    )
    happened_at = MomentField(label=_("When it happened"))
    reason = forms.CharField(
        label=_("Why it is corrected"),
        max_length=300,
        help_text=_("It stays beside the entry for everybody who reads it."),
    )

    def __init__(self, *args: Any, event: LogEvent, entry: Entry | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        # What the entry says now, earlier corrections included.
        self.stands: Mapping[str, Any] = entry.data if entry else event.data
        self.stands_at: datetime = entry.at if entry else event.ordered_at
        self.fields["happened_at"].initial = self.stands_at.replace(second=0, microsecond=0)
        known = {each.name for each in msgspec.structs.fields(KINDS[event.kind].data)}
        for name, field in _possible().items():
            if name in known:
                field.initial = self.stands.get(name)
                self.fields[name] = field
        self.order_fields(["withdraw", "happened_at", *_possible(), "reason", "is_confirmed"])

    def _changed(self) -> dict[str, Any]:
        names = [name for name in _possible() if name in self.fields]
        typed = {name: self.cleaned_data[name] for name in names}
        return {name: value for name, value in typed.items() if value != self.stands.get(name)}

    def _new_time(self) -> str | None:
        typed: datetime = self.cleaned_data["happened_at"]
        # The page shows minutes: the same minute means that nobody touched it.
        same = typed == self.stands_at.replace(second=0, microsecond=0)
        return None if same else typed.isoformat()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.errors or cleaned.get("withdraw"):
            return cleaned
        if not self._changed() and self._new_time() is None:
            self.add_error(None, _("Nothing is different. Change what was wrong, or take it back."))
        if cleaned["happened_at"] > self.now:
            self.add_error("happened_at", _("This time has not come yet."))
        return cleaned

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the correction as a log event."""
        data: dict[str, Any] = {"data": self._changed(), "occurred_at": self._new_time()}
        if self.cleaned_data["withdraw"]:
            data = {"withdraw": True}
        return [
            NewEvent(
                kind=CORRECTION,
                client_id=self.sent_id,
                occurred_at=at,
                subjects={},
                data=data,
                reason=self.cleaned_data["reason"],
                corrects_id=self.event.pk,
                is_confirmed=self.cleaned_data["is_confirmed"],
            )
        ]
