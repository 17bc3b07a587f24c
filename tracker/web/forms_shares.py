"""The form that shares a convoy with another organisation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tracker.organisations.models import Organisation


class ShareForm(forms.Form):
    """With whom, and how much: the journey behind it, the numbers of people."""

    organisation: Any = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=_("choose")
    )
    shares_position = forms.BooleanField(
        label=_("The places it has passed, while it moves"),
        required=False,
        help_text=_("Never where it is now, and nothing while it is held or loading."),
    )
    shares_counts = forms.BooleanField(
        label=_("Numbers of people, also small ones"), required=False
    )

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picker = self.fields["organisation"]
        assert isinstance(picker, forms.ModelChoiceField)
        picker.queryset = organisations
