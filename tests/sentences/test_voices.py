"""Every voice is introduced by words that say what it is."""

from __future__ import annotations

import pytest

from tracker.provenance.models import Party
from tracker.sentences import icu
from tracker.sentences.catalogue import templates
from tracker.sentences.voices import source_kind

(CHOICE,) = (
    node
    for node in icu.walk(icu.parse(templates()["corridor.OPEN.claimed"].text["en"]))
    if isinstance(node, icu.Choice)
)


@pytest.mark.parametrize("party", Party.values)
def test_every_party_has_words_that_introduce_it(party: str) -> None:
    assert source_kind(party) in CHOICE.cases


@pytest.mark.parametrize("party", [Party.PARTY_A, Party.PARTY_B])
def test_both_parties_to_the_conflict_are_introduced_alike(party: str) -> None:
    assert source_kind(party) == "party"


def test_an_unknown_party_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="nobody"):
        source_kind("nobody")
