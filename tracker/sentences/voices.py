"""Name the kind of a voice: which words introduce what it says."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.lib.text import tidy
from tracker.provenance.models import Party
from tracker.sentences import catalogue
from tracker.sentences.wording import Filling, Phrase

_KINDS = {
    Party.PARTY_A: "party",
    Party.PARTY_B: "party",
    Party.HUMANITARIAN: "humanitarian",
    Party.FIELD: "field",
    Party.LOCAL: "authority",
    Party.MEDIA: "media",
    Party.COMPANY: "other",
    Party.OTHER: "other",
}


def source_kind(party: str) -> str:
    """Return the `source_kind` of the sentences for a party's code; raises ValueError if unknown.

    A party to the conflict is introduced as one in every sentence, whoever it is.
    """
    return _KINDS[Party(party)]


# Named by what they are and never by other words: it could harm the person.
_NAMELESS = frozenset({"witness", "field"})


def introduced(kind: str, attribution: Mapping[str, str]) -> dict[str, Filling]:
    """Return the values that open a sentence: the source's own phrase where it has one.

    `attribution` holds whole phrases by language, such as "According to Russian information"; in a
    language without one the words for the kind of source stand.
    """
    phrases = {code: tidy(attribution.get(code, "")) for code in catalogue.LANGUAGES}
    kinds = {
        code: "named" if phrase and kind not in _NAMELESS else kind
        for code, phrase in phrases.items()
    }
    return {"source_kind": Phrase(kinds), "attribution": dict(phrases)}
