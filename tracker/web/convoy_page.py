"""Gather what the page of a convoy shows, in words, for whoever may see how much of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tracker.checkpoints.models import Checkpoint, CheckpointStatus
from tracker.convoys.models import Convoy, ConvoyShare, ConvoyState
from tracker.convoys.queries import (
    checkpoints_on_road,
    emergencies_of,
    is_heard_unconfirmed,
    log_of,
    next_checkpoint,
    passages_of,
    route_of,
    silences_of,
    state_at,
    vehicles_of,
)
from tracker.headcounts.balance import Balance
from tracker.headcounts.queries import balances_of, entries_told
from tracker.headcounts.small_cells import FEWEST_FOR_PARTNERS
from tracker.lib.stripmap import Strip
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of, may_see_organisation
from tracker.templatetags.words import age_words, lasted
from tracker.web.convoy_log import Line, entry_url, lines_of, named
from tracker.web.convoy_needs import HELD_LONG, QUIET, Need, Situation, needs_of
from tracker.web.convoy_people import Headcount, coarse_words, gap_of, headcount_of
from tracker.web.convoy_strip import Drawing, passed_only, with_reach
from tracker.web.convoy_trackers import TrackerLine, tracker_line, trackers_of, with_marks
from tracker.web.convoy_words import figure, span_words, time_words, vehicles_words
from tracker.web.silence_shown import (
    SilenceShown,
    silence_shown,
    spells_past,
    tracked_since,
    wait_words,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the big figures in the head of the page."""

    term: str
    value: str
    unit: str = ""
    source: str = ""
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """How much of a convoy somebody may see."""

    is_own: bool
    position: bool
    counts: bool
    restricted: bool


def coarse_state(convoy: Convoy) -> ConvoyState:
    """Return the state as others may know it: on the road, whether it moves or stands."""
    if convoy.state in {ConvoyState.HELD, ConvoyState.OUT_OF_CONTACT}:
        return ConvoyState.MOVING
    return ConvoyState(convoy.state)


def sight_of(user: User, convoy: Convoy, *, share: ConvoyShare | None) -> Sight:
    """Return how much `user` may see; the rule is the table "Who sees what, when"."""
    if may_see_organisation(user, convoy.organisation_id):
        return Sight(True, True, True, may_of(user).see_restricted_people)
    position = share is not None and share.shares_position
    # While it is held or loading the stricter rule holds by itself: nobody outside sees where.
    is_exposed = convoy.state in {ConvoyState.HELD, ConvoyState.ASSEMBLING}
    return Sight(
        is_own=False,
        position=position and not is_exposed,
        counts=share is not None and share.shares_counts,
        restricted=False,
    )


def situations_of(convoys: Sequence[Convoy], *, now: datetime) -> dict[UUID, Situation]:
    """Return what is known of each convoy at `now`, with four queries for all of them."""
    balances = balances_of(convoys, at=now)
    vehicles = vehicles_of(convoys)
    emergencies = emergencies_of(convoys, at=now)
    return {
        convoy.pk: Situation(
            convoy=convoy,
            balance=balances[convoy.pk],
            vehicles=tuple(vehicles[convoy.pk]),
            emergency=emergencies.get(convoy.pk),
            now=now,
        )
        for convoy in convoys
    }


def with_silences(situations: Mapping[UUID, Situation]) -> dict[UUID, Situation]:
    """Return the situations with the silences of those that are dark, with four queries for all."""
    dark = [here.convoy for here in situations.values() if here.contact.is_silent]
    silences = silences_of(dark)
    return {key: replace(here, silent=silences.get(key)) for key, here in situations.items()}


def with_trackers(situations: Mapping[UUID, Situation]) -> dict[UUID, Situation]:
    """Return the situations with what trackers say, with two queries for all of them.

    For pages of the own organisation alone: what trackers say is shared with nobody.
    """
    trackers = trackers_of([here.convoy for here in situations.values()])
    return {key: replace(here, trackers=trackers[key]) for key, here in situations.items()}


def _since(here: Situation, at: datetime | None) -> str:
    if at is None:
        return ""
    return _("since %(time)s") % {"time": time_words(at, zone=here.zone, now=here.now)}


def _state_fact(here: Situation) -> Fact:
    convoy, now = here.convoy, here.now
    url = entry_url(convoy.state_event_id) if convoy.state_event_id else ""
    source = _since(here, convoy.state_since)
    stay = lasted(here.stay)
    if convoy.state == ConvoyState.HELD:
        place = convoy.at_checkpoint.name if convoy.at_checkpoint else ""
        term = _("Held at %(place)s for") % {"place": place} if place else _("Held for")
        tone = "amber" if here.stay >= HELD_LONG else ""
        return Fact(term, stay, source=source, tone=tone, url=url)
    if convoy.state == ConvoyState.ASSEMBLING:
        planned = convoy.planned_departure_at
        value = time_words(planned, zone=here.zone, now=now) if planned else _("not known")
        return Fact(_("Planned departure"), value, source=_("has not left"), url=url)
    if convoy.ended_at:
        value = time_words(convoy.ended_at, zone=here.zone, now=now)
        terms = {
            ConvoyState.ARRIVED: _("Arrived"),
            ConvoyState.TURNED_BACK: _("Back at"),
        }
        return Fact(terms.get(ConvoyState(convoy.state), _("Joined another at")), value, url=url)
    left = convoy.departed_at
    if convoy.state == ConvoyState.MOVING and left:
        return Fact(_("On the road for"), lasted(now - left), source=_since(here, left), url=url)
    return Fact(str(ConvoyState(convoy.state).label).capitalize(), stay, source=source, url=url)


def _contact_fact(here: Situation) -> Fact:
    contact = here.contact
    if contact.last_at is None:
        return Fact(_("Last word"), _("none yet"))
    minutes = int((here.now - contact.last_at).total_seconds() // 60)
    parts = [time_words(contact.last_at, zone=here.zone, now=here.now)]
    if contact.due_at:
        due = time_words(contact.due_at, zone=here.zone, now=here.now)
        parts.append(_("next due %(time)s") % {"time": due})
    is_unsure = contact.is_silent and is_heard_unconfirmed(here.convoy)
    return Fact(
        _("Last word, not confirmed") if is_unsure else _("Last word"),
        age_words(minutes),
        source="; ".join(parts),
        tone="red" if contact.is_silent else "",
        url=entry_url(here.convoy.last_event_id) if here.convoy.last_event_id else "",
    )


def _vehicles_fact(here: Situation) -> Fact:
    broken = [each.code for each in here.vehicles if each.state == each.State.BROKEN_DOWN]
    source = _("%(codes)s broken down") % {"codes": ", ".join(broken)} if broken else ""
    seats = [each.seats for each in here.vehicles if each.seats is not None]
    if not source and seats and len(seats) == len(here.vehicles):
        source = _("%(n)s seats") % {"n": figure(sum(seats))}
    return Fact(_("Vehicles"), vehicles_words([each.kind for each in here.vehicles]), source=source)


def _people_term(balance: Balance) -> str:
    """Name the number of people for what it is: nobody is on board because they were planned."""
    return _("People planned") if balance.is_plan_only else _("People on board")


def _told_by(event_ids: Sequence[UUID]) -> str:
    """Name who told a number; of numbers told by vehicle, who told the last one."""
    told = entries_told(event_ids[-1:])
    return _("according to %(name)s") % {"name": named(told[event_ids[-1]].event)} if told else ""


def _people_fact(here: Situation) -> Fact:
    balance = here.balance
    if balance.on_board is None or balance.base is None:
        return Fact(_("People on board"), _("not reported"))
    gap = gap_of(balance, zone=here.zone, now=here.now)
    ids = balance.on_board_event_ids
    point = balance.points[-1] if balance.points else None
    if point:
        when = time_words(point.at, zone=here.zone, now=here.now)
        values = {"time": when, "place": point.place}
        source = _("counted %(time)s, %(place)s") if point.place else _("counted %(time)s")
        source = source % values
    elif balance.base.basis == "planned":
        source = _("nobody has counted yet")
    else:
        source = _("as boarded, not counted since")
    return Fact(
        _people_term(balance),
        span_words(balance.on_board),
        source="; ".join(part for part in (source, _told_by(ids), gap) if part),
        tone="red" if balance.is_short else "",
        url=entry_url(ids[-1]) if ids else "",
    )


def curfew_words(convoy: Convoy, *, now: datetime) -> str:
    """Say how long the road may still be driven today, or when it may be again; "" if always."""
    begins, ends = convoy.corridor.moves_from, convoy.corridor.moves_until
    if begins is None or ends is None:
        return ""
    local = now.astimezone(ZoneInfo(convoy.corridor.time_zone))
    values = {"from": f"{begins:%H:%M}", "until": f"{ends:%H:%M}"}
    if begins <= local.time() < ends:
        values["left"] = lasted(_until(local, ends))
        return _("%(left)s left to drive today: nobody drives from %(until)s to %(from)s.") % values
    return _("Nobody drives now: curfew from %(until)s to %(from)s.") % values


def _until(local: datetime, end: time) -> timedelta:
    return local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0) - local


@dataclass(frozen=True, slots=True)
class Ahead:
    """A checkpoint that the convoy has still to pass, with what is reported of it."""

    name: str
    km: float
    status: str
    last_word_at: datetime | None
    is_next: bool


def _ahead(convoy: Convoy, checkpoints: Sequence[Checkpoint]) -> tuple[Ahead, ...]:
    coming = next_checkpoint(convoy, checkpoints=checkpoints)
    if coming is None or convoy.ended_at:
        return ()
    rows = []
    for each in checkpoints:
        state = getattr(each, "state", None)
        if each.km >= coming.km:
            rows.append(
                Ahead(
                    name=each.name,
                    km=each.km,
                    status=state.status if state else CheckpointStatus.UNKNOWN,
                    last_word_at=state.last_word_at if state else None,
                    is_next=each is coming,
                )
            )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of a convoy shows; empty parts are not shown."""

    state: str
    facts: tuple[Fact, ...]
    strip: Strip | None
    curfew: str
    ahead: tuple[Ahead, ...]
    headcount: Headcount | None
    needs: tuple[Need, ...]
    log: tuple[Line, ...]
    situation: Situation
    by_trackers: TrackerLine | None = None
    silence: SilenceShown | None = None
    wait: str = ""
    past_silences: tuple[tuple[str, UUID], ...] = ()


def _headcount(here: Situation, *, sees_restricted: bool, fewest: int = 0) -> Headcount | None:
    return headcount_of(
        here.balance,
        zone=here.zone,
        now=here.now,
        sees_restricted=sees_restricted,
        has_arrived=here.convoy.state == ConvoyState.ARRIVED,
        fewest=fewest,
    )


def _shared_headcount(here: Situation) -> Headcount | None:
    """Return the headcount without the way to our log."""
    headcount = _headcount(here, sees_restricted=False, fewest=FEWEST_FOR_PARTNERS)
    if headcount is None:
        return None
    return replace(headcount, rows=[replace(row, url="") for row in headcount.rows])


def _outline(here: Situation, sight: Sight, strip: Strip | None) -> Page:
    """Return what another organisation may see: what is shared, never exact while it moves."""
    convoy = here.convoy
    people = here.balance.on_board
    number = span_words(people) if sight.counts and people else coarse_words(people)
    facts = [Fact(_people_term(here.balance), number)]
    if convoy.departed_at:
        left = time_words(convoy.departed_at, zone=here.zone, now=here.now)
        facts.insert(0, Fact(_("Left"), left))
    if convoy.ended_at:
        ended = time_words(convoy.ended_at, zone=here.zone, now=here.now)
        facts.insert(1, Fact(_("Journey ended"), ended))
    return Page(
        state=coarse_state(convoy),
        facts=tuple(facts),
        strip=passed_only(strip) if strip and sight.position else None,
        curfew="",
        ahead=(),
        headcount=_shared_headcount(here) if sight.counts else None,
        needs=(),
        log=(),
        situation=here,
    )


def page_of(convoy: Convoy, *, sight: Sight, now: datetime) -> Page:
    """Return what somebody with this sight sees of a convoy at `now` (field time)."""
    here = situations_of([convoy], now=now)[convoy.pk]
    checkpoints = checkpoints_on_road(convoy)
    route = route_of(convoy)
    strip = Drawing(
        convoy,
        checkpoints=checkpoints,
        passages=passages_of(convoy),
        length_km=route.length_km if route else None,
        now=now,
    ).strip()
    if not sight.is_own:
        return _outline(here, sight, strip)
    here = with_trackers({convoy.pk: here})[convoy.pk]
    silent = silences_of([convoy])[convoy.pk]
    here = replace(here, silent=silent)
    tracked = tracked_since(convoy, silent, now=now)
    silence = silence_shown(convoy, silent, now=now, tracked=tracked)
    strip = with_reach(strip, silence) if strip else None
    line = tracker_line(here.trackers, vehicles=len(here.vehicles), now=now)
    log = lines_of(log_of(convoy), zone=here.zone, now=now, sees_restricted=sight.restricted)
    return Page(
        state=state_at(convoy, at=now),
        facts=(_state_fact(here), _contact_fact(here), _vehicles_fact(here), _people_fact(here)),
        strip=with_marks(strip, here.trackers, line=line, now=now) if strip else None,
        curfew=curfew_words(convoy, now=now),
        ahead=_ahead(convoy, checkpoints),
        headcount=_headcount(here, sees_restricted=sight.restricted),
        needs=tuple(need for need in needs_of(here) if need.group != QUIET),
        log=tuple(log),
        situation=here,
        by_trackers=line,
        silence=silence,
        wait=wait_words(silent.silence.wait, zone=here.zone, now=now),
        past_silences=tuple(spells_past(silent, zone=here.zone, now=now)),
    )
