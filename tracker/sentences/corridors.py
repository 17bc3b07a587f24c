"""Say what is known of a corridor, its windows and all corridors together, and never more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.feeds.snapshot import Words
from tracker.sentences import catalogue
from tracker.sentences.voices import introduced
from tracker.sentences.wording import (
    Filling,
    Phrase,
    day_words,
    joined,
    moment,
    named,
    say,
    status_word,
    utc_moment,
)

CONFIRMED = 3
_PASSABLE = ("OPEN", "RESTRICTED")
_WITH_AGREEMENT = ("ANNOUNCED", *_PASSABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two voices that say different things of one corridor; statuses are corridor codes."""

    source_a: str | Words
    status_a: str
    source_b: str | Words
    status_b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorridorStateWords:
    """What the sentence about a corridor needs, and nothing else.

    `status` is a corridor code, `verification` a verification code, `source_kind` one of party,
    authority, humanitarian, media, witness, field, other; `freshness` is recent, ageing or stale;
    `agreement` is yes, contested, no or unknown. `sources` counts the independent sources that say
    the same. `said_at` is when the word that the status rests on was said (field time).
    `attribution` opens the sentence in the languages that it has. `opens_on` with `opens_part`
    (MORNING, AFTERNOON, EVENING or "") stands for a speaker who named a day but no hour; `again`
    says that people have passed before.
    """

    corridor: str | Words
    status: str
    verification: str
    source_kind: str
    freshness: str
    operator_confirmed: bool
    agreement: str
    source: str | Words
    said_at: datetime | None
    time_zone: str
    attribution: Words = field(default_factory=dict)
    opens_at: datetime | None = None
    opens_on: date | None = None
    opens_part: str = ""
    again: bool = False
    sources: int = 1
    corroborated_by: str | Words = ""
    agreement_source: str | Words = ""
    contradiction: Contradiction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowWords:
    """What the sentence about a passage window needs.

    `state` is ANNOUNCED, CONFIRMED or CANCELLED.
    """

    state: str
    opens_at: datetime
    closes_at: datetime
    time_zone: str
    source: str | Words
    source_kind: str
    said_at: datetime | None
    attribution: Words = field(default_factory=dict)
    moved_from: datetime | None = None
    has_passed: bool = False


def road_phrase(*, origin: Words, destination: Words) -> Phrase:
    """Return "from … to …" as it stands within a sentence about a corridor."""
    return say("phrase.road", {"origin": origin, "destination": destination})


def worth(state: CorridorStateWords) -> int:
    """Return how much the weakest statement behind the state is worth, 0 to 4."""
    return _first(catalogue.corridor_rules().worth, state).level


def corridor_line(state: CorridorStateWords) -> Phrase:
    """Return the sentence that says the status, by whom and how sure."""
    return joined(*(_filled_in(template, state) for template in _line_templates(state)))


def corridor_sentence(state: CorridorStateWords) -> Phrase:
    """Return the line, what is known of an agreement, the age of the word and the disclaimer.

    Moments stand as clock time, not as "3 hours ago": the same facts give the same words.
    """
    return joined(*(_filled_in(template, state) for template in sentence_templates(state)))


def sentence_templates(state: CorridorStateWords) -> tuple[str, ...]:
    """Return the ids of the templates that the whole sentence consists of, in order."""
    rules = catalogue.corridor_rules()
    agreement = (rules.agreement[state.agreement],) if state.status in _WITH_AGREEMENT else ()
    # Without any time of a word there is no age to tell.
    freshness = (rules.freshness[state.freshness],) if state.said_at else ()
    return (*_line_templates(state), *agreement, *freshness, rules.always)


def _line_templates(state: CorridorStateWords) -> tuple[str, ...]:
    rule = _first(catalogue.corridor_rules().select, state)
    picked = tuple(template.format(status=state.status) for template in rule.use)
    if "corridor.disputed" in picked and state.contradiction is None:
        return ("verification.DISPUTED", "corridor.UNKNOWN")
    return picked


def _first(rules: Sequence[catalogue.Rule], state: CorridorStateWords) -> catalogue.Rule:
    parts: dict[str, str | bool] = {
        "status": state.status,
        "verification": state.verification,
        "source_kind": state.source_kind,
        "freshness": state.freshness if state.said_at else "stale",
        "operator_confirmed": state.operator_confirmed,
    }
    return next(rule for rule in rules if rule.fits(parts))


def _filled_in(template_id: str, state: CorridorStateWords) -> Phrase:
    sources: Mapping[str, str | Words] = {
        "agreement.yes": state.agreement_source,
        "verification.PARTLY_CORROBORATED": state.corroborated_by,
    }
    at_the_place = moment(state.said_at, state.time_zone)
    # "No news since" names the place's time already, so there the age is the same moment in UTC.
    age = utc_moment(state.said_at) if template_id == "fresh.stale" else at_the_place
    values: dict[str, Filling] = {
        "corridor": state.corridor,
        "source": named(sources.get(template_id, state.source)),
        "when": _opening(state),
        "again": "yes" if state.again else "other",
        "time": at_the_place,
        "age": age,
        "n": max(state.sources, 1),
    }
    values |= introduced(state.source_kind, state.attribution)
    return say(template_id, values | _both_sides(state.contradiction))


def _opening(state: CorridorStateWords) -> Phrase:
    """Return when it is to open: the hour where one was named, else the day, else "not known"."""
    if state.opens_on and not state.opens_at:
        year = state.said_at.year if state.said_at else None
        return day_words(state.opens_on, part=state.opens_part, known_year=year)
    return say("phrase.in_brackets", {"opens": moment(state.opens_at, state.time_zone)})


def _both_sides(contradiction: Contradiction | None) -> dict[str, Filling]:
    if contradiction is None:
        return {}
    return {
        "source_a": named(contradiction.source_a),
        "status_a": status_word(contradiction.status_a),
        "source_b": named(contradiction.source_b),
        "status_b": status_word(contradiction.status_b),
    }


def headline(states: Sequence[CorridorStateWords]) -> Phrase:
    """Return one line over all corridors, such as "No corridor is confirmed open"."""
    if not states:
        return say("headline.none_listed")
    confirmed = [state.status for state in states if worth(state) >= CONFIRMED]
    n_open, n_restricted = confirmed.count("OPEN"), confirmed.count("RESTRICTED")
    if n_open and n_restricted:
        counts: dict[str, Filling] = {"open": n_open, "restricted": n_restricted}
        return say("headline.open_and_restricted", counts)
    if n_open:
        return say("headline.open", {"n": n_open})
    if n_restricted:
        return say("headline.restricted", {"n": n_restricted})
    reported = sum(state.status in _PASSABLE and worth(state) > 0 for state in states)
    return say("headline.reported", {"n": reported}) if reported else say("headline.none_open")


def window_sentence(window: WindowWords) -> Phrase:
    """Return who says when passage is planned, moved or cancelled, and whether that has passed.

    Raises KeyError for an unknown state.
    """
    template = {
        "ANNOUNCED": "window.moved" if window.moved_from else "window.announced",
        "CONFIRMED": "window.confirmed",
        "CANCELLED": "window.cancelled",
    }[window.state]
    values: dict[str, Filling] = {
        "opens": moment(window.opens_at, window.time_zone),
        "closes": moment(window.closes_at, window.time_zone),
        "old_opens": moment(window.moved_from, window.time_zone),
        "time": moment(window.said_at, window.time_zone),
        "source": named(window.source),
        **introduced(window.source_kind, window.attribution),
    }
    sentence = say(template, values)
    if window.has_passed and template != "window.cancelled":
        return joined(sentence, say("window.time_passed", values))
    return sentence
