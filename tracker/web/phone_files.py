"""Take in the entries of a phone that has no network: by file, or by the text of its QR codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from tracker.exercises.clock import field_clock
from tracker.fieldlog.operations import event_id
from tracker.intake.queries import RESTRICTED_KINDS, entries_for
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, organisation_of, person
from tracker.web.convoy_log import entry_url
from tracker.web.entry_words import kind_words
from tracker.web.phone_entries import Batch
from tracker.web.phone_taking import (
    NEEDS_YOU,
    RECEIVED,
    REPEAT,
    UNREADABLE_OUTCOME,
    Answer,
    take_in,
)
from tracker.web.phone_words import stored, texts
from tracker.web.recording import posted

# A line of the phone's export, wherever it stands in what was pasted.
LINE = re.compile(r"EVT1\.([0-9A-Fa-f-]{36})\.(\d{1,16})\.([A-Za-z0-9_-]+)")
MOST_LINES = 500
MOST_BYTES = 1_000_000
DONE = "taken_from_phones"

_WORDS: dict[bool, dict[str, str | Promise]] = {
    False: {
        RECEIVED: gettext_lazy("can be taken"),
        REPEAT: gettext_lazy("is here already"),
        NEEDS_YOU: gettext_lazy("would wait for somebody"),
        UNREADABLE_OUTCOME: gettext_lazy("cannot be opened"),
    },
    True: {
        RECEIVED: gettext_lazy("taken"),
        REPEAT: gettext_lazy("was here already"),
        NEEDS_YOU: gettext_lazy("waits for somebody"),
        UNREADABLE_OUTCOME: gettext_lazy("cannot be opened; kept as it came"),
    },
}
_LOOKS = {RECEIVED: ("moving", "check"), REPEAT: ("unknown", "ring")}


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page shows it; of what is not for these eyes only that it came."""

    id: str
    title: str
    at: datetime | None
    outcome: str
    word: str
    problems: Sequence[str]
    url: str = ""

    @property
    def look(self) -> tuple[str, str]:
        """Return colour and sign."""
        return _LOOKS.get(self.outcome, ("restricted", "says"))


class TakeForm(forms.Form):
    """The text of a phone's file or codes, pasted or as the file itself."""

    text = forms.CharField(
        label=gettext_lazy("Text of the file, or of each QR code"),
        required=False,
        max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Each entry begins with EVT1. Several codes may follow each other."),
    )
    file = forms.FileField(
        label=gettext_lazy("Or the file"), required=False, max_length=200, allow_empty_file=True
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large. Send at most 1 MB."))
        return file

    def clean(self) -> dict[str, Any]:
        file = self.cleaned_data.get("file")
        text = self.cleaned_data.get("text") or ""
        if file:
            text += "\n" + file.read().decode("utf-8", "replace")
        lines = dict.fromkeys(LINE.findall(text))
        if not self.errors and not lines:
            raise forms.ValidationError(_("No entry was found in it. Each begins with EVT1."))
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(
                _("Take at most %(n)s entries at once.") % {"n": MOST_LINES}
            )
        self.cleaned_data["lines"] = list(lines)
        return self.cleaned_data

    def kept_text(self) -> str:
        """Return what was found, so that the second step needs no file again."""
        return "\n".join(f"EVT1.{key}.{seq}.{sealed}" for key, seq, sealed in self.lines)

    @property
    def lines(self) -> Sequence[tuple[str, str, str]]:
        """Return id, number and sealed text of each entry."""
        found: list[tuple[str, str, str]] = self.cleaned_data["lines"]
        return found


def _taken(form: TakeForm, user: User, *, dry: bool) -> list[Answer]:
    """Take the entries in; in a dry run all the way, and nothing of it stays."""
    batch = Batch(
        user=user,
        organisation=organisation_of(user),
        phone=None,
        now=timezone.now(),
        clock=field_clock(),
    )
    raw = [{"id": key.lower(), "seq": int(seq), "sealed": text} for key, seq, text in form.lines]
    if not dry:
        return take_in(raw, batch)
    with transaction.atomic():
        answers = take_in(raw, batch)
        transaction.set_rollback(True)
    return answers


def _noted(answer: Answer) -> dict[str, Any]:
    """Return an answer as the session keeps it until the page shows it."""
    told = answer.item.told
    return {
        "id": answer.item.shown_id,
        "outcome": answer.outcome,
        "kind": told.kind if told else "",
        "at": answer.item.at.isoformat() if answer.item.occurred_at else "",
        "problems": stored(answer.findings),
    }


def _lines(noted: Iterable[Mapping[str, Any]], user: User, *, is_done: bool) -> list[Line]:
    noted = list(noted)
    keys = {each["id"]: _key(user, each["id"]) for each in noted}
    seen = set(entries_for(user).filter(pk__in=keys.values()).values_list("pk", flat=True))
    sees_all = may_of(user).see_restricted_people
    lines = []
    for each in noted:
        key = keys[each["id"]]
        is_hidden = each["kind"] in RESTRICTED_KINDS and not sees_all
        title = kind_words(each["kind"]) if each["kind"] and not is_hidden else _("An entry")
        lines.append(
            Line(
                id=each["id"],
                title=title,
                at=datetime.fromisoformat(each["at"]) if each["at"] else None,
                outcome=each["outcome"],
                word=str(_WORDS[is_done][each["outcome"]]),
                problems=texts(each["problems"]),
                url=entry_url(key) if key in seen else "",
            )
        )
    return lines


def _key(user: User, client_id: str) -> UUID:
    try:
        return event_id(organisation=organisation_of(user), client_id=UUID(client_id))
    except ValueError:
        return UUID(int=0)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("log_field")
def take_entries(request: HttpRequest) -> HttpResponse:
    """Show what is in a phone's file, then take it; each entry on its own merits."""
    user = person(request)
    form = TakeForm(posted(request), request.FILES if request.method == "POST" else None)
    lines: list[Line] = []
    is_done = False
    if form.is_valid():
        is_take = "take" in request.POST
        noted = [_noted(answer) for answer in _taken(form, user, dry=not is_take)]
        if is_take:
            request.session[DONE] = noted
            return redirect("phone_take")
        lines = _lines(noted, user, is_done=False)
        form = TakeForm(initial={"text": form.kept_text()})
    elif not form.is_bound and (noted := request.session.pop(DONE, None)):
        lines, is_done = _lines(noted, user, is_done=True), True
    context = {
        "form": form,
        "lines": lines,
        "is_done": is_done,
        "counts": _counts(lines),
        "now": field_clock().now,
        "zone": settings.FIELD_TIME_ZONE,
    }
    return render(request, "phone_files/take.html", context, status=422 if form.is_bound else 200)


def _counts(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """Return how many entries there are of each outcome, in words."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.word] = found.get(line.word, 0) + 1
    return list(found.items())


urlpatterns = [path("log/take/", take_entries, name="phone_take")]
