"""The forms by which a person takes a message into the log, or puts it aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid5

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.devices.models import Device, RawMessage
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import Via
from tracker.web.device_words import ASIDE
from tracker.web.forms_log import LogForm, MomentField
from tracker.web.log_kinds import COUNT_WITH, KINDS, NEEDED

MOST_PEOPLE = 10_000_000
_OF_VEHICLES = frozenset({"vehicle", "to_vehicle"})
# All that is logged of a convoy and needs no vehicle to be named.
TAKEN_AS = tuple(
    (group, tuple(kind for kind in kinds if not _OF_VEHICLES & set(NEEDED.get(kind[0], ()))))
    for group, kinds in KINDS
)
_WITH_PEOPLE = frozenset({"medical.emergency", "sos"})
# What the short codes of a message mean in the log.
_OF_WORDS = {
    "DEP": "convoy.departed",
    "ARR": "convoy.arrived_at",
    "HELD": "convoy.held",
    "CLEAR": "convoy.cleared",
    "BACK": "convoy.turned_back",
    "COUNT": "people.counted",
    "SOS": "sos",
}
_VIA = {"sms": Via.SMS, "phone": Via.PHONE}


class TakeForm(LogForm):
    """What a message is taken as: one entry of one convoy, at a time that a person stands by."""

    convoy: Any = forms.ModelChoiceField(
        label=lazy("Convoy"),
        queryset=Convoy.objects.none(),
        to_field_name="code",
        empty_label=lazy("choose"),
    )
    kind = forms.ChoiceField(label=lazy("What happened"))
    checkpoint: Any = forms.ModelChoiceField(
        label=lazy("Checkpoint"),
        queryset=Checkpoint.objects.none(),
        required=False,
        empty_label=lazy("none"),
    )
    people = forms.IntegerField(
        label=lazy("People"),
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text=lazy("Leave empty if nobody counted. Empty is not zero."),
    )
    occurred_at = MomentField(
        label=lazy("When it happened"),
        help_text=lazy("It begins with when the message came. Change it if the message says more."),
    )
    note = forms.CharField(
        label=lazy("Note"),
        required=False,
        max_length=3900,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=lazy("No names of people, no telephone numbers."),
    )

    def __init__(
        self,
        *args: Any,
        raw: RawMessage,
        convoys: QuerySet[Convoy],
        checkpoints: QuerySet[Checkpoint],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.raw = raw
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [("", _("choose")), *TAKEN_AS]
        fields["convoy"].queryset = convoys
        fields["checkpoint"].queryset = checkpoints
        fields["occurred_at"].initial = raw.field_at
        fields["occurred_at"].now = raw.field_at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == "note" and not cleaned.get("note"):
            self.add_error("note", _("Write the note."))
        typed, came = cleaned.get("occurred_at"), self.raw.field_at
        if typed and typed.replace(second=0, microsecond=0) == came.replace(
            second=0, microsecond=0
        ):
            # Left as the page showed it: the seconds keep the order among the entries around it.
            cleaned["occurred_at"] = came
        return cleaned

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the entry, and the count that was told with it, as log events."""
        kind, people = self.cleaned_data["kind"], self.cleaned_data["people"]
        takes_people = kind.startswith("people.") or kind in _WITH_PEOPLE
        events = [self._event(kind, at, {"people": people} if takes_people else {})]
        if kind in COUNT_WITH and people is not None:
            events.append(self._event(COUNT_WITH[kind], at, {"people": people}, mark="people"))
        return events

    def _event(self, kind: str, at: datetime, data: dict[str, Any], *, mark: str = "") -> NewEvent:
        cleaned, device = self.cleaned_data, self.raw.device
        subjects = {"convoy": cleaned["convoy"].pk}
        if cleaned["checkpoint"]:
            subjects["checkpoint"] = cleaned["checkpoint"].pk
        return NewEvent(
            kind=kind,
            client_id=uuid5(self.sent_id, mark) if mark else self.sent_id,
            occurred_at=at,
            subjects=subjects,
            data={**data, "note": self._note()},
            device_id=device.code if device else "",
            via=via_of(self.raw),
            is_confirmed=cleaned["is_confirmed"],
        )

    def _note(self) -> str:
        # What stands in the log has one language, whoever reads it.
        with translation.override(settings.LANGUAGE_CODE):
            mark = _("Sorted from a message.")
        return f"{self.cleaned_data['note']}\n{mark}".strip()


class AsideForm(forms.Form):
    """Why a message does not enter the log."""

    reason = forms.ChoiceField(label=lazy("Why"), choices=(("", lazy("choose")), *ASIDE.items()))


def via_of(raw: RawMessage) -> str:
    """Return the way on which a message came, as the log calls it."""
    if raw.device is not None and raw.device.kind == Device.Kind.LINK:
        return Via.LINK
    return _VIA.get(raw.gateway, Via.TRACKER)


def begins_with(raw: RawMessage, *, convoy: Convoy | None) -> dict[str, Any]:
    """Return what the form begins with: what could be read of the message, as far as it fits."""
    understood = raw.understood if isinstance(raw.understood, dict) else {}
    says = understood.get("says")
    read: dict[str, Any] = says if isinstance(says, dict) else understood
    kind = str(read.get("kind") or _OF_WORDS.get(str(read.get("word")), ""))
    known = {code for _group, kinds in TAKEN_AS for code, _words in kinds}
    people = read.get("people")
    place = str(read.get("checkpoint") or "")
    on_road = Checkpoint.objects.filter(corridor=convoy.corridor_id) if convoy else None
    at = read.get("at") if raw.gateway == "sms" else None
    return {
        "convoy": convoy.code if convoy else None,
        "checkpoint": on_road.filter(code__iexact=place).first() if on_road and place else None,
        "occurred_at": datetime.fromisoformat(at) if isinstance(at, str) else raw.field_at,
        "kind": kind if kind in known else "",
        "people": people if isinstance(people, int) and 0 <= people <= MOST_PEOPLE else None,
        "note": str(read.get("note") or "") if raw.gateway == "phone" else "",
    }
