"""Forms that end as entries of the log: typed local time, a repeat-safe id, refusals in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracker.fieldlog.kinds import Finding
from tracker.intake.findings import text_of

# Written like the entries of a log: no browser turns 14:10 into 2:10 PM, as a date picker does.
MOMENT_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%d.%m.%Y %H:%M", "%d.%m.%y %H:%M")
DAY_FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y")
TIME_OF_DAY = re.compile(r"^(\d{1,2})[:.](\d{2})$")


class MomentField(forms.DateTimeField):
    """A moment typed as the clock of a place shows it; a time alone is of the field's own day.

    `zone` and `now` (field time) are set by the form.
    """

    zone: tzinfo = UTC
    now: datetime | None = None
    widget = forms.DateTimeInput(
        attrs={"autocomplete": "off", "maxlength": 16, "placeholder": "14:10"},
        format="%Y-%m-%d %H:%M",
    )
    default_error_messages = {
        "invalid": _("Write the time as 14:10, or with its day as 2022-04-01 14:10."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=MOMENT_FORMATS, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.zone):
            return super().prepare_value(value)

    def to_python(self, value: Any) -> datetime | None:
        typed = " ".join(value.split()) if isinstance(value, str) else value
        if isinstance(typed, str) and self.now and (found := TIME_OF_DAY.match(typed)):
            today = self.now.astimezone(self.zone)
            typed = f"{today:%Y-%m-%d} {int(found[1]):02d}:{found[2]}"
        with timezone.override(self.zone):
            return super().to_python(typed)


class DayField(forms.DateField):
    """A day typed as text: a picker follows the browser and may show the month first."""

    widget = forms.DateInput(
        attrs={"autocomplete": "off", "maxlength": 10, "placeholder": "2022-04-01"},
        format="%Y-%m-%d",
    )
    default_error_messages = {"invalid": _("Write the day as 2022-04-01.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=DAY_FORMATS, **kwargs)


class LogForm(forms.Form):
    """A form whose content becomes log events.

    `zone` is where typed times hold, `now` field time when the request came. The hidden id makes
    sending twice harmless; `is_confirmed` shows itself only once the log has asked.
    """

    client_id = forms.UUIDField(
        label=_("Mark of this form"),
        widget=forms.HiddenInput,
        error_messages={
            "required": _("The page was not complete. Send it again."),
            "invalid": _("The page was not complete. Send it again."),
        },
    )
    is_confirmed = forms.BooleanField(
        label=_("Yes, that is right"), required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, zone: tzinfo, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.fields["client_id"].initial = uuid4()
        for field in self.fields.values():
            if isinstance(field, MomentField):
                field.zone = zone
                field.now = now

    @property
    def sent_id(self) -> UUID:
        """Return the id that this form was sent under."""
        sent: UUID = self.cleaned_data["client_id"]
        return sent

    def clean(self) -> dict[str, Any]:
        if "client_id" not in self.cleaned_data:
            self._mark_anew()
        return self.cleaned_data

    def _mark_anew(self) -> None:
        self.data = {**self.data, self.add_prefix("client_id"): str(uuid4())}

    def ask(self) -> None:
        """Show, right above the button, the tick by which somebody stands by an odd value."""
        tick = self.fields.pop("is_confirmed")
        tick.widget = forms.CheckboxInput()
        self.fields["is_confirmed"] = tick

    def refuse(self, findings: Iterable[Finding]) -> None:
        """Put each finding beside its field, and let a question be answered by a tick."""
        for finding in findings:
            self.add_error(
                finding.where if finding.where in self.fields else None, text_of(finding)
            )
            if finding.is_question:
                self.ask()

    def refuse_stale(self) -> None:
        """Say that this form has become an entry already, and let what it says now be a new one."""
        self.add_error(
            None,
            _(
                "This form was recorded before and says something else now. "
                "Send it again to record a further entry, or correct the first one."
            ),
        )
        self._mark_anew()


class HappenedField(MomentField):
    """When it happened; left empty it is now, which keeps the order of quick entries."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("When it happened"))
        kwargs.setdefault(
            "help_text",
            _("14:10 today, or 2022-04-01 14:10; local time of the corridor. Leave empty for now."),
        )
        super().__init__(required=False, **kwargs)
