"""Forms that announce, move and cancel a passage window."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.fieldlog.kinds import NewEvent
from tracker.web.forms_log import HappenedField, MomentField
from tracker.web.forms_sources import SourceForm


class WindowForm(SourceForm):
    """When passage is to be possible, and who says so; only who may open may call it confirmed."""

    is_source_needed = False

    opens_at = MomentField(
        label=_("Opens"),
        help_text=_("2022-04-01 08:00, or 08:00 today; local time of the corridor."),
    )
    closes_at = MomentField(label=_("Closes"))
    seen_from_field = forms.BooleanField(
        label=_("Confirmed by both sides or seen by our own people"), required=False
    )
    occurred_at = HappenedField(label=_("When it was said"))
    reason = forms.CharField(label=_("Why"), max_length=1000, required=False)

    field_order = ("opens_at", "closes_at", "seen_from_field", "reason", "occurred_at")

    def __init__(self, *args: Any, may_confirm: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_confirm:
            del self.fields["seen_from_field"]

    def events(self, kind: str, subjects: dict[str, UUID], at: datetime) -> list[NewEvent]:
        """Return the window as a log event; call it where a write is."""
        source = self.source_named()
        cleaned = self.cleaned_data
        return [
            NewEvent(
                kind=kind,
                client_id=self.sent_id,
                occurred_at=at,
                subjects=subjects,
                data={
                    "opens_at": cleaned["opens_at"].isoformat(),
                    "closes_at": cleaned["closes_at"].isoformat(),
                    "is_confirmed": cleaned.get("seen_from_field", False),
                },
                source_id=source.pk if source else None,
                reason=cleaned["reason"],
                is_confirmed=cleaned["is_confirmed"],
            )
        ]


class CancelForm(SourceForm):
    """Cancel a window: who says so and why."""

    is_source_needed = False

    reason = forms.CharField(label=_("Why"), max_length=1000, required=False)
    occurred_at = HappenedField(label=_("When it was said"))

    field_order = ("reason", "occurred_at")

    def events(self, subjects: dict[str, UUID], at: datetime) -> list[NewEvent]:
        """Return the cancelling as a log event; call it where a write is."""
        source = self.source_named()
        return [
            NewEvent(
                kind="window.cancelled",
                client_id=self.sent_id,
                occurred_at=at,
                subjects=subjects,
                source_id=source.pk if source else None,
                reason=self.cleaned_data["reason"],
            )
        ]
