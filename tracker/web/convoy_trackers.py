"""What trackers say of a convoy, in words: lead and tail with their age, who has strayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tracker.alerts.models import Alert
from tracker.alerts.queries import positions_known
from tracker.alerts.rules import positions_subject
from tracker.convoys.models import Convoy
from tracker.lib.stripmap import Mark, Strip
from tracker.positions.models import VehicleTrack
from tracker.positions.queries import (
    ODD,
    OFF_ROUTE,
    PROBLEMS,
    SEPARATED,
    since_of,
    span_of,
    tracks_of,
)
from tracker.templatetags.words import AGE_SCALES, age_level, age_words


@dataclass(frozen=True, slots=True)
class Stray:
    """One problem of a convoy: which vehicles have it, since when, and whether that is known.

    `why` is the reason that a person gave, `by` their name; both "" while some of it is not known.
    """

    problem: str
    codes: tuple[str, ...]
    since: datetime
    why: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Trackers:
    """What the trackers of one convoy say; of a convoy without any it is empty."""

    tracks: tuple[VehicleTrack, ...] = ()
    known: Mapping[str, Alert] = field(default_factory=dict)

    def strays(self) -> list[Stray]:
        """Return each problem that stands, what nobody knows of yet apart from what is known."""
        found = []
        for problem in PROBLEMS:
            open_: list[tuple[datetime, str]] = []
            known: list[tuple[datetime, str]] = []
            alert = self.known.get(problem)
            for track in self.tracks:
                since = since_of(track, problem)
                if since is not None:
                    is_known = alert is not None and _covers(alert, track.vehicle.code, since)
                    (known if is_known else open_).append((since, track.vehicle.code))
            found += [_stray(problem, open_)] if open_ else []
            if known and alert is not None:
                by = alert.taken_by.display_name if alert.taken_by else ""
                found.append(_stray(problem, known, why=alert.end_reason, by=by))
        return found


def _covers(alert: Alert, code: str, since: datetime) -> bool:
    """Tell whether the reason given was about this vehicle and this time off, not a later one."""
    return code in alert.facts["vehicles"] and since <= alert.field_at


def _stray(
    problem: str, vehicles: Sequence[tuple[datetime, str]], *, why: str = "", by: str = ""
) -> Stray:
    codes = tuple(code for _since, code in vehicles)
    return Stray(problem, codes, min(since for since, _code in vehicles), why, by)


def trackers_of(convoys: Sequence[Convoy]) -> dict[UUID, Trackers]:
    """Return what trackers say of each convoy by its key, with two queries for all."""
    tracks = tracks_of(convoys)
    known = positions_known(convoys)
    return {
        convoy.pk: Trackers(
            tuple(tracks[convoy.pk]),
            {
                problem: alert
                for problem in PROBLEMS
                if (alert := known.get(positions_subject(convoy.pk, problem)))
            },
        )
        for convoy in convoys
    }


def vehicles_named(codes: Sequence[str]) -> str:
    """Name one or two vehicles, else say how many."""
    if len(codes) <= 2:
        return ", ".join(codes)
    return ngettext("%(n)s vehicle", "%(n)s vehicles", len(codes)) % {"n": len(codes)}


def stray_words(stray: Stray) -> str:
    """Say in few words which vehicles have which problem."""
    words = {
        OFF_ROUTE: _("%(who)s off the road"),
        SEPARATED: _("%(who)s far from column"),
        ODD: _("%(who)s: false positions"),
    }[stray.problem]
    return words % {"who": vehicles_named(stray.codes)}


NO_TRACKERS = Trackers()


@dataclass(frozen=True, slots=True)
class TrackerLine:
    """The one sentence on where the column is by its trackers, and how old that is."""

    text: str
    at: datetime
    level: str


def _level(at: datetime, now: datetime) -> str:
    ageing, old = AGE_SCALES["position"]
    return age_level(int((now - at).total_seconds() // 60), ageing=ageing, old=old)


def tracker_line(trackers: Trackers, *, vehicles: int, now: datetime) -> TrackerLine | None:
    """Say how many report, and between which km they are; `None` where none has a place."""
    span = span_of(trackers.tracks)
    if span is None:
        return None
    values = {"n": span.vehicles, "all": vehicles}
    text = _("By trackers, %(n)s of %(all)s vehicles") % values
    if span.lead_km is not None and span.tail_km is not None:
        kms = {"lead": f"{span.lead_km:.1f}", "tail": f"{span.tail_km:.1f}"}
        text += ": " + _("lead km %(lead)s, tail km %(tail)s") % kms
    return TrackerLine(text, span.at, _level(span.at, now))


def with_marks(
    strip: Strip, trackers: Trackers, *, line: TrackerLine | None, now: datetime
) -> Strip:
    """Return the strip with a mark for each vehicle that fades with its age, and says so aloud."""
    if line is None:
        return strip
    marks = tuple(
        Mark(
            km=track.fix.chainage_km,
            level="off" if track.off_route_since else _level(track.fix.fixed_at, now),
        )
        for track in trackers.tracks
        if track.fix is not None and track.fix.chainage_km is not None
    )
    minutes = int((now - line.at).total_seconds() // 60)
    return replace(strip, marks=marks, spoken=f"{strip.spoken} {line.text}, {age_words(minutes)}.")
