"""The forms that plan a convoy from a pasted vehicle list and split vehicles off it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tracker.attempts.models import Attempt, AttemptStatus
from tracker.convoys.models import Convoy, ConvoyState, Vehicle
from tracker.convoys.vehicle_lists import Problem, VehicleList, read_vehicle_list
from tracker.corridors.models import Corridor
from tracker.corridors.queries import route_in_use
from tracker.fieldlog.kinds import NewEvent
from tracker.web.forms_log import HappenedField, LogForm, MomentField

RESERVED = frozenset({"plan"})

_PROBLEMS = {
    "columns": _("Line %(line)s has %(text)s columns. Use three: code, seats, expected people."),
    "code": _("Line %(line)s: “%(text)s” is not a code. Use up to 16 letters and digits."),
    "number": _("Line %(line)s: “%(text)s” is not a number. Leave it empty if not known."),
    "seats": _("Line %(line)s: %(text)s seats cannot be right. Check the number."),
    "slip": _("Line %(line)s: %(text)s people to seats looks like a slip. Check the number."),
    "crowded": _("Line %(line)s: %(text)s people to seats. Is that right?"),
    "twice": _("Line %(line)s: this vehicle stands in the list already (%(text)s)."),
    "too_many": _("The list has %(text)s lines. Paste at most 500."),
}


def problem_words(problem: Problem) -> str:
    """Say what is wrong with a line and what to do."""
    return str(_PROBLEMS[problem.code]) % {"line": problem.line, "text": problem.text}


class CodeField(forms.CharField):
    """The code of a convoy: short, so that it can be said over the radio."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Code"),
            max_length=12,
            help_text=_("Short, such as M1. It is said over the radio; no names."),
            validators=[RegexValidator(r"^[\w-]+$", _("Use letters, digits and hyphens."))],
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        code: str = super().clean(value)
        if code.lower() in RESERVED:
            raise forms.ValidationError(_("This word is an address here. Choose another code."))
        return code


class PlanForm(LogForm):
    """Corridor, code, vehicles and the times that a silence is measured by."""

    corridor: Any = forms.ModelChoiceField(
        label=_("Corridor"), queryset=Corridor.objects.none(), empty_label=_("choose")
    )
    attempt: Any = forms.ModelChoiceField(
        label=_("Attempt"),
        queryset=Attempt.objects.none(),
        required=False,
        empty_label=_("none yet"),
        help_text=_("The try to use the corridor that this convoy belongs to."),
    )
    code = CodeField()
    vehicles = forms.CharField(
        label=_("Vehicles"),
        required=False,
        max_length=40_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_(
            "One a line, from head to tail: code, seats, expected people. "
            "Leave a number out if not known; empty is not zero."
        ),
    )
    people_planned = forms.IntegerField(
        label=_("People planned"),
        required=False,
        min_value=0,
        max_value=10_000_000,
        help_text=_("Leave empty to add up the list, or if not known."),
    )
    planned_departure_at = MomentField(
        label=_("Planned departure"),
        required=False,
        help_text=_("2022-04-01 08:00, or 08:00 today; local time of the field."),
    )
    contact_interval_min = forms.IntegerField(
        label=_("Word expected every (minutes)"), min_value=5, max_value=1440, initial=30
    )
    grace_min = forms.IntegerField(
        label=_("Grace before an alarm (minutes)"), min_value=0, max_value=1440, initial=15
    )

    def __init__(
        self,
        *args: Any,
        corridors: QuerySet[Corridor],
        attempts: QuerySet[Attempt],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("corridor", corridors),
            (
                "attempt",
                attempts.filter(status__in=(AttemptStatus.PLANNED, AttemptStatus.UNDER_WAY)),
            ),
        ):
            picker = self.fields[name]
            assert isinstance(picker, forms.ModelChoiceField)
            picker.queryset = rows
        self.listed = VehicleList()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.listed = read_vehicle_list(cleaned.get("vehicles") or "")
        for problem in self.listed.problems:
            if problem.is_question and cleaned.get("is_confirmed"):
                continue
            self.add_error("vehicles", problem_words(problem))
            if problem.is_question:
                self.ask()
        attempt, corridor = cleaned.get("attempt"), cleaned.get("corridor")
        if attempt and corridor and attempt.corridor_id != corridor.pk:
            self.add_error("attempt", _("This attempt is on another corridor."))
        return cleaned

    def ask(self) -> None:
        """Show the tick by which somebody stands by an odd number."""
        self.fields["is_confirmed"].widget = forms.CheckboxInput()

    def _people_planned(self) -> int | None:
        typed: int | None = self.cleaned_data["people_planned"]
        if typed is not None:
            return typed
        listed = [vehicle.people for vehicle in self.listed.vehicles]
        known = [people for people in listed if people is not None]
        # A vehicle without a number leaves the sum unknown; it is not a vehicle without people.
        return sum(known) if known and len(known) == len(listed) else None

    def _plan(self, convoy_id: UUID, at: datetime) -> NewEvent:
        cleaned = self.cleaned_data
        corridor: Corridor = cleaned["corridor"]
        route = route_in_use(corridor)
        departure = cleaned["planned_departure_at"]
        subjects = {"convoy": convoy_id, "corridor": corridor.pk}
        if cleaned["attempt"]:
            subjects["attempt"] = cleaned["attempt"].pk
        return NewEvent(
            kind="convoy.planned",
            client_id=self.sent_id,
            occurred_at=at,
            subjects=subjects,
            data={
                "code": cleaned["code"],
                "route": str(route.pk) if route else None,
                "people_planned": self._people_planned(),
                "planned_departure_at": departure.isoformat() if departure else None,
                "contact_interval_min": cleaned["contact_interval_min"],
                "grace_min": cleaned["grace_min"],
            },
        )

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the plan and its vehicles as log events, all or none."""
        convoy_id = uuid5(self.sent_id, "convoy")
        vehicles = [
            NewEvent(
                kind="vehicle.added",
                client_id=uuid5(self.sent_id, f"vehicle {place}"),
                occurred_at=at,
                subjects={"convoy": convoy_id, "vehicle": uuid5(convoy_id, vehicle.code)},
                data={
                    "code": vehicle.code,
                    "seats": vehicle.seats,
                    "people_planned": vehicle.people,
                    "place_in_column": place,
                },
                is_confirmed=self.cleaned_data["is_confirmed"],
            )
            for place, vehicle in enumerate(self.listed.vehicles, start=1)
        ]
        return [self._plan(convoy_id, at), *vehicles]


class SplitForm(LogForm):
    """Which vehicles go on as a convoy of their own, under which code, with how many people."""

    code = CodeField()
    vehicles: Any = forms.ModelMultipleChoiceField(
        label=_("Vehicles that go"),
        queryset=Vehicle.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    people = forms.IntegerField(
        label=_("People in them"),
        required=False,
        min_value=0,
        max_value=10_000_000,
        help_text=_("Leave empty if nobody counted them apart. Empty is not zero."),
    )
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
    occurred_at = HappenedField()

    def __init__(self, *args: Any, convoy: Convoy, vehicles: QuerySet[Vehicle], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.convoy = convoy
        picker = self.fields["vehicles"]
        assert isinstance(picker, forms.ModelMultipleChoiceField)
        # Sent twice, the vehicles stand in the new convoy already: still the same choice.
        sent = self.data.get("client_id", "")
        gone = Vehicle.objects.filter(event__client_id=sent) if _is_id(sent) else vehicles.none()
        picker.queryset = vehicles | gone

    def clean_vehicles(self) -> list[Vehicle]:
        chosen = list(self.cleaned_data["vehicles"])
        stay = self.convoy.vehicles.exclude(state=Vehicle.State.WITHDRAWN)
        if not stay.exclude(pk__in=[vehicle.pk for vehicle in chosen]).exists():
            raise forms.ValidationError(_("Leave at least one vehicle with the convoy."))
        return chosen

    def events(self, at: datetime) -> list[NewEvent]:
        """Return the split as a log event; it carries how things stand, for the new convoy."""
        convoy, cleaned = self.convoy, self.cleaned_data
        others = {
            ConvoyState.ASSEMBLING,
            ConvoyState.MOVING,
            ConvoyState.HELD,
            ConvoyState.TURNED_BACK,
        }
        state = ConvoyState(convoy.state)
        subjects = {
            "convoy": convoy.pk,
            "other_convoy": uuid5(self.sent_id, "convoy"),
            "corridor": convoy.corridor_id,
        }
        if convoy.attempt_id:
            subjects["attempt"] = convoy.attempt_id
        return [
            NewEvent(
                kind="convoy.split",
                client_id=self.sent_id,
                occurred_at=at,
                subjects=subjects,
                reason=cleaned["reason"],
                data={
                    "code": cleaned["code"],
                    "people": cleaned["people"],
                    "vehicles": [_snapshot(vehicle) for vehicle in cleaned["vehicles"]],
                    "route": str(convoy.route_id) if convoy.route_id else None,
                    "state": str(state if state in others else ConvoyState.MOVING),
                    "departed_at": convoy.departed_at.isoformat() if convoy.departed_at else None,
                    "at_km": convoy.tail_km,
                    "contact_interval_min": convoy.contact_interval_min,
                    "grace_min": convoy.grace_min,
                },
            )
        ]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _snapshot(vehicle: Vehicle) -> dict[str, Any]:
    return {
        "id": str(vehicle.pk),
        "code": vehicle.code[:16],
        "kind": vehicle.kind,
        "seats": vehicle.seats,
        "people_planned": vehicle.people_planned,
        "place_in_column": vehicle.place_in_column,
    }
