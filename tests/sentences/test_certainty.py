"""Over all states of a corridor, no sentence claims more than its weakest statement is worth."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.sentences.certain_words import HONEST, SIDES, admits_not_knowing, assertions
from tracker.sentences.catalogue import LANGUAGES, certainty, templates
from tracker.sentences.corridors import (
    CONFIRMED,
    Contradiction,
    CorridorStateWords,
    corridor_line,
    corridor_sentence,
    headline,
    sentence_templates,
    worth,
)

STATUSES = ("ANNOUNCED", "OPEN", "RESTRICTED", "SUSPENDED", "CLOSED", "UNKNOWN")
VERIFICATIONS = ("UNVERIFIED", "PARTLY_CORROBORATED", "CORROBORATED", "DISPUTED", "RETRACTED")
KINDS = ("party", "authority", "humanitarian", "media", "witness", "field", "other")
FRESHNESS = ("recent", "ageing", "stale")
AGREEMENTS = ("yes", "contested", "no", "unknown")
SPEAKER = "Speaker X"
ATTRIBUTION = {
    "en": f"According to {SPEAKER}",
    "uk": f"За інформацією {SPEAKER}",
    "ru": f"По информации {SPEAKER}",
    "fr": f"Selon {SPEAKER}",
    "ar": f"وفقاً ل{SPEAKER}",
}
# What a statement may tell on top of its status: who it is in words of its own, and which day.
TELLINGS: tuple[dict[str, Any], ...] = (
    {},
    {
        "attribution": ATTRIBUTION,
        "opens_on": date(2022, 4, 1),
        "opens_part": "MORNING",
        "again": True,
    },
)
# These kinds are named by what they are and not by a name: it could harm the person.
NAMELESS = ("witness", "field")


def states(agreements: tuple[str, ...] = AGREEMENTS) -> Iterator[CorridorStateWords]:
    for status, verification, kind, freshness, confirmed, agreement, told in itertools.product(
        STATUSES, VERIFICATIONS, KINDS, FRESHNESS, (True, False), agreements, TELLINGS
    ):
        yield CorridorStateWords(
            corridor="A – B",
            status=status,
            verification=verification,
            source_kind=kind,
            freshness=freshness,
            operator_confirmed=confirmed,
            agreement=agreement,
            source=SPEAKER,
            said_at=datetime(2022, 4, 1, 7, 0, tzinfo=UTC),
            time_zone="Europe/Kyiv",
            sources=2,
            corroborated_by="Speaker Y",
            agreement_source="Speaker Z",
            contradiction=Contradiction(
                source_a=SPEAKER, status_a="OPEN", source_b="Speaker Y", status_b="CLOSED"
            ),
            **told,
        )


def may_claim(state: CorridorStateWords) -> int:
    """Say in other words than the product's rules how much a state may claim."""
    doubtful = state.verification in ("RETRACTED", "DISPUTED")
    if doubtful or state.freshness == "stale" or state.status == "UNKNOWN":
        return 0
    seen = state.source_kind in ("field", "humanitarian") and state.operator_confirmed
    if seen and state.verification == "CORROBORATED":
        return 3
    supported = state.verification in ("CORROBORATED", "PARTLY_CORROBORATED")
    return 2 if supported or state.source_kind == "field" else 1


def test_a_state_is_worth_what_its_weakest_statement_is_worth() -> None:
    wrong = [state for state in states() if worth(state) != may_claim(state)]

    assert wrong == []


def test_no_template_claims_more_than_the_state_is_worth() -> None:
    about = ("corridor", "statement", "freshness", "disclaimer")
    too_sure = [
        (template, state)
        for state in states()
        for template in sentence_templates(state)
        if templates()[template].about in about and certainty(template) > may_claim(state)
    ]

    assert too_sure == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_finished_sentence_asserts_more_than_the_state_is_worth(language: str) -> None:
    too_sure = {}
    for state in states(agreements=("yes",)):
        text = corridor_sentence(state)[language]
        if may_claim(state) < CONFIRMED and assertions(text, language):
            too_sure[text] = assertions(text, language)

    assert too_sure == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_worth_nothing_says_what_is_not_known(language: str) -> None:
    worthless = [state for state in states(agreements=("yes",)) if may_claim(state) == 0]

    silent = [
        s for s in worthless if not admits_not_knowing(corridor_sentence(s)[language], language)
    ]

    assert silent == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_single_claim_never_stands_without_its_speaker(language: str) -> None:
    claims = [
        state
        for state in states(agreements=("unknown",))
        if may_claim(state) == 1 and state.source_kind not in NAMELESS
    ]

    speakerless = [s for s in claims if SPEAKER not in corridor_sentence(s)[language]]

    assert claims
    assert speakerless == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_single_claim_is_always_said_not_to_be_confirmed(language: str) -> None:
    claims = [state for state in states(agreements=("yes",)) if may_claim(state) == 1]

    silent = [
        state
        for state in claims
        if not any(phrase in corridor_line(state)[language].lower() for phrase in HONEST[language])
    ]

    assert claims
    assert silent == []


def test_what_is_confirmed_is_said_to_be_confirmed() -> None:
    confirmed = [state for state in states(agreements=("yes",)) if may_claim(state) == CONFIRMED]

    assert confirmed
    for state in confirmed:
        text = corridor_sentence(state)
        assert all(assertions(text[language], language) for language in LANGUAGES)


def test_a_party_is_never_worth_a_confirmation_whatever_the_operator_did() -> None:
    party = [state for state in states() if state.source_kind == "party"]

    assert max(worth(state) for state in party) < CONFIRMED


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headline_says_confirmed_only_when_a_corridor_is(language: str) -> None:
    too_sure = {
        headline([state])[language]
        for state in states(agreements=("no",))
        if may_claim(state) < CONFIRMED and assertions(headline([state])[language], language)
    }

    assert too_sure == set()


def test_a_word_without_a_time_is_worth_nothing() -> None:
    dated = [state for state in states(agreements=("yes",)) if worth(state) > 0]

    assert {worth(replace(state, said_at=None)) for state in dated} == {0}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_template_takes_a_side(language: str) -> None:
    partial = {
        (template.id, word)
        for template in templates().values()
        for word in SIDES
        if word in template.text[language].lower()
    }

    assert partial == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_keeps_to_its_declared_level(language: str) -> None:
    too_sure = {
        template.id: assertions(template.text[language], language)
        for template in templates().values()
        if template.level < CONFIRMED and assertions(template.text[language], language)
    }

    assert too_sure == {}


def test_the_search_finds_a_planted_overstatement() -> None:
    assert assertions("The corridor is confirmed open.", "en") == ["confirm"]
    assert assertions("Коридор відкрито, підтверджено.", "uk") == ["підтвердж"]
    assert assertions("Not confirmed from the field.", "en") == []
    assert not admits_not_knowing("The corridor is open.", "en")
