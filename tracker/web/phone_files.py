"""Take in the entries of a phone that has no network: by file, or by the text of its QR codes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

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
from tracker.fieldlog.kinds import Finding
from tracker.fieldlog.operations import event_id
from tracker.intake.queries import RESTRICTED_KINDS, entries_for
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of
from tracker.templatetags.words import lasted
from tracker.web.access import needs, organisation_of, person
from tracker.web.convoy_log import entry_url
from tracker.web.convoy_words import time_words
from tracker.web.entry_words import kind_words
from tracker.web.forms_phone_files import TakeForm
from tracker.web.phone_clock import WORTH_A_WORD, Made, happened_by, in_field
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


def _batch(form: TakeForm, made: Made | None, user: User) -> Batch:
    return Batch(
        user=user,
        organisation=organisation_of(user),
        phone=None,
        now=form.machine_now,
        clock=form.clock,
        phone_now=made.said_at if made else None,
        read_at=form.right_at(made) if made else None,
    )


def _taken(form: TakeForm, user: User, *, dry: bool) -> list[dict[str, Any]]:
    """Take the entries in; in a dry run all the way, and nothing of it stays."""
    noted = []
    with transaction.atomic() if dry else nullcontext():
        for export in form.exports:
            answers = take_in(export.raw(), _batch(form, export.made, user))
            noted += [_noted(answer, export.made) for answer in answers]
        if dry:
            transaction.set_rollback(True)
    return noted


def _noted(answer: Answer, made: Made | None) -> dict[str, Any]:
    """Return an answer as the session keeps it until the page shows it."""
    told = answer.item.told
    findings = list(answer.findings)
    if told and made and happened_by(told.at, made, made.ages.get(answer.item.shown_id)):
        findings.append(Finding("clock_set_back", "at"))
    return {
        "id": answer.item.shown_id,
        "outcome": answer.outcome,
        "kind": told.kind if told else "",
        "at": answer.item.at.isoformat() if answer.item.occurred_at else "",
        "problems": stored(findings),
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
    user, clock, now = person(request), field_clock(), timezone.now()
    files = request.FILES if request.method == "POST" else None
    form = TakeForm(posted(request), files, clock=clock, now=now)
    lines: list[Line] = []
    clocks: list[str] = []
    is_done = False
    if form.is_valid():
        is_take = "take" in request.POST
        if not is_take and "again" not in request.POST:
            _suggest(form)
        noted = _taken(form, user, dry=not is_take)
        if is_take:
            request.session[DONE] = noted
            return redirect("phone_take")
        lines = _lines(noted, user, is_done=False)
        clocks = [_clock_words(each.made, form) for each in form.exports]
        initial = {"text": form.kept_text(), "right": form.cleaned_data["right"]}
        form = TakeForm(initial=initial, clock=clock, now=now)
    elif not form.is_bound and (noted := request.session.pop(DONE, None)):
        lines, is_done = _lines(noted, user, is_done=True), True
    context = {
        "form": form,
        "lines": lines,
        "clocks": clocks,
        "is_done": is_done,
        "counts": _counts(lines),
        "now": clock.now,
        "zone": settings.FIELD_TIME_ZONE,
    }
    return render(request, "phone_files/take.html", context, status=422 if form.is_bound else 200)


def _suggest(form: TakeForm) -> None:
    """Fill in, on the first look, what the phone itself knew of its clock; a person may undo it."""
    (export, *others) = form.exports
    if export.made is None or others or form.cleaned_data["right"]:
        return
    if guess := export.made.guess(now=form.machine_now):
        at = in_field(guess, clock=form.clock, now=form.machine_now)
        form.cleaned_data["right"] = at.replace(second=0, microsecond=0)


def _clock_words(made: Made | None, form: TakeForm) -> str:
    """Say what a phone's clock showed and what is made of it."""
    if made is None:
        return _(
            "Nothing in it tells what the phone’s clock showed: times stand as the phone had them."
        )
    said = in_field(made.said_at, clock=form.clock, now=form.machine_now)
    right = in_field(form.right_at(made), clock=form.clock, now=form.machine_now)
    zone, now = ZoneInfo(settings.FIELD_TIME_ZONE), form.clock.now
    values = {
        "said": time_words(said, zone=zone, now=now),
        "right": time_words(right, zone=zone, now=now),
        "by": lasted(abs(right - said)),
    }
    if abs(right - said) < WORTH_A_WORD:
        return _("The phone’s clock said %(said)s when this was made.") % values
    if form.cleaned_data["right"] is None:
        return (
            _(
                "The phone’s clock said %(said)s, which has not come yet: its times are moved back"
                " by %(by)s, as much as is sure."
            )
            % values
        )
    if right < said:
        words = _("The phone’s clock said %(said)s at %(right)s: its times are moved back %(by)s.")
    else:
        words = _("The phone’s clock said %(said)s at %(right)s: its times are moved on %(by)s.")
    return words % values


def _counts(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """Return how many entries there are of each outcome, in words."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.word] = found.get(line.word, 0) + 1
    return list(found.items())


urlpatterns = [path("log/take/", take_entries, name="phone_take")]
