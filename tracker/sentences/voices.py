"""Name the kind of a voice: which words introduce what it says."""

from __future__ import annotations

from tracker.provenance.models import Party

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
