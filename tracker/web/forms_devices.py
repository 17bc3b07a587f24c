"""Forms by which staff registers trackers, telephones and channels, and says what they are for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from tracker.convoys.models import Convoy, Vehicle
from tracker.devices.models import Channel, Device
from tracker.lib.text import tidy
from tracker.organisations.models import User
from tracker.web.device_words import APPS

_DIGITS = re.compile(r"^\+?[\d\s()./-]{6,24}$")
# Kinds that prove themselves by a secret which we may choose, and the one that brings its own.
WITH_SECRET = frozenset(
    {Channel.Kind.INREACH, Channel.Kind.RAPIDPRO, Channel.Kind.SMSSYNC, Channel.Kind.TELEGRAM}
)
WITH_OWN_SECRET = frozenset({Channel.Kind.TWILIO})
# What the bot answers to /start: the name of the account that writes to it.
_TELEGRAM = re.compile(r"^telegram:\d{3,15}$")
_SECRET = re.compile(r"^[\x21-\x7e]*$")


class NamedForm(forms.Form):
    """A form with a name that no other device or channel in use has.

    So a form that is sent twice is refused the second time instead of making a second device.
    """

    label = forms.CharField(
        label=lazy("Name"),
        max_length=80,
        help_text=lazy("What people here call it, such as “Bus 7 phone”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, taken: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = {name.casefold() for name in taken}

    def clean_label(self) -> str:
        label = tidy(self.cleaned_data["label"])
        if not label:
            raise forms.ValidationError(_("Write a name."))
        if label.casefold() in self._taken:
            raise forms.ValidationError(
                _("That name is in use. Choose another one, or take the first out of use.")
            )
        return label


class TrackerForm(NamedForm):
    """A tracker app on a phone."""

    app = forms.ChoiceField(
        label=lazy("App"), choices=tuple(APPS.items()), widget=forms.RadioSelect
    )
    field_order = ("app", "label")


class TelephoneForm(NamedForm):
    """A telephone whose messages are believed to come from a person of ours."""

    number = forms.CharField(
        label=lazy("Telephone number"),
        max_length=24,
        help_text=lazy(
            "With the country: +380 50 123 45 67; of a Telegram account what the bot answers to "
            "/start. It is kept sealed."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "tel", "dir": "ltr", "placeholder": "+380"}
        ),
    )
    user: Any = forms.ModelChoiceField(
        label=lazy("Person"), queryset=User.objects.none(), empty_label=lazy("choose")
    )
    field_order = ("label", "number", "user")

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        picker: Any = self.fields["user"]
        picker.queryset = people

    def clean_number(self) -> str:
        number = tidy(self.cleaned_data["number"])
        if _TELEGRAM.match(number):
            return number
        digits = [sign for sign in number if sign.isdecimal()]
        if not _DIGITS.match(number) or not number.startswith(("+", "00")) or len(digits) < 7:
            raise forms.ValidationError(
                _("Write the number with its country, such as +380 50 123 45 67.")
            )
        return number


class ChannelForm(NamedForm):
    """A service that forwards what others send."""

    kind = forms.ChoiceField(label=lazy("Service"), choices=Channel.Kind.choices)
    secret = forms.CharField(
        label=lazy("Secret"),
        max_length=200,
        required=False,
        help_text=lazy(
            "For Twilio: the auth token of the account. Otherwise left empty: one is made."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    field_order = ("kind", "label", "secret")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        secret = str(cleaned.get("secret", ""))
        if not _SECRET.match(secret):
            self.add_error("secret", _("Only letters without accents, digits and signs."))
        if cleaned.get("kind") in WITH_OWN_SECRET and not secret:
            self.add_error("secret", _("Twilio signs with the auth token: it is needed here."))
        return cleaned


class ChannelDeviceForm(NamedForm):
    """A device by the name that the service of its channel knows it by."""

    external_id = forms.CharField(
        label=lazy("Identifier at the service"),
        max_length=128,
        help_text=lazy("The unique identifier of Traccar, or the IMEI of an inReach."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    field_order = ("external_id", "label")

    def clean_external_id(self) -> str:
        return tidy(self.cleaned_data["external_id"])


class AssignForm(forms.Form):
    """For which convoy, or which of its vehicles, a device reports from now on."""

    target = forms.ChoiceField(label=lazy("Reports for"))
    priority = forms.TypedChoiceField(
        label=lazy("Which source of that vehicle"),
        choices=[
            (1, lazy("the first")),
            (2, lazy("the second, when the first falls silent")),
            (3, lazy("the third")),
        ],
        coerce=int,
        initial=1,
    )

    def __init__(
        self, *args: Any, convoys: Iterable[Convoy], of_convoy: dict[Any, list[Vehicle]], **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self._targets: dict[str, tuple[Convoy, Vehicle | None]] = {}
        choices: list[tuple[str, list[tuple[str, str]]]] = []
        for convoy in convoys:
            whole = f"c-{convoy.pk}"
            self._targets[whole] = (convoy, None)
            group = [(whole, _("%(code)s as a whole") % {"code": convoy.code})]
            for vehicle in of_convoy.get(convoy.pk, []):
                self._targets[f"v-{vehicle.pk}"] = (convoy, vehicle)
                group.append((f"v-{vehicle.pk}", vehicle.code))
            choices.append((convoy.code, group))
        picker = self.fields["target"]
        assert isinstance(picker, forms.ChoiceField)
        picker.choices = [("", _("choose")), *choices]

    @property
    def chosen(self) -> tuple[Convoy, Vehicle | None]:
        """Return the convoy and, if one was chosen, its vehicle."""
        return self._targets[self.cleaned_data["target"]]


class RevokeForm(forms.Form):
    """Nothing to fill in: the button says it all."""


def names_in_use(devices: QuerySet[Device], channels: QuerySet[Channel]) -> list[str]:
    """Return the names of the devices and channels that are in use."""
    return [
        *devices.filter(revoked_at__isnull=True).values_list("label", flat=True),
        *channels.filter(revoked_at__isnull=True).values_list("label", flat=True),
    ]
