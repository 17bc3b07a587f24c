"""Kinds of log event about incidents."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from tracker.corridors.models import Place
from tracker.fieldlog.kinds import Data, Finding, Kind, NewEvent

Text = Annotated[str, Meta(max_length=4000)]
Line = Annotated[str, Meta(max_length=300)]
Url = Annotated[str, Meta(max_length=600, pattern=r"^(https?://\S+)?$")]
Reference = Annotated[str, Meta(max_length=12)]
Casualties = Annotated[int, Meta(ge=0, le=10_000_000)]


class Reported(Data, frozen=True, kw_only=True):
    """What is alleged to have happened: one sentence that can be claimed or denied.

    `place` is a place of this house by id, `place_text` the words where that says too little.
    """

    alleged: Annotated[str, Meta(min_length=1, max_length=4000)]
    kind: Literal[
        "SHELLING",
        "AIR_STRIKE",
        "SHOOTING",
        "MINE",
        "SEIZURE",
        "DETENTION",
        "OBSTRUCTION",
        "OTHER",
    ] = "OTHER"
    severity: Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"] = "MEDIUM"
    place: UUID | None = None
    place_text: Annotated[str, Meta(max_length=200)] = ""
    is_day_only: bool = False
    is_public: bool = False
    source_title: Line = ""
    source_url: Url = ""
    record_ref: Reference = ""


class Claimed(Data, frozen=True, kw_only=True):
    """One voice about the incident; casualties as it names them, `None` where it names none.

    `is_undated`: when it was said is not known, and the event's time says nothing of it.
    """

    stance: Literal["CLAIMS", "DENIES", "NEITHER", "CORRECTS"]
    says: Annotated[str, Meta(min_length=1, max_length=4000)]
    injured: Casualties | None = None
    killed: Casualties | None = None
    is_undated: bool = False
    is_public: bool = False
    source_title: Line = ""
    source_url: Url = ""
    record_ref: Reference = ""


class Verified(Data, frozen=True, kw_only=True):
    """How far a reviewer has checked the allegation, and on what grounds."""

    verification: Literal[
        "UNVERIFIED", "PARTLY_CORROBORATED", "CORROBORATED", "DISPUTED", "RETRACTED"
    ]
    note: Text = ""


def _check_place(_event: NewEvent, data: Reported) -> list[Finding]:
    if data.place is None or Place.objects.filter(pk=data.place).exists():
        return []
    return [Finding("subject_unknown", "place", {"subject": "place"})]


def _check_source(event: NewEvent, _data: Any) -> list[Finding]:
    return [] if event.source_id else [Finding("source_missing", "source")]


_LINKS = ("corridor", "convoy", "checkpoint")

KINDS = (
    Kind(
        "incident.reported",
        "incident",
        Reported,
        creates="incident",
        allows=_LINKS,
        check=_check_place,
    ),
    Kind("incident.claimed", "incident", Claimed, allows=_LINKS, check=_check_source),
    Kind("incident.verified", "incident", Verified, allows=_LINKS),
)
