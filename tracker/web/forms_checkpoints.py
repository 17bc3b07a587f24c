"""The form that records what is reported of a checkpoint."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.checkpoints.models import Checkpoint, CheckpointStatus
from tracker.fieldlog.kinds import NewEvent
from tracker.web.forms_log import HappenedField
from tracker.web.forms_sources import PublicationForm

STATUSES = (
    (CheckpointStatus.OPEN, CheckpointStatus.OPEN.label),
    (CheckpointStatus.RESTRICTED, CheckpointStatus.RESTRICTED.label),
    (CheckpointStatus.CLOSED, CheckpointStatus.CLOSED.label),
    (CheckpointStatus.UNKNOWN, _("no word on that, only a wait or a remark")),
)


class ReportForm(PublicationForm):
    """What somebody reports of a checkpoint; a wait that nobody named stays empty."""

    is_source_needed = False

    status = forms.ChoiceField(label=_("What it does"), choices=STATUSES, widget=forms.RadioSelect)
    wait_low_h = forms.FloatField(
        label=_("Wait in hours, at least"), min_value=0, max_value=10_000, required=False
    )
    wait_high_h = forms.FloatField(
        label=_("Wait in hours, at most"), min_value=0, max_value=10_000, required=False
    )
    is_censored = forms.BooleanField(
        label=_("They were still waiting when it was reported"), required=False
    )
    vehicles = forms.CharField(
        label=_("Which vehicles"), max_length=80, required=False, help_text=_("Such as: 45 buses.")
    )
    says = forms.CharField(
        label=_("In words"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    occurred_at = HappenedField(label=_("When it was so"))

    field_order = (
        "status",
        "wait_low_h",
        "wait_high_h",
        "is_censored",
        "vehicles",
        "says",
        "occurred_at",
    )

    def events(self, checkpoint: Checkpoint, at: datetime) -> list[NewEvent]:
        """Return the report as a log event; call it where a write is."""
        source = self.source_named()
        names = ("status", "wait_low_h", "wait_high_h", "is_censored", "vehicles", "says")
        return [
            NewEvent(
                kind="checkpoint.reported",
                client_id=self.sent_id,
                occurred_at=at,
                subjects={"checkpoint": checkpoint.pk},
                data={name: self.cleaned_data[name] for name in names} | self.publication(),
                source_id=source.pk if source else None,
            )
        ]
