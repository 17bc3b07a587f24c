"""Decide what the words of a short message mean together, and when only a person may say; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tracker.lib.sms_signs import meaning_of
from tracker.lib.sms_words import AMBIGUOUS, Meaning, fold_word, most_spoken

# What a message may say of a convoy; the others are about the messages themselves.
ACTS = frozenset({"ARR", "DEP", "HELD", "CLEAR", "BACK", "COUNT"})
_TALK = frozenset({"HELP", "STATUS"})
_ANSWERS = frozenset({"YES", "NO"})
_DANGER, _FREE, _STOPS = "SOS", "CLEAR", "STOP"
# "People left": went away, or were left behind.
_LEFT = fold_word("LEFT")
_DEPART = fold_word("DÉPART")
_FIGURES = re.compile(r"\d")
_NAME_WITH_FIGURES = re.compile(r"^[^\W\d]+-?\d+[^\W\d]*$|^\d*[^\W\d]+\d*[^\W\d]*$")


@dataclass(slots=True)
class Words:
    """The words of a message by what they mean; `rest` are those that mean nothing to a machine."""

    actions: set[str] = field(default_factory=set)
    # Each with its candidates.
    doubts: list[tuple[str, ...]] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    languages: tuple[str, ...] = ("en",)
    ref: str = ""
    answers: bool = False
    first: str = ""
    is_negated: bool = False
    is_ahead: bool = False
    is_asked: bool = False
    is_part: bool = False
    is_plainly_clear: bool = False
    has_figures: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """The one word that a message means, or what it may mean and why that is not sure."""

    word: str = ""
    candidates: tuple[str, ...] = ()
    reason: str = ""
    is_alarming: bool = False
    needs_ref: bool = False


def words_of(tokens: list[str], *, has_time: bool) -> Words:
    """Sort the words of a message by what they mean."""
    words = Words()
    spoken: list[tuple[str, ...]] = []
    before: Meaning | None = None
    for index, token in enumerate(tokens):
        meaning = meaning_of(token)
        if meaning is None and token.endswith("?"):
            meaning = meaning_of(token.strip("?"))
            words.is_asked |= meaning is not None or not token.strip("?")
        if meaning is None:
            _keep(token, words)
            before = None
            continue
        # English has no accents.
        is_foreign = not token.isascii()
        spoken.append(tuple(each for each in meaning.languages if each != "en" or not is_foreign))
        _sort(token, meaning, words, is_first=index == 0, before=before, has_time=has_time)
        before = meaning
    words.languages = most_spoken(spoken)
    return words


def _keep(token: str, words: Words) -> None:
    words.rest.append(token)
    if _FIGURES.search(token) and not _NAME_WITH_FIGURES.match(token):
        words.has_figures = True


def _sort(
    token: str,
    meaning: Meaning,
    words: Words,
    *,
    is_first: bool,
    before: Meaning | None,
    has_time: bool,
) -> None:
    word = fold_word(token.strip("?"))
    if meaning.is_a(AMBIGUOUS):
        _sort_doubt(word, meaning, words, is_first=is_first, has_time=has_time)
    elif meaning.keyword in _ANSWERS:
        _sort_answer(meaning, words, is_first=is_first)
    elif meaning.keyword:
        follows_people = before is not None and before.keyword == "COUNT"
        if word == _LEFT and follows_people:
            words.doubts.append(("DEP", "COUNT"))
        words.actions.add(meaning.keyword)
        words.is_plainly_clear |= word in ("CLEAR", "CLEARED")
    _sort_modifier(token, meaning, words)


def _sort_modifier(token: str, meaning: Meaning, words: Words) -> None:
    words.is_negated |= meaning.is_a("negation")
    words.is_ahead |= meaning.is_a("future")
    words.is_part |= meaning.is_a("part")
    sections = ("part", "convoy", "checkpoint", "future_before", "ago_before", "ago_after")
    alone = any(meaning.is_a(section) for section in sections)
    if not meaning.keyword and not meaning.candidates and alone:
        words.rest.append(token)


def _sort_answer(meaning: Meaning, words: Words, *, is_first: bool) -> None:
    """Sort YES and NO: they answer where they stand first; elsewhere NO denies what is said."""
    if is_first:
        words.actions.add(meaning.keyword)
        words.first, words.answers = meaning.keyword, True
    elif meaning.keyword == "NO" and not meaning.is_a("filler"):
        words.is_negated = True


def _sort_doubt(
    word: str, meaning: Meaning, words: Words, *, is_first: bool, has_time: bool
) -> None:
    if meaning.candidates == ("NO",):
        # An article in French, "no" in Arabic: only before a number that it answers to.
        if is_first:
            words.actions.add("NO")
            words.first, words.answers = "LA", True
    elif word == _DEPART and has_time:
        words.actions.add("DEP")
    else:
        words.doubts.append(meaning.candidates)


def judge(words: Words, problem: str, *, place: str) -> Judgement:
    """Decide: a call for help first, then what may be one, then doubts, then the plain word.

    `problem` names what is wrong with the numbers, `place` how well it is said where.
    """
    if _DANGER in words.actions:
        if words.is_negated or words.first == "NO":
            return Judgement(candidates=(_DANGER,), reason="denied", is_alarming=True)
        return Judgement(_DANGER)
    if words.doubts and (found := _judge_doubts(words)):
        return found
    acts = words.actions & ACTS
    if len(acts) > 1:
        # "2950 PEOPLE" beside another word is its number.
        acts -= {"COUNT"}
    if acts:
        return _judge_acts(words, acts, problem, place=place)
    return _judge_talk(words, problem)


def _judge_doubts(words: Words) -> Judgement | None:
    told = tuple(dict.fromkeys(code for each in words.doubts for code in each))
    if _DANGER in told:
        return Judgement(candidates=told, reason="may_be_help", is_alarming=True)
    if _FREE in told:
        return Judgement(candidates=told, reason="good_news")
    acts = words.actions & ACTS
    if len(acts) == 1 and acts <= set(told):
        return None
    reason = "stop" if _STOPS in told else "two_meanings"
    return Judgement(candidates=told, reason=reason)


def _doubt_of(words: Words) -> str:
    checks = (
        (words.is_negated or (words.first == "NO" and not words.ref), "denied"),
        (words.is_ahead, "not_yet"),
        (words.is_asked, "question"),
        (bool(words.actions & {"STOP", "START"}), "two_meanings"),
    )
    return next((name for is_so, name in checks if is_so), "")


def _judge_acts(words: Words, acts: set[str], problem: str, *, place: str) -> Judgement:
    told = tuple(sorted(acts))
    if len(acts) > 1:
        return Judgement(candidates=told, reason="two_meanings")
    if doubt := _doubt_of(words) or problem:
        return Judgement(candidates=told, reason=doubt)
    if acts == {_FREE}:
        return _judge_clear(words, place=place)
    return Judgement(told[0])


def _judge_clear(words: Words, *, place: str) -> Judgement:
    """Judge that a convoy passed: at a checkpoint that is named, whole, and with no word besides.

    `place` is "convoy" where convoy and checkpoint are named, "checkpoint" for that alone.

    Anything else may say that the road is free, which nobody may learn from a short message.
    """
    if words.is_part:
        return Judgement(candidates=(_FREE, "HELD"), reason="two_meanings")
    is_of_the_road = not place or (words.is_plainly_clear and place != "convoy")
    if is_of_the_road or words.rest:
        return Judgement(candidates=(_FREE,), reason="good_news")
    return Judgement(_FREE)


def _judge_talk(words: Words, problem: str) -> Judgement:
    if words.first:
        word = "NO" if words.first == "LA" else words.first
        others = words.actions - {word}
        if others or words.is_negated or (problem and not words.ref):
            return Judgement(candidates=(word,), reason="two_meanings")
        if words.first == "LA" and not words.ref:
            return Judgement(reason="not_understood")
        return Judgement(word, needs_ref=word == "NO")
    talk = sorted(words.actions - {"COUNT"})
    if len(talk) == 1:
        return Judgement(talk[0])
    if talk:
        return Judgement(candidates=tuple(talk), reason="two_meanings")
    return Judgement(reason=_why_not(words))


def _why_not(words: Words) -> str:
    if any(set(token) == {"?"} for token in words.rest):
        return "letters_lost"
    return "not_understood" if words.rest else "no_word"
