"""The form that records what a source says of a corridor."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.corridors.models import Corridor, CorridorStatus, DayPart
from tracker.fieldlog.kinds import NewEvent
from tracker.provenance.models import Credibility
from tracker.web.forms_log import DayField, HappenedField
from tracker.web.forms_sources import PublicationForm

CLAIMS = (
    (CorridorStatus.ANNOUNCED, _("it will open")),
    (CorridorStatus.OPEN, _("it is open")),
    (CorridorStatus.RESTRICTED, _("some pass, some are held")),
    (CorridorStatus.SUSPENDED, _("stopped for now")),
    (CorridorStatus.CLOSED, _("nobody is let through")),
    (CorridorStatus.UNKNOWN, _("does not say, or says it is not clear")),
)


class StatementForm(PublicationForm):
    """Who said what of a corridor, when, and how good it is."""

    claims = forms.ChoiceField(label=_("What it means for the road"), choices=CLAIMS)
    says = forms.CharField(
        label=_("In their words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    opens_on = DayField(
        label=_("Day on which it is to open, if they named one"),
        required=False,
        help_text=_(
            "Such as 2022-04-01. If they named an hour as well, announce a passage window too."
        ),
    )
    opens_part = forms.ChoiceField(
        label=_("Part of that day"),
        choices=[("", _("not named")), *DayPart.choices],
        required=False,
    )
    occurred_at = HappenedField(label=_("When it was said"))
    credibility = forms.TypedChoiceField(
        label=_("How credible the information is"),
        choices=Credibility.choices,
        coerce=int,
        initial=Credibility.UNJUDGED,
    )
    first_hand = forms.BooleanField(
        label=_("First hand: we heard or read it from them ourselves"), required=False
    )
    relayed_by = forms.CharField(label=_("Or relayed by"), max_length=200, required=False)

    field_order = (
        "source",
        "new_source",
        "new_source_detail",
        "new_source_party",
        "claims",
        "says",
        "opens_on",
        "opens_part",
    )

    def events(self, corridor: Corridor, at: datetime) -> list[NewEvent]:
        """Return the statement as a log event; call it where a write is."""
        source = self.source_named()
        names = ("claims", "says", "opens_part", "credibility", "first_hand", "relayed_by")
        opens_on = self.cleaned_data["opens_on"]
        said = {name: self.cleaned_data[name] for name in names}
        return [
            NewEvent(
                kind="corridor.stated",
                client_id=self.sent_id,
                occurred_at=at,
                subjects={"corridor": corridor.pk},
                data=said | {"opens_on": opens_on and opens_on.isoformat()} | self.publication(),
                source_id=source.pk if source else None,
                is_confirmed=self.cleaned_data["is_confirmed"],
            )
        ]
