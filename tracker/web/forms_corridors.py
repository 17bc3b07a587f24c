"""Forms by which an operator sets the status of a corridor."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.corridors.models import Corridor
from tracker.fieldlog.kinds import NewEvent
from tracker.web.forms_log import HappenedField, LogForm

# Worst first; each is one tap, since bad news must not wait for a form.
WORSE = (
    ("corridor.closed", _("Close")),
    ("corridor.suspended", _("Suspend")),
    ("corridor.restricted", _("Restrict")),
)
CONFIRMED = "corridor.confirmed"


class WorseForm(LogForm):
    """One tap for the worse; the reason may follow later."""

    act = forms.ChoiceField(choices=WORSE)
    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        required=False,
        help_text=_("May be left empty when there is no time."),
    )

    def events(self, corridor: Corridor, at: datetime) -> list[NewEvent]:
        """Return the act as a log event."""
        return [_act(self, corridor, self.cleaned_data["act"], at)]


class ConfirmForm(LogForm):
    """Confirm that a corridor is open: what was seen, by whom, and that it was seen."""

    reason = forms.CharField(
        label=_("What was seen, where, and by whom"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    occurred_at = HappenedField(label=_("When it was seen"))
    seen_from_field = forms.BooleanField(
        label=_("Seen from the field: our own people saw the road open. It is not only a claim."),
        error_messages={
            "required": _("A claim alone never opens a corridor. Tick this only if it was seen.")
        },
    )

    def events(self, corridor: Corridor, at: datetime) -> list[NewEvent]:
        """Return the confirmation as a log event."""
        return [_act(self, corridor, CONFIRMED, at)]


def _act(form: LogForm, corridor: Corridor, kind: str, at: datetime) -> NewEvent:
    return NewEvent(
        kind=kind,
        client_id=form.sent_id,
        occurred_at=at,
        subjects={"corridor": corridor.pk},
        reason=form.cleaned_data["reason"],
    )
