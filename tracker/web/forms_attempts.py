"""Forms that plan, start and end an attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.attempts.models import Agreed, AttemptStatus, ReasonCode, Stage
from tracker.fieldlog.kinds import NewEvent
from tracker.provenance.models import Party
from tracker.web.forms_log import DayField, HappenedField, LogForm
from tracker.web.forms_sources import PublicationForm

COUNT_LIMIT = 100_000_000
# What an attempt can end as; the other states are those of one that has not ended.
OUTCOMES = tuple(
    (status, status.label)
    for status in AttemptStatus
    if status not in {AttemptStatus.PLANNED, AttemptStatus.UNDER_WAY}
)


def _count(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=COUNT_LIMIT,
        required=False,
        help_text=_("Leave empty what nobody has named; empty is not zero."),
    )


class PlanForm(PublicationForm):
    """A try to use the corridor, as it is announced."""

    is_source_needed = False

    day = DayField(label=_("Day"), help_text=_("Such as 2022-04-01."))
    stage = forms.ChoiceField(
        label=_("How far it has come"), choices=Stage.choices, initial=Stage.ANNOUNCED
    )
    agreed = forms.ChoiceField(
        label=_("Agreed by both sides"), choices=Agreed.choices, initial=Agreed.UNKNOWN
    )
    announced_by = forms.CharField(label=_("Announced by"), max_length=300, required=False)
    buses = _count(_("Buses"))
    private_cars = _count(_("Private cars"))
    people_planned = _count(_("People expected"))
    counted_by = forms.CharField(label=_("Whose numbers these are"), max_length=300, required=False)
    note = forms.CharField(
        label=_("Note"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    occurred_at = HappenedField(label=_("When it was announced"))

    field_order = (
        "day",
        "stage",
        "agreed",
        "announced_by",
        "buses",
        "private_cars",
        "people_planned",
        "counted_by",
        "note",
        "occurred_at",
    )

    def events(self, subjects: dict[str, UUID], at: datetime) -> list[NewEvent]:
        """Return the plan as a log event; call it where a write is."""
        source = self.source_named()
        names = (
            "stage",
            "agreed",
            "announced_by",
            "buses",
            "private_cars",
            "people_planned",
            "counted_by",
            "note",
        )
        data = {name: self.cleaned_data[name] for name in names}
        return [
            NewEvent(
                kind="attempt.planned",
                client_id=self.sent_id,
                occurred_at=at,
                subjects=subjects,
                data={**data, "day": self.cleaned_data["day"].isoformat()} | self.publication(),
                source_id=source.pk if source else None,
            )
        ]


class StartForm(LogForm):
    """The attempt has begun."""

    stage = forms.ChoiceField(
        label=_("How far it has come"), choices=Stage.choices, initial=Stage.DEPARTED
    )
    note = forms.CharField(label=_("Note"), max_length=4000, required=False)
    occurred_at = HappenedField(label=_("When it began"))

    def events(self, subjects: dict[str, UUID], at: datetime) -> list[NewEvent]:
        """Return the start as a log event."""
        data = {name: self.cleaned_data[name] for name in ("stage", "note")}
        return [NewEvent("attempt.started", self.sent_id, at, subjects, data)]


class EndForm(PublicationForm):
    """How an attempt ended, how far it came, and why it came no further."""

    is_source_needed = False

    outcome = forms.ChoiceField(label=_("How it ended"), choices=OUTCOMES, widget=forms.RadioSelect)
    stage = forms.ChoiceField(
        label=_("Furthest stage that any part of it reached"), choices=Stage.choices
    )
    reason_code = forms.ChoiceField(
        label=_("Main reason"), choices=ReasonCode.choices, initial=ReasonCode.NONE_STATED
    )
    reason = forms.CharField(
        label=_("The reason in words"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    party = forms.ChoiceField(
        label=_("On whose side the reason lies"),
        choices=[("", _("open, or nobody's")), *Party.choices],
        required=False,
    )
    people_arrived = _count(_("People who arrived"))
    counted_by = forms.CharField(label=_("Who counted them"), max_length=300, required=False)
    occurred_at = HappenedField(label=_("When it ended"))
    is_day_only = forms.BooleanField(label=_("Only the day is known"), required=False)

    field_order = (
        "outcome",
        "stage",
        "reason_code",
        "reason",
        "party",
        "people_arrived",
        "counted_by",
        "occurred_at",
        "is_day_only",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        explained = cleaned.get("reason") or cleaned.get("reason_code") != ReasonCode.NONE_STATED
        if cleaned.get("outcome") in {AttemptStatus.FAILED, AttemptStatus.CANCELLED}:
            if not explained:
                self.add_error(
                    "reason", _("Say why, or say in words that nobody has given a reason.")
                )
        return cleaned

    def events(self, subjects: dict[str, UUID], at: datetime) -> list[NewEvent]:
        """Return the end as a log event; call it where a write is."""
        source = self.source_named()
        names = (
            "outcome",
            "stage",
            "reason_code",
            "reason",
            "party",
            "people_arrived",
            "counted_by",
            "is_day_only",
        )
        return [
            NewEvent(
                kind="attempt.ended",
                client_id=self.sent_id,
                occurred_at=at,
                subjects=subjects,
                data={name: self.cleaned_data[name] for name in names} | self.publication(),
                source_id=source.pk if source else None,
            )
        ]
