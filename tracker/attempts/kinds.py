"""Kinds of log event about attempts, and about the points agreed before one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from tracker.fieldlog.kinds import Data, Kind

Text = Annotated[str, Meta(max_length=4000)]
Line = Annotated[str, Meta(max_length=300)]
Url = Annotated[str, Meta(max_length=600, pattern=r"^(https?://\S+)?$")]
# The column is a 32-bit integer; nobody has moved a hundred million people in an attempt.
Count = Annotated[int, Meta(ge=0, le=100_000_000)]

StageCode = Literal[
    "NONE", "ANNOUNCED", "AGREED", "STAGED", "DEPARTED", "HELD", "TURNED_BACK", "ARRIVED"
]
PartyCode = Literal[
    "PARTY_A", "PARTY_B", "HUMANITARIAN", "FIELD", "LOCAL", "MEDIA", "COMPANY", "OTHER"
]
Reason = Literal[
    "SHELLING",
    "CHECKPOINT_DENIED",
    "CHECKPOINT_CLOSED",
    "NO_AGREEMENT",
    "NO_CONFIRMATION",
    "SECURITY",
    "MINED_ROAD",
    "WEATHER_ROAD",
    "VEHICLES_SEIZED",
    "NIGHT_HALT",
    "DIVERTED",
    "LATE_VEHICLES",
    "NONE_STATED",
]


class Planned(Data, frozen=True, kw_only=True):
    """A try to use a corridor, as announced; numbers are `None` where nobody named them.

    `counted_by` says whose numbers they are; `record_ref` is the row of an imported record.
    """

    day: date
    stage: StageCode = "ANNOUNCED"
    agreed: Literal["YES", "CONTESTED", "NO", "UNKNOWN"] = "UNKNOWN"
    announced_by: Text = ""
    buses: Count | None = None
    private_cars: Count | None = None
    people_planned: Count | None = None
    counted_by: Line = ""
    is_public: bool = False
    note: Text = ""
    source_title: Line = ""
    source_url: Url = ""
    record_ref: Annotated[str, Meta(max_length=12)] = ""


class Started(Data, frozen=True, kw_only=True):
    """The attempt has begun; `stage` is how far it has come."""

    stage: StageCode = "DEPARTED"
    note: Text = ""


class Ended(Data, frozen=True, kw_only=True):
    """How the attempt ended; `None` leaves what the plan said.

    `party` is on whose side the reason lies, empty where that is open; `is_day_only`: the hour of
    the end is not known.
    """

    outcome: Literal["SUCCEEDED", "PARTLY_SUCCEEDED", "FAILED", "CANCELLED", "UNKNOWN"]
    stage: StageCode | None = None
    reason: Text = ""
    reason_code: Reason = "NONE_STATED"
    party: PartyCode | Literal[""] = ""
    people_arrived: Count | None = None
    buses: Count | None = None
    private_cars: Count | None = None
    counted_by: Line = ""
    is_day_only: bool = False
    is_public: bool | None = None
    note: Text = ""
    source_title: Line = ""
    source_url: Url = ""


class AgreementStated(Data, frozen=True, kw_only=True):
    """What one party says of one of the eleven points of a corridor."""

    item: Literal[
        "TIME",
        "DURATION",
        "PLACES",
        "ROUTES",
        "WHO",
        "AID",
        "CHAIN_OF_COMMAND",
        "CHECKPOINT_COMMANDERS",
        "GUARANTEES",
        "MEDICAL",
        "DESTINATION",
    ]
    party: PartyCode
    position: Literal["AGREED", "CONTESTED", "SILENT"]
    note: Line = ""
    is_public: bool = False


KINDS = (
    Kind("attempt.planned", "attempt", Planned, creates="attempt", needs=("corridor",)),
    Kind("attempt.started", "attempt", Started, allows=("corridor",)),
    Kind("attempt.ended", "attempt", Ended, allows=("corridor",)),
    Kind("agreement.stated", "corridor", AgreementStated),
)
