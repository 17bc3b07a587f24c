"""The silence of a convoy in words: what is known for sure, what was heard, the ladder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tracker.convoys.envelope import Reach, reach_of
from tracker.convoys.kinds_silence import Means, StepOutcome
from tracker.convoys.ladder import State, Step, StepWords, next_step, steps_of
from tracker.convoys.models import Convoy
from tracker.convoys.queries import Silent
from tracker.convoys.silence import Heard, Spell, Wait
from tracker.fieldlog.models import Via
from tracker.organisations.models import Role
from tracker.positions.models import PositionFix
from tracker.positions.queries import heard_since
from tracker.templatetags.words import age_words, lasted
from tracker.web.convoy_log import entry_url
from tracker.web.convoy_words import time_words
from tracker.web.entry_words import kind_words
from tracker.web.position_words import km_words

GLYPHS: dict[State, str] = {
    "done": "check",
    "overdue": "alarm",
    "due": "ring",
    "coming": "stophere",
}


HEARD_SHOWN = 8


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step: what is to be done, by whom, since or from when, and what came of it."""

    code: str
    state: State
    glyph: str
    title: str
    owner: str
    when: str
    taken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeardShown:
    """A word that ends nothing; `confirm` is what a form is filled with to take it for the end."""

    text: str
    url: str
    confirm: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class SilenceShown:
    """What the page of a convoy says while it is dark."""

    began_at: datetime
    headline: str
    known: str
    reach_words: tuple[str, ...]
    reach: Reach | None
    heard: tuple[HeardShown, ...]
    steps: tuple[StepShown, ...]
    trackers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Times:
    zone: ZoneInfo
    now: datetime

    def at(self, moment: datetime) -> str:
        """Write a moment as the clock of the place shows it."""
        return time_words(moment, zone=self.zone, now=self.now)


def owner_words(step: Step) -> str:
    """Name who owns a step, by function."""
    return capfirst(str(Role(step.rule.owner).label))


def _when(step: Step, times: _Times) -> str:
    values = {"time": times.at(step.due_at), "left": lasted(abs(step.due_at - times.now))}
    if step.state == "coming":
        return _("due %(time)s, in %(left)s") % values
    if step.state == "overdue":
        return _("overdue, due since %(time)s, %(left)s ago") % values
    return _("due since %(time)s") % values if step.state == "due" else _("done")


def _step(step: Step, times: _Times, names: Mapping[int, str]) -> StepShown:
    taken = []
    for entry in step.taken:
        values = {
            "time": times.at(entry.at),
            "name": names.get(entry.by_id or 0, _("not known")),
            "outcome": StepOutcome(entry.data["outcome"]).label,
        }
        words = str(entry.data.get("words") or "")
        taken.append(f"{_('%(time)s %(name)s: %(outcome)s.') % values} {words}".rstrip())
    return StepShown(
        code=step.code,
        state=step.state,
        glyph=GLYPHS[step.state],
        title=str(StepWords(step.code).label),
        owner=owner_words(step),
        when=_when(step, times),
        taken=tuple(taken),
    )


def _where(km: float | None) -> str:
    return _("km %(km)s") % {"km": f"{km:.0f}"} if km is not None else ""


def _heard(heard: Heard, times: _Times, names: Mapping[int, str]) -> HeardShown:
    entry = heard.entry
    way = str(Via(entry.via).label) if entry.via else _("written at a desk")
    who = names.get(entry.by_id or 0, "")
    seen = _("who logged it: %(name)s") % {"name": who}
    parts = [f"{times.at(entry.at)} {kind_words(entry.kind)}", _where(heard.km), who, way]
    if heard.is_late:
        parts.append(
            _("of the time before, received %(time)s") % {"time": times.at(entry.received_at)}
        )
    confirm = None
    if heard.may_be_confirmed:
        confirm = {
            # One confirmation for each word, however often the button is pressed.
            "client_id": uuid5(entry.id, "confirmed"),
            "reached": seen,
            "means": Means.FIELD_LOG if entry.via == Via.PHONE else Means.OTHER,
            "checkpoint": entry.checkpoint_id,
            "km": None if entry.checkpoint_id else heard.km,
            "words": _("Heard %(time)s: %(what)s")
            % {"time": times.at(entry.at), "what": kind_words(entry.kind)},
        }
    return HeardShown(", ".join(part for part in parts if part), entry_url(entry.id), confirm)


def _between(reach: Reach) -> dict[str, str]:
    return {"low": f"{reach.low_km:.0f}", "high": f"{reach.high_km:.0f}"}


def _reach(spell: Spell, silent: Silent, now: datetime) -> Reach | None:
    if spell.point is None:
        return None
    length_km = silent.route.length_km if silent.route else None
    point = spell.point
    return reach_of(km=point.km, since=point.at, at=now, length_km=length_km, is_back=point.is_back)


def _reach_words(spell: Spell, silent: Silent, times: _Times) -> tuple[str, ...]:
    reach, point = _reach(spell, silent, times.now), spell.point
    if reach is None or point is None:
        return (_("Where it can be is not known: no place was reported for sure."),)
    values = {**_between(reach), "km": f"{point.km:.0f}", "time": times.at(point.at)}
    words = [
        _(
            "Somewhere between km %(low)s and km %(high)s if it moved; "
            "last for sure at km %(km)s, %(time)s."
        )
        % values
    ]
    guess = spell.guess
    if guess is not None and guess.km is not None and guess.entry.at > point.at:
        length_km = silent.route.length_km if silent.route else None
        narrow = reach_of(
            km=guess.km,
            since=guess.entry.at,
            at=times.now,
            length_km=length_km,
            is_back=point.is_back,
        )
        words.append(
            _("Not confirmed: at km %(km)s at %(time)s, then between km %(low)s and km %(high)s.")
            % {**_between(narrow), "km": f"{guess.km:.0f}", "time": times.at(guess.entry.at)}
        )
    return tuple(words)


def _headline(spell: Spell, times: _Times) -> str:
    values = {"time": times.at(spell.began_at), "for": lasted(times.now - spell.began_at)}
    if spell.why == "lost":
        return _("Reported out of contact since %(time)s, for %(for)s.") % values
    return _("Dark since %(time)s, for %(for)s: no word for longer than agreed.") % values


def _known(spell: Spell, times: _Times) -> str:
    if spell.word is None:
        return _("No word before that.")
    values = {"time": times.at(spell.word.at), "what": kind_words(spell.word.kind)}
    words = _("Last word that we had: %(time)s, %(what)s.") % values
    late_at = spell.heard_in_time_at
    if late_at is None:
        return words
    late = _("It was silent to us, but was heard of at %(time)s.") % {"time": times.at(late_at)}
    return f"{words} {late}"


def tracked_since(convoy: Convoy, silent: Silent, *, now: datetime) -> list[PositionFix]:
    """Return what trackers of a dark convoy have said since its last word; nothing of others."""
    spell = silent.silence.open_at(now)
    if spell is None:
        return []
    return heard_since(convoy, after=spell.word.at if spell.word else spell.began_at, until=now)


def _tracker(fix: PositionFix, now: datetime) -> str:
    """Say which tracker was heard, how long ago and where; it may be in other hands."""
    values = {"device": fix.device}
    who = _("tracker %(device)s") % values
    if fix.vehicle is not None:
        who = _("tracker %(device)s of %(vehicle)s") % {**values, "vehicle": fix.vehicle.code}
    age = age_words(int((now - fix.fixed_at).total_seconds() // 60))
    km = km_words(fix)
    return ", ".join(filter(None, (who, age, _("km %(km)s") % {"km": km} if km else "")))


def silence_shown(
    convoy: Convoy, silent: Silent, *, now: datetime, tracked: Sequence[PositionFix] = ()
) -> SilenceShown | None:
    """Return what the page says of the silence of a convoy, `None` where it is not dark.

    `tracked` is the newest that each tracker said since; it is shown and ends nothing.
    """
    spell = silent.silence.open_at(now)
    if spell is None:
        return None
    times, names = _Times(ZoneInfo(convoy.corridor.time_zone), now), silent.names
    steps = steps_of(began_at=spell.began_at, taken=spell.steps, at=now)
    in_order = sorted(spell.heard, key=lambda each: (each.entry.at, each.entry.id))
    return SilenceShown(
        began_at=spell.began_at,
        headline=_headline(spell, times),
        known=_known(spell, times),
        reach_words=_reach_words(spell, silent, times),
        reach=_reach(spell, silent, now),
        heard=tuple(_heard(each, times, names) for each in in_order[: -HEARD_SHOWN - 1 : -1]),
        steps=tuple(_step(step, times, names) for step in steps),
        trackers=tuple(_tracker(fix, now) for fix in tracked[:HEARD_SHOWN]),
    )


def next_of(silent: Silent | None, *, now: datetime) -> Step | None:
    """Return the next step about a convoy that is dark, `None` where nothing is left to do."""
    spell = silent.silence.open_at(now) if silent else None
    if spell is None:
        return None
    return next_step(steps_of(began_at=spell.began_at, taken=spell.steps, at=now))


_SHORT: dict[str, Any] = {
    "CALL": gettext_lazy("call it"),
    "SECOND_DEVICE": gettext_lazy("2nd device"),
    "NEIGHBOURS": gettext_lazy("ask around"),
    "DECIDE": gettext_lazy("decide"),
    "SEARCH": gettext_lazy("search"),
}


def next_words(step: Step | None) -> str:
    """Say in a word or two what is to be done next, "" where nothing is."""
    return str(_SHORT[step.code]) if step else ""


def next_title(step: Step | None) -> str:
    """Say what is to be done next and by whom, "" where nothing is."""
    if step is None:
        return ""
    values = {"step": StepWords(step.code).label, "owner": owner_words(step)}
    return _("Next: %(step)s. %(owner)s.") % values


def wait_words(wait: Wait | None, *, zone: ZoneInfo, now: datetime) -> str:
    """Say what puts off the word of a convoy, "" where nothing does."""
    if wait is None or wait.alarm_at < now:
        return ""
    time = time_words(wait.due_at, zone=zone, now=now)
    if wait.until is not None:
        words = _("Silence declared: a word is expected by %(time)s.") % {"time": time}
        return f"{words} {wait.why}".rstrip()
    leg = wait.leg
    if leg is None or not leg.is_silence_zone:
        return ""
    values = {"low": f"{leg.from_km:g}", "high": f"{leg.until_km:g}", "time": time}
    words = _("No network km %(low)s to %(high)s: a word is expected by %(time)s.") % values
    return f"{words} {leg.why}".rstrip()


def spells_past(silent: Silent, *, zone: ZoneInfo, now: datetime) -> list[tuple[str, UUID]]:
    """Return each silence that somebody ended in words, newest first, with the entry that did."""
    times = _Times(zone, now)
    past = []
    for spell in silent.silence.spells:
        if spell.ended is None or spell.ended.at > now:
            continue
        values = {"from": times.at(spell.began_at), "until": times.at(spell.ended.at)}
        words = _("Dark from %(from)s to %(until)s.") % values
        if spell.heard_in_time_at:
            late = {"time": times.at(spell.heard_in_time_at)}
            words += " " + _("It was silent to us, but was heard of at %(time)s.") % late
        past.append((words, spell.ended.id))
    return past[::-1]
