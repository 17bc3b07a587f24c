"""Say to staff what the status of a corridor rests on, in one or two sentences."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from tracker.corridors.models import CorridorStatus
from tracker.corridors.status import Verdict
from tracker.fieldlog.models import LogEvent


def word_of(status: str) -> str:
    """Return the word for a status code, such as "open"."""
    return str(CorridorStatus(status).label)


def speaker_of(event: LogEvent | None) -> str:
    """Return who said it: the source, else the person who entered it, else that nobody is known."""
    if event is None:
        return _("somebody")
    if event.source:
        return str(event.source)
    return event.by.display_name if event.by else _("our own people")


def _clock(at: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    if at is None:
        return _("a time not known")
    local = at.astimezone(zone)
    is_today = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M}" if is_today else f"{local:%d.%m.%Y %H:%M}"


def basis_sentence(
    verdict: Verdict, *, event: LogEvent | None, zone: ZoneInfo, now: datetime
) -> str:
    """Return what a status rests on; `event` is the entry that the verdict names."""
    values = {
        "who": speaker_of(event),
        "time": _clock(verdict.since, zone, now),
        "status": word_of(verdict.status),
        "was": word_of(verdict.was) if verdict.was else "",
        "reason": event.reason if event else "",
    }
    sentences = {
        "operator": _("%(who)s set it to “%(status)s” at %(time)s."),
        "announced": _(
            "%(who)s announced it at %(time)s. Not confirmed: none of our people has seen it open."
        ),
        "contradicted": _(
            "We had it as “%(was)s”. Then %(who)s called it worse, at %(time)s. "
            "Until that is settled nobody may rely on it."
        ),
        "old": _(
            "Our last word was “%(was)s” at %(time)s. It is too old to count. "
            "Somebody has to look again."
        ),
        "silent": _("Nobody has said anything that a status could rest on."),
    }
    sentence = capfirst(sentences[verdict.basis] % values)
    if verdict.basis == "operator" and values["reason"]:
        return f"{sentence} {_('Reason: %(reason)s') % values}"
    return sentence
