"""The form that records what one party says of one of the eleven points."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.attempts.models import AgreementItem, Position
from tracker.corridors.models import Corridor
from tracker.fieldlog.kinds import NewEvent
from tracker.provenance.models import Party
from tracker.web.forms_log import HappenedField
from tracker.web.forms_sources import SourceForm


class PositionForm(SourceForm):
    """One party's word on one point; the newest word of each party counts."""

    is_source_needed = False

    item = forms.ChoiceField(label=_("Point"), choices=AgreementItem.choices)
    party = forms.ChoiceField(label=_("Who speaks"), choices=Party.choices)
    position = forms.ChoiceField(
        label=_("Their word"), choices=Position.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What exactly"),
        max_length=300,
        required=False,
        help_text=_("Hours, places, names."),
    )
    occurred_at = HappenedField(label=_("When it was said"))
    is_public = forms.BooleanField(label=_("It has been said in public already"), required=False)

    field_order = ("item", "party", "position", "note", "occurred_at")

    def events(self, corridor: Corridor, at: datetime) -> list[NewEvent]:
        """Return the position as a log event; call it where a write is."""
        source = self.source_named()
        names = ("item", "party", "position", "note", "is_public")
        return [
            NewEvent(
                kind="agreement.stated",
                client_id=self.sent_id,
                occurred_at=at,
                subjects={"corridor": corridor.pk},
                data={name: self.cleaned_data[name] for name in names},
                source_id=source.pk if source else None,
            )
        ]
