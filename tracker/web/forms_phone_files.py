"""The form that takes in a phone's file or codes, and what is found in their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.exercises.clock import FieldClock
from tracker.web.forms_log import MomentField
from tracker.web.phone_clock import WORTH_A_WORD, Made, in_machine, made_in

# A line of the phone's export, wherever it stands in what was pasted: an entry, or its clock.
LINE = re.compile(
    r"(?:EVT1\.([0-9A-Fa-f-]{36})\.(\d{1,16})|NOW1\.([0-9A-Fa-f-]{36}))\.([A-Za-z0-9_-]+)"
)
MOST_LINES = 500
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Export:
    """The entries of one file or set of codes, with what it says of the phone's clock."""

    clock: tuple[str, str] | None
    made: Made | None
    entries: list[tuple[str, str, str]]

    def lines(self) -> list[str]:
        """Return it as it came."""
        clock = [f"NOW1.{self.clock[0]}.{self.clock[1]}"] if self.clock else []
        return clock + [f"EVT1.{key}.{seq}.{sealed}" for key, seq, sealed in self.entries]

    def raw(self) -> list[dict[str, Any]]:
        """Return the entries as a phone sends them."""
        ages = self.made.ages if self.made else {}
        return [
            {"id": key.lower(), "seq": int(seq), "sealed": text, "age_ms": ages.get(key.lower())}
            for key, seq, text in self.entries
        ]


def _exports(found: Iterable[tuple[str, str, str, str]]) -> list[Export]:
    """Return what was found by file: entries belong to the clock before them, or to the first.

    A line about the clock that cannot be opened counts as none.
    """
    exports = [Export(None, None, [])]
    for key, seq, clock_id, sealed in found:
        if key:
            exports[-1].entries.append((key, seq, sealed))
        elif made := made_in(clock_id, sealed):
            # Codes are scanned in any order: those read before the clock were made with it.
            before = exports.pop().entries if exports[-1].clock is None else []
            exports.append(Export((clock_id, sealed), made, before))
    return [each for each in exports if each.entries]


class TakeForm(forms.Form):
    """The text of a phone's file or codes, pasted or as the file itself."""

    text = forms.CharField(
        label=gettext_lazy("Text of the file, or of each QR code"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Each entry begins with EVT1, the phone’s clock with NOW1. Several codes may follow"
            " each other."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or the file"), required=False, max_length=200, allow_empty_file=True
    )

    right = MomentField(
        label=gettext_lazy("Right time when it was made"),
        required=False,
        help_text=gettext_lazy(
            "Only where the phone’s clock was wrong: what a right clock said when the file was"
            " saved or the code shown. All its entries are moved by as much."
        ),
    )

    def __init__(self, *args: Any, clock: FieldClock, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clock, self.machine_now = clock, now
        right = self.fields["right"]
        assert isinstance(right, MomentField)
        right.zone, right.now = ZoneInfo(settings.FIELD_TIME_ZONE), clock.now

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large. Send at most 1 MB."))
        return file

    def clean_right(self) -> datetime | None:
        right: datetime | None = self.cleaned_data["right"]
        if right is not None and right > self.clock.now + WORTH_A_WORD:
            raise forms.ValidationError(_("This time has not come yet."))
        return right

    def clean(self) -> dict[str, Any]:
        file = self.cleaned_data.get("file")
        text = self.cleaned_data.get("text") or ""
        if file:
            text += "\n" + file.read().decode("utf-8", "replace")
        found = list(dict.fromkeys(LINE.findall(text)))
        exports = _exports(found)
        if not self.errors and not any(each.entries for each in exports):
            raise forms.ValidationError(_("No entry was found in it. Each begins with EVT1."))
        if len(found) > MOST_LINES:
            raise forms.ValidationError(
                _("Take at most %(n)s entries at once.") % {"n": MOST_LINES}
            )
        is_one = len(exports) == 1 and exports[0].made is not None
        if self.cleaned_data.get("right") and not is_one:
            raise forms.ValidationError(
                _("To set a phone’s clock right, take one file that tells what its clock said.")
            )
        self.cleaned_data["exports"] = exports
        return self.cleaned_data

    def kept_text(self) -> str:
        """Return what was found, so that the second step needs no file again."""
        return "\n".join(line for each in self.exports for line in each.lines())

    @property
    def exports(self) -> Sequence[Export]:
        """Return the entries of each file by itself."""
        found: list[Export] = self.cleaned_data["exports"]
        return found

    def right_at(self, made: Made) -> datetime:
        """Return what a right clock said when a file was made, in machine time."""
        typed = self.cleaned_data["right"]
        if typed is None:
            return made.at_latest(now=self.machine_now)
        right_at = in_machine(typed, clock=self.clock, now=self.machine_now)
        if right_at.second == 0:
            # Typed to the minute: a clock that is wrong by hours has its seconds as good as right.
            said = made.said_at
            right_at = right_at.replace(second=said.second, microsecond=said.microsecond)
        return min(right_at, self.machine_now)
