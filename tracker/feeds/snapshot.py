"""Frozen copies of what one audience may see: the only input of every feed and public page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

# A sentence in every language it is available in: {"en": "…", "ar": "…"}; "en" is always there.
Words = dict[str, str]


@dataclass(frozen=True, slots=True)
class ExerciseLabel:
    """The watermark of an exercise: its day, its field time and how fast that runs."""

    name: str
    field_time: datetime
    speed: int


@dataclass(frozen=True, slots=True)
class StatementView:
    """One statement as its speaker made it.

    `claims` is what it says of the corridor (OPEN, ANNOUNCED, RESTRICTED, SUSPENDED, CLOSED,
    UNKNOWN);
    `grade` is source reliability and information credibility, such as "C3".
    """

    id: str
    who: str
    who_detail: str
    party: str
    grade: str
    first_hand: bool
    claims: str
    says: str
    said_at: datetime
    source_title: str
    source_url: str
    corrected: bool = False
    corrected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WindowView:
    """A passage window [opens_at, closes_at): ANNOUNCED, CONFIRMED or CANCELLED.

    `said_at` is the field time of the word that made it what it is now.
    """

    id: str
    opens_at: datetime
    closes_at: datetime
    state: str
    who: str
    moved_from: datetime | None = None
    said_at: datetime | None = None
    sentence: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One attempt with a known end; `None` is "not reported" and never zero."""

    id: str
    number: int
    day: date
    outcome: str
    stage: str
    reason: str
    reason_code: str
    buses: int | None
    private_cars: int | None
    people_planned: int | None
    people_arrived: int | None
    agreed: str
    source_title: str
    source_url: str


@dataclass(frozen=True, slots=True)
class DayView:
    """The status that a day ended with, for the row of days."""

    day: date
    status: str


@dataclass(frozen=True, slots=True)
class AgreementView:
    """One of the eleven points: AGREED, ONE_SIDE, CONTESTED or SILENT, and what rests behind it."""

    key: str
    label: str
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class PointView:
    """A named point of the route: GATE, ORDINARY or TOWN; km by road, position in degrees."""

    name: str
    km: float
    lat: float | None
    lon: float | None
    kind: str


@dataclass(frozen=True, slots=True)
class BaseRate:
    """How often attempts came through before: fully, partly, not, of `n` with a known end."""

    n: int
    arrived: int
    partly: int
    not_through: int


@dataclass(frozen=True, slots=True)
class CorridorView:
    """One corridor as this audience sees it; lengths in km by road, times aware.

    `line` is the first part of `sentence`, for lists: the status, by whom and how sure.
    """

    slug: str
    name: str
    origin: str
    destination: str
    length_km: float | None
    length_note: str
    time_zone: str
    status: str
    status_since: datetime | None
    last_word_at: datetime | None
    stale: bool
    basis: str
    sentence: Words
    statements: tuple[StatementView, ...] = ()
    windows: tuple[WindowView, ...] = ()
    attempts: tuple[AttemptView, ...] = ()
    days: tuple[DayView, ...] = ()
    agreement: tuple[AgreementView, ...] = ()
    agreed_count: int = 0
    base_rate: BaseRate | None = None
    points: tuple[PointView, ...] = ()
    next_update_by: datetime | None = None
    status_words: Words = field(default_factory=dict)
    line: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimView:
    """One voice about an incident: CLAIMS, DENIES, NEITHER, CORRECTS; casualties as it says."""

    who: str
    party: str
    stance: str
    says: str
    said_on: date | None
    injured: int | None
    killed: int | None
    source_title: str
    source_url: str


@dataclass(frozen=True, slots=True)
class IncidentView:
    """What is alleged to have happened, with every claim side by side."""

    id: str
    day: date
    place: str
    alleged: str
    verification: str
    corridor_slugs: tuple[str, ...]
    claims: tuple[ClaimView, ...] = ()


@dataclass(frozen=True, slots=True)
class JourneyView:
    """A convoy that this audience may know of, after its delay; counts already rounded."""

    headline: Words
    corridor_slug: str
    day: date


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that one audience may see at one moment."""

    audience: str
    base_url: str
    headline: Words
    corridors: tuple[CorridorView, ...]
    incidents: tuple[IncidentView, ...] = ()
    journeys: tuple[JourneyView, ...] = ()
    exercise: ExerciseLabel | None = None
    credits: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a document was made, until when to rely on it (machine time, aware), its revision."""

    revision: int
    generated_at: datetime
    valid_until: datetime
