"""Forms about the silence of a convoy: declare one, note a step, say that it was reached."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.kinds_silence import Means, StepOutcome
from tracker.convoys.models import Convoy
from tracker.fieldlog.kinds import NewEvent
from tracker.web.forms_log import HappenedField, LogForm, MomentField


class DeclareForm(LogForm):
    """Until when nobody expects a word, and why."""

    until = MomentField(
        label=_("Expect a word by"),
        help_text=_("14:10 today, or 2022-04-01 14:10; local time of the corridor."),
    )
    why = forms.CharField(
        label=_("Why"), max_length=300, required=False, help_text=_("Such as: no network there.")
    )

    def events(self, convoy: Convoy, at: datetime) -> list[NewEvent]:
        """Return the declared silence as a log event."""
        cleaned = self.cleaned_data
        return [
            NewEvent(
                kind="silence.declared",
                client_id=self.sent_id,
                occurred_at=at,
                subjects={"convoy": convoy.pk},
                data={"until": cleaned["until"].isoformat(), "why": cleaned["why"]},
            )
        ]


class StepForm(LogForm):
    """What came of one step of the ladder."""

    outcome = forms.ChoiceField(label=_("What came of it"), choices=StepOutcome.choices)
    words = forms.CharField(
        label=_("In words"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of people."),
    )
    occurred_at = HappenedField(label=_("When"))

    def events(self, convoy: Convoy, at: datetime, *, step: str) -> list[NewEvent]:
        """Return the step as a log event."""
        cleaned = self.cleaned_data
        data = {"step": step, "outcome": cleaned["outcome"], "words": cleaned["words"]}
        return [
            NewEvent(
                kind="silence.step_taken",
                client_id=self.sent_id,
                occurred_at=at,
                subjects={"convoy": convoy.pk},
                data=data,
            )
        ]


class EndForm(LogForm):
    """Who of the convoy was reached, by what means, and where it is."""

    reached = forms.CharField(
        label=_("Who was reached"),
        max_length=120,
        help_text=_("By function or vehicle, such as: driver of B3. No names of people."),
    )
    means = forms.ChoiceField(label=_("By what means"), choices=Means.choices)
    checkpoint: Any = forms.ModelChoiceField(
        label=_("Where: checkpoint"),
        queryset=Checkpoint.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    km = forms.FloatField(
        label=_("Or km from the start"), required=False, min_value=0, max_value=100_000
    )
    words = forms.CharField(
        label=_("In words"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    occurred_at = HappenedField(label=_("When it was reached"))

    def __init__(self, *args: Any, checkpoints: Sequence[Checkpoint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picker = self.fields["checkpoint"]
        assert isinstance(picker, forms.ModelChoiceField)
        picker.queryset = Checkpoint.objects.filter(pk__in=[each.pk for each in checkpoints])

    def events(self, convoy: Convoy, at: datetime) -> list[NewEvent]:
        """Return the confirmation as a log event."""
        cleaned = self.cleaned_data
        subjects = {"convoy": convoy.pk}
        if cleaned["checkpoint"]:
            subjects["checkpoint"] = cleaned["checkpoint"].pk
        names = ("reached", "means", "km", "words")
        return [
            NewEvent(
                kind="silence.ended",
                client_id=self.sent_id,
                occurred_at=at,
                subjects=subjects,
                data={name: cleaned[name] for name in names},
            )
        ]
