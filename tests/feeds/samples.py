"""Snapshots for the tests of the feeds: one made by hand, and any that could be typed."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import strategies as st

from tracker.feeds.snapshot import (
    AgreementView,
    AttemptView,
    BaseRate,
    ClaimView,
    CorridorView,
    DayView,
    ExerciseLabel,
    IncidentView,
    JourneyView,
    PointView,
    Snapshot,
    Stamp,
    StatementView,
    WindowView,
)

STAMP = Stamp(
    revision=7,
    generated_at=datetime(2026, 5, 1, 12, 0, tzinfo=UTC),
    valid_until=datetime(2026, 5, 1, 12, 10, tzinfo=UTC),
)
LATER_STAMP = Stamp(
    revision=8,
    generated_at=datetime(2026, 5, 1, 12, 1, tzinfo=UTC),
    valid_until=datetime(2026, 5, 1, 12, 11, tzinfo=UTC),
)
EXERCISE = ExerciseLabel(
    name="1 April 2022", field_time=datetime(2022, 4, 1, 11, 10, tzinfo=UTC), speed=60
)
SAID_AT = datetime(2022, 3, 31, 18, 0, tzinfo=UTC)


WINDOW = WindowView(
    id="w-1",
    opens_at=datetime(2022, 4, 1, 7, 0, tzinfo=UTC),
    closes_at=datetime(2022, 4, 1, 15, 0, tzinfo=UTC),
    state="ANNOUNCED",
    who="Russian defence ministry",
    said_at=SAID_AT,
    sentence={"en": "Passage is planned from 10:00 to 18:00."},
)
ATTEMPT = AttemptView(
    id="a-4",
    number=4,
    day=date(2022, 3, 26),
    outcome="FAILED",
    stage="Vasylivka",
    reason="held overnight",
    reason_code="checkpoint_closed",
    buses=50,
    private_cars=None,
    people_planned=None,
    people_arrived=None,
    agreed="contested",
    source_title="CNN",
    source_url="https://example.org/attempt",
)


def statement(**changes: object) -> StatementView:
    fields: dict[str, object] = {
        "id": "s-1",
        "who": "Russian defence ministry",
        "who_detail": "M. Mizintsev",
        "party": "Russia",
        "grade": "C3",
        "first_hand": True,
        "claims": "ANNOUNCED",
        "says": "The corridor opens at 10:00 on Friday.",
        "said_at": SAID_AT,
        "source_title": "Interfax",
        "source_url": "https://example.org/statement",
    }
    return StatementView(**(fields | changes))  # type: ignore[arg-type]  # a test names any field


def corridor(**changes: object) -> CorridorView:
    fields: dict[str, object] = {
        "slug": "mariupol-zaporizhzhia",
        "name": "Mariupol – Zaporizhzhia",
        "origin": "Mariupol",
        "destination": "Zaporizhzhia",
        "length_km": 290.5,
        "length_note": "by road (AP); announced as 220 km",
        "time_zone": "Europe/Kyiv",
        "status": "ANNOUNCED",
        "status_since": SAID_AT,
        "last_word_at": datetime(2022, 4, 1, 6, 30, tzinfo=UTC),
        "stale": False,
        "basis": "according to Russian information",
        "sentence": {
            "en": "According to a party to the conflict, the corridor is to open.",
            "ar": "وفقاً لأحد أطراف النزاع، من المقرر فتح الممر.",
        },
        "statements": (statement(),),
        "windows": (WINDOW,),
        "attempts": (ATTEMPT,),
        "days": (DayView(day=date(2022, 3, 31), status="RESTRICTED"),),
        "agreement": (AgreementView(key="time", label="Time", state="ONE_SIDE", note=""),),
        "agreed_count": 0,
        "base_rate": BaseRate(n=18, arrived=5, partly=6, not_through=7),
        "points": (
            PointView(name="Mariupol", km=0, lat=47.09514, lon=37.54131, kind="TOWN"),
            PointView(name="Vasylivka", km=235, lat=47.44218, lon=35.28213, kind="GATE"),
            PointView(name="Kamianske", km=250, lat=None, lon=None, kind="ORDINARY"),
            PointView(name="Zaporizhzhia", km=290.5, lat=47.85167, lon=35.11714, kind="TOWN"),
        ),
        "status_words": {"en": "announced", "ar": "مُعلَن"},
    }
    return CorridorView(**(fields | changes))  # type: ignore[arg-type]  # a test names any field


def snapshot(**changes: object) -> Snapshot:
    fields: dict[str, object] = {
        "audience": "public",
        "base_url": "https://evacuation.example.org",
        "headline": {"en": "No corridor is confirmed open", "ar": "لم يُؤكَّد فتح أي ممر"},
        "corridors": (corridor(),),
        "incidents": (
            IncidentView(
                id="i-1",
                day=date(2022, 4, 1),
                place="Belgorod",
                alleged="an attack on a fuel depot",
                verification="UNVERIFIED",
                corridor_slugs=("mariupol-zaporizhzhia",),
                claims=(
                    ClaimView(
                        who="Governor of Belgorod",
                        party="Russia",
                        stance="CLAIMS",
                        says="Two helicopters struck the depot.",
                        said_on=date(2022, 4, 1),
                        injured=2,
                        killed=None,
                        source_title="TASS",
                        source_url="https://example.org/claim",
                    ),
                ),
            ),
        ),
        "journeys": (
            JourneyView(
                headline={"en": "People have arrived"},
                corridor_slug="mariupol-zaporizhzhia",
                day=date(2022, 3, 31),
            ),
        ),
        "credits": ("Place names: GeoNames, CC BY 4.0",),
    }
    return Snapshot(**(fields | changes))  # type: ignore[arg-type]  # a test names any field


# What a phone, a copied web page or an attacker may put into a field.
_NASTY = st.sampled_from(
    [
        "",
        "]]>",
        "<script>alert(1)</script>",
        "&amp;&#0;",
        '"\\',
        "javascript:alert(1)",
        "a\x00b\x0b\x1f\x7f",
        "\u202eopen\u2066\u200b\ufeff",
        "\ud83d",
        "\ufffe\uffff",
        "👨‍👩‍👧 🇺🇦",
        "مفتوح",
        "line\r\nline\u2028line",
        "x" * 100_000,
        "http://[",
        "2022-04-01",
    ]
)
TYPED = st.one_of(_NASTY, st.text(st.characters(), max_size=20))
_WORDS = st.dictionaries(st.sampled_from(["en", "uk", "ar", "xx"]), TYPED, max_size=3)
_MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 (hypothesis adds the zone itself)
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001 (same)
    timezones=st.just(UTC),
)
_NUMBERS = st.one_of(st.none(), st.floats(), st.integers(-200, 200).map(float))


def _any(view: type) -> st.SearchStrategy[object]:
    """Build a view with anything in every field; the field's type picks the strategy."""
    by_type = {
        "str": TYPED,
        "Words": _WORDS,
        "bool": st.booleans(),
        "int": st.integers(0, 10**6),
        "int | None": st.one_of(st.none(), st.integers(0, 10**6)),
        "float": st.floats(),
        "float | None": _NUMBERS,
        "datetime": _MOMENTS,
        "datetime | None": st.one_of(st.none(), _MOMENTS),
        "date": st.dates(),
        "date | None": st.one_of(st.none(), st.dates()),
        "BaseRate | None": st.none(),
        "ExerciseLabel | None": st.one_of(st.none(), st.deferred(lambda: _any(ExerciseLabel))),
        "tuple[str, ...]": st.lists(TYPED, max_size=2).map(tuple),
    }
    views = {
        f"tuple[{kind.__name__}, ...]": kind
        for kind in (
            AgreementView, AttemptView, ClaimView, CorridorView, DayView, IncidentView,
            JourneyView, PointView, StatementView, WindowView,
        )
    }  # fmt: skip
    drawn = {}
    for name, kind in view.__annotations__.items():
        if kind in views:
            drawn[name] = st.lists(_any(views[kind]), max_size=2).map(tuple)
        else:
            drawn[name] = by_type[kind]
    return st.builds(view, **drawn)


ANY_SNAPSHOT = _any(Snapshot)
