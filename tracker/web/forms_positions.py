"""Forms about positions: a reason for what trackers show, and a recorded track as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tracker.lib.bounded import Limits
from tracker.positions.queries import ODD, OFF_ROUTE, SEPARATED

Choices = Sequence[tuple[str, str]]


class KnownForm(forms.Form):
    """Why a vehicle is off the road, apart, or reports false positions."""

    problem = forms.ChoiceField(
        label=_("What is known"),
        choices=[
            (OFF_ROUTE, _("off the road")),
            (SEPARATED, _("far from the column")),
            (ODD, _("false positions")),
        ],
        widget=forms.HiddenInput,
    )
    reason = forms.CharField(
        label=_("What is the reason, and who said so?"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TrackFileForm(forms.Form):
    """A GPX file and the device or vehicle that recorded it."""

    whose = forms.ChoiceField(
        label=_("Recorded by"),
        help_text=_("The device, or the vehicle for a device that is not listed here."),
    )
    file = forms.FileField(
        label=_("GPX file"),
        help_text=_("At most 5 MB and 20,000 points; only tracks are read, no way points."),
        widget=forms.ClearableFileInput(attrs={"accept": ".gpx,application/gpx+xml"}),
    )

    def __init__(self, *args: Any, whose: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["whose"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("choose")), *whose]

    def clean_file(self) -> Any:
        """Refuse what is too large before a byte of it is read."""
        sent = self.cleaned_data["file"]
        if sent.size > Limits().body:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        return sent
