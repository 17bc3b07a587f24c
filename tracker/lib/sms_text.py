"""Read a short message such as "C7 CP3 HELD 38/2950", in five languages and any order; pure.

Whatever the bytes, the answer is one of three: understood, ambiguous, or not understood. Only what
can be read in one way is understood; everything else is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from tracker.lib.sms_signs import (
    MAX_CHARACTERS,
    MAX_TOKENS,
    as_number,
    digits_of,
    joined_pairs,
    latin,
    meaning_of,
    skeleton,
    tokens_of,
)
from tracker.lib.sms_times import SaidTime, compact_clock_of, split_units, take_times
from tracker.lib.sms_verdict import Judgement, Words, judge, words_of

_CODE_SIGNS = 6
_PAIR = re.compile(r"^([\dA-ZА-ЯІ]{1,5})/([\dA-ZА-ЯІ]{1,7})$")
_CONVOY = re.compile(r"^C[-_#№]?(\d{1,3}[A-Z]?)$")
_CHECKPOINT = re.compile(r"^CP[-_#№]?(\d{1,3}[A-Z]?)$")
# Letters that look Latin, written onto digits: the tail may hold look-alikes of digits.
_LETTERED = re.compile(r"^([^\W\d_]{1,2})[-_#№]?(\d.*|[З])$")
_GLUED_CODE = re.compile(r"^(\D{1,2}\d{1,3})([^\W\d]{2,})$")
_MOST_PEOPLE, _MOST_VEHICLES = 1_000_000, 5_000
_TELEPHONE = re.compile(r"\+\s?\d[\d ().-]{6,}\d|\d{9,}|(?<!\d)0\d{2}(?:[ -]\d{2,3}){3}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a message says beside its word; "" and `None` for what it does not say.

    `languages` are those its words belong to, English where no other is sure; `code` is the
    rolling code, `ref` the number that NO and YES answer to, `note` the words that were left.
    """

    languages: tuple[str, ...] = ("en",)
    convoy: str = ""
    checkpoint: str = ""
    vehicles: int | None = None
    people: int | None = None
    time: SaidTime | None = None
    code: str = ""
    ref: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """A message that can be read in one way; `word` is a code such as HELD."""

    word: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A message that may mean one of `candidates`, or that a machine must not take at its word.

    `is_alarming`: it may be a cry for help, so the dispatcher is told at once.
    """

    candidates: tuple[str, ...]
    reason: str
    parts: Parts
    is_alarming: bool = False


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """A message that says nothing a machine can read."""

    reason: str
    parts: Parts


Reading = Understood | Ambiguous | NotUnderstood


@dataclass(frozen=True, slots=True)
class Known:
    """The codes in use, so that those of an unusual form are found too."""

    convoys: Collection[str] = ()
    checkpoints: Collection[str] = ()


@dataclass(slots=True)
class _Draft:
    convoys: list[str] = field(default_factory=list)
    checkpoints: list[str] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    vehicles: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    times: list[SaidTime] = field(default_factory=list)
    lasting: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    code: str = ""
    is_unclear: bool = False
    is_ahead: bool = False


def read_sms(text: str | bytes, *, known: Known | None = None) -> Reading:
    """Read a message; never raises, whatever the text."""
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    tokens = tokens_of(said[: MAX_CHARACTERS + 1])
    if len(said) > MAX_CHARACTERS or len(tokens) > MAX_TOKENS:
        return NotUnderstood("too_long", Parts())
    draft = _Draft()
    tokens = _take_rolling_code(tokens, draft)
    tokens = _split_glued(split_units(joined_pairs(tokens)))
    tokens = _take_codes(tokens, draft, known or Known())
    tokens = _take_pairs(tokens, draft)
    times = take_times(tokens)
    draft.times, draft.lasting = times.said, times.lasting
    draft.is_unclear, draft.is_ahead = times.is_unclear, times.is_ahead
    tokens = _take_counted(times.rest, draft)
    words = words_of(tokens, has_time=bool(draft.times))
    _place_strays(draft, words)
    return _reading(draft, words)


def _take_rolling_code(tokens: list[str], draft: _Draft) -> list[str]:
    """Take a number of six digits that stands first or last."""
    for place in (0, -1):
        if not tokens:
            break
        digits = as_number(tokens[place].replace("-", ""))
        if len(digits) == _CODE_SIGNS:
            draft.code = digits
            return tokens[1:] if place == 0 else tokens[:-1]
    return tokens


def _split_glued(tokens: list[str]) -> list[str]:
    """Separate a keyword from the code that it was written onto: CP3HELD."""
    found: list[str] = []
    for token in tokens:
        glued = _GLUED_CODE.match(token)
        meaning = meaning_of(glued[2]) if glued and meaning_of(token) is None else None
        if glued and meaning is not None and meaning.keyword:
            found += [glued[1], glued[2]]
        else:
            found.append(token)
    return found


def _known_code(token: str, codes: Collection[str]) -> str:
    looks = skeleton(token)
    found = [code for code in codes if looks and skeleton(code) == looks]
    return found[0] if len(found) == 1 else ""


def _as_code(token: str) -> str:
    """Return a token as a Latin code where it is letters and digits, look-alikes folded."""
    found = _LETTERED.match(token)
    if not found:
        return ""
    letters, tail = latin(found[1]), found[2]
    ends_in_letter = tail[-1].isalpha() and len(tail) > 1 and tail[:-1].isdecimal()
    # Of a last letter that looks like a digit nobody can tell which of the two it is.
    number = latin(tail) if ends_in_letter and digits_of(tail[-1]) == tail[-1] else digits_of(tail)
    return f"{letters}{number}"


def _take_codes(tokens: list[str], draft: _Draft, known: Known) -> list[str]:
    rest: list[str] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if _take_named(token, following, draft, known):
            index += 2
            continue
        if not _take_code(token, draft, known):
            rest.append(token)
        index += 1
    return rest


def _take_code(token: str, draft: _Draft, known: Known) -> bool:
    if as_number(token) or meaning_of(token) is not None:
        return False
    if code := _known_code(token, known.checkpoints):
        draft.checkpoints.append(code)
    elif code := _known_code(token, known.convoys):
        draft.convoys.append(code)
    elif (read := _as_code(token)) and _CHECKPOINT.match(read):
        draft.checkpoints.append(read)
    elif read and _CONVOY.match(read):
        draft.convoys.append(read)
    else:
        return False
    return True


def _take_named(word: str, number: str, draft: _Draft, known: Known) -> bool:
    """Take "CONVOY 7", "CP 3" and "C 7" as the codes that they are.

    A Cyrillic С alone is the Russian word for "since", so it is no code.
    """
    digits = as_number(number)
    if not digits or len(digits) > 3:
        return False
    meaning = meaning_of(word)
    if latin(word) == "CP" or (meaning is not None and meaning.is_a("checkpoint")):
        draft.checkpoints.append(_known_code(f"CP{digits}", known.checkpoints) or f"CP{digits}")
    elif word == "C" or (meaning is not None and meaning.is_a("convoy")):
        draft.convoys.append(_known_code(f"C{digits}", known.convoys) or f"C{digits}")
    else:
        return False
    return True


def _take_pairs(tokens: list[str], draft: _Draft) -> list[str]:
    """Take 38/2950: vehicles and people."""
    rest: list[str] = []
    for token in tokens:
        found = _PAIR.match(token)
        vehicles, people = (digits_of(found[1]), digits_of(found[2])) if found else ("", "")
        if vehicles.isdecimal() and people.isdecimal():
            draft.pairs.append((int(vehicles), int(people)))
        else:
            rest.append(token)
    return rest


def _noun(token: str) -> str:
    meaning = meaning_of(token)
    if meaning is None:
        return ""
    if meaning.keyword == "COUNT" or meaning.is_a("people"):
        return "people"
    return "vehicles" if meaning.is_a("vehicles") else ""


def _take_counted(tokens: list[str], draft: _Draft) -> list[str]:
    """Take numbers that a noun follows: 38 VEHICLES, 2950 PEOPLE; others are strays for now.

    The noun stays where it is COUNT, which may be the word of the message.
    """
    rest: list[str] = []
    for index, token in enumerate(tokens):
        number = as_number(token)
        following = tokens[index + 1] if index + 1 < len(tokens) else ""
        if not number:
            rest.append(token)
        elif len(number) > 7:
            draft.strays.append(number)
        elif noun := _noun(following):
            (draft.people if noun == "people" else draft.vehicles).append(int(number))
        else:
            draft.strays.append(number)
    return rest


def _place_strays(draft: _Draft, words: Words) -> None:
    """Give a number that stands alone to what lacks one: the count, the reference, the time."""
    if words.answers and draft.strays and not words.actions - {"NO", "YES"}:
        words.ref = draft.strays.pop(0)
    if "COUNT" in words.actions and draft.strays and not (draft.people or draft.pairs):
        draft.people.append(int(draft.strays.pop(0)[:8]))
    for number in list(draft.strays):
        said = compact_clock_of(number)
        if said and not draft.times:
            draft.times.append(said)
            draft.strays.remove(number)


def _reading(draft: _Draft, words: Words) -> Reading:
    vehicles, people = _counts(draft)
    parts = Parts(
        languages=words.languages,
        convoy=draft.convoys[0] if draft.convoys else "",
        checkpoint=draft.checkpoints[0] if draft.checkpoints else "",
        vehicles=vehicles,
        people=people,
        time=draft.times[0] if draft.times else None,
        code=draft.code,
        ref=words.ref.lstrip("0")[:4],
        note=" ".join([*words.rest, *draft.lasting])[:300],
    )
    place = "" if not parts.checkpoint else ("convoy" if parts.convoy else "checkpoint")
    found = judge(words, _problem(draft, words), place=place)
    return _as_reading(found, parts)


def _as_reading(found: Judgement, parts: Parts) -> Reading:
    if found.word == "COUNT" and parts.people is None:
        return NotUnderstood("number_missing", parts)
    if found.word in ("NO", "YES") and found.needs_ref and not parts.ref:
        return Ambiguous((found.word,), "reference_missing", parts)
    if found.word:
        return Understood(found.word, parts)
    if found.candidates:
        return Ambiguous(found.candidates, found.reason, parts, found.is_alarming)
    return NotUnderstood(found.reason, parts)


def _counts(draft: _Draft) -> tuple[int | None, int | None]:
    if draft.pairs:
        return draft.pairs[0]
    vehicles = sum(draft.vehicles) if draft.vehicles else None
    return vehicles, draft.people[0] if draft.people else None


def _problem(draft: _Draft, words: Words) -> str:
    """Name what keeps the numbers and codes from being read in one way, "" for nothing."""
    vehicles, people = _counts(draft)
    checks = (
        (len(set(draft.convoys)) > 1, "two_convoys"),
        (len(set(draft.checkpoints)) > 1, "two_checkpoints"),
        (len(set(draft.times)) > 1 or draft.is_unclear, "time_unclear"),
        (draft.is_ahead, "not_yet"),
        (len(draft.pairs) + (1 if draft.people or draft.vehicles else 0) > 1, "number_unclear"),
        (len(draft.people) > 1, "number_unclear"),
        (bool(draft.strays) or words.has_figures, "number_unclear"),
        ((people or 0) > _MOST_PEOPLE or (vehicles or 0) > _MOST_VEHICLES, "number_unclear"),
    )
    return next((name for is_so, name in checks if is_so), "")


def without_numbers(text: str) -> str:
    """Return text with every telephone number in it replaced by a mark."""
    return _TELEPHONE.sub("…", text)
