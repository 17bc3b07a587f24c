"""The forms by which a convoy joins another one, and one vehicle goes over to another convoy."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tracker.convoys.models import Convoy, Vehicle
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent
from tracker.web.forms_log import HappenedField, LogForm

MOST_PEOPLE = 10_000_000


class MoveForm(LogForm):
    """Into which convoy, with how many people, why and when."""

    other: Any = forms.ModelChoiceField(
        label=_("Into which convoy"), queryset=Convoy.objects.none(), empty_label=_("choose")
    )
    people = forms.IntegerField(
        label=_("People who go with it"),
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text=_("Leave empty if nobody counted them apart. Empty is not zero."),
    )
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
    occurred_at = HappenedField()

    def __init__(self, *args: Any, convoy: Convoy, others: QuerySet[Convoy], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.convoy = convoy
        picker = self.fields["other"]
        assert isinstance(picker, forms.ModelChoiceField)
        picker.queryset = others

    def _sent_before(self) -> LogEvent | None:
        """Return the entry that a first sending left: its vehicles stand elsewhere by now."""
        return LogEvent.objects.filter(
            organisation=self.convoy.organisation_id, client_id=self.sent_id
        ).first()

    def _last_place(self) -> int:
        """Return the place of the last vehicle of the other convoy: who comes goes behind it."""
        rows = Vehicle.objects.filter(convoy=self.cleaned_data["other"])
        last = rows.order_by("-place_in_column", "id").first()
        return last.place_in_column if last else 0

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the move as log events; each form has its own kind."""
        raise NotImplementedError

    def _event(self, kind: str, at: datetime, data: dict[str, Any], **more: UUID) -> NewEvent:
        return NewEvent(
            kind=kind,
            client_id=self.sent_id,
            occurred_at=at,
            subjects={
                "convoy": self.convoy.pk,
                "other_convoy": self.cleaned_data["other"].pk,
                **more,
            },
            data={**data, "people": self.cleaned_data["people"]},
            reason=self.cleaned_data["reason"],
            is_confirmed=self.cleaned_data["is_confirmed"],
        )


def _described(vehicle: Vehicle, *, place: int) -> dict[str, Any]:
    return {
        "code": vehicle.code[:16],
        "kind": vehicle.kind,
        "seats": vehicle.seats,
        "people_planned": vehicle.people_planned,
        "place_in_column": place,
    }


class JoinForm(MoveForm):
    """A whole convoy goes on as a part of another one."""

    def _vehicles(self) -> list[dict[str, Any]]:
        before = self._sent_before()
        if before is not None:
            return list(before.data.get("vehicles", ()))
        own = self.convoy.vehicles.exclude(state=Vehicle.State.WITHDRAWN)
        return [
            {"id": str(vehicle.pk), **_described(vehicle, place=place)}
            for place, vehicle in enumerate(
                own.order_by("place_in_column", "code", "id"), start=self._last_place() + 1
            )
        ]

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the joining as a log event, with every vehicle that the convoy has."""
        return [self._event("convoy.joined", at, {"vehicles": self._vehicles()})]


class TransferForm(MoveForm):
    """One vehicle leaves its convoy for another, with the people in it."""

    vehicle: Any = forms.ModelChoiceField(
        label=_("Which vehicle"), queryset=Vehicle.objects.none(), empty_label=_("choose")
    )
    code = forms.CharField(
        label=_("Its code in the other convoy"),
        required=False,
        max_length=16,
        help_text=_("Leave empty to keep the code that it has."),
    )

    field_order = ("vehicle", "other", "code", "people", "reason", "occurred_at")

    def __init__(self, *args: Any, vehicles: QuerySet[Vehicle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picker = self.fields["vehicle"]
        assert isinstance(picker, forms.ModelChoiceField)
        # Sent twice, the vehicle stands in the other convoy already: still the same choice.
        sent = self.fields["client_id"].widget.value_from_datadict(self.data, {}, "client_id")
        picker.queryset = vehicles | _brought_by(sent)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        vehicle: Vehicle | None = cleaned.get("vehicle")
        if vehicle is not None and vehicle.convoy_id == self.convoy.pk:
            rest = self.convoy.vehicles.exclude(state=Vehicle.State.WITHDRAWN)
            if not rest.exclude(pk=vehicle.pk).exists():
                self.add_error(
                    "vehicle", _("It is the last one. Let the whole convoy join the other.")
                )
        return cleaned

    def _data(self, vehicle: Vehicle) -> dict[str, Any]:
        before = self._sent_before()
        names = ("code", "kind", "seats", "people_planned", "place_in_column")
        if before is not None:
            data = {name: before.data.get(name) for name in names}
        else:
            data = _described(vehicle, place=self._last_place() + 1)
        return data | ({"code": self.cleaned_data["code"]} if self.cleaned_data["code"] else {})

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the transfer as a log event that describes the vehicle for its new convoy."""
        vehicle: Vehicle = self.cleaned_data["vehicle"]
        return [self._event("vehicle.transferred", at, self._data(vehicle), vehicle=vehicle.pk)]


def _brought_by(client_id: str | None) -> QuerySet[Vehicle]:
    """Return the vehicles that the entry of this id put where they are."""
    try:
        return Vehicle.objects.filter(event__client_id=UUID(client_id or ""))
    except ValueError:
        return Vehicle.objects.none()
