"""The public snapshot says who says so, claims no more than it knows, and is public alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.factories import NOON, Road, log, make_road, new_event
from tests.situation.scenes import field
from tracker.feeds.snapshot import CorridorView, Snapshot
from tracker.provenance.models import Source
from tracker.situation.builder import build_public
from tracker.situation.terms import public_terms

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def snapshot(at: datetime = NOON) -> Snapshot:
    return build_public(clock=field(at), terms=public_terms())


def corridor(at: datetime = NOON) -> CorridorView:
    return snapshot(at).corridors[0]


def state(
    road: Road,
    cast: Cast,
    source: Source,
    claims: str,
    *,
    at: datetime = NOON,
    is_public: bool = True,
) -> None:
    """Record what a source says of the corridor."""
    data = {
        "says": f"{source.name} says {claims}.",
        "claims": claims,
        "is_public": is_public,
        "credibility": 4,
        "source_title": "Interfax",
        "source_url": "https://example.org/word",
    }
    log(
        new_event("corridor.stated", corridor=road.corridor.pk, source=source, data=data, at=at),
        organisation=cast.organisation,
    )


def act(road: Road, cast: Cast, kind: str, *, at: datetime = NOON, reason: str = "") -> None:
    """Record an act of the operator."""
    log(
        new_event(f"corridor.{kind}", corridor=road.corridor.pk, at=at, reason=reason),
        organisation=cast.organisation,
        by=cast.coordinator,
    )


def test_a_party_claim_never_opens_a_corridor(cast: Cast, road: Road) -> None:
    state(road, cast, road.russia, "OPEN")

    view = corridor()

    assert view.status == "ANNOUNCED"
    assert view.line["en"].startswith("According to Russian information, the corridor from")
    assert "Not confirmed from the field." in view.line["en"]
    assert snapshot().headline["en"] == "No corridor is confirmed open"
    assert view.basis == "Russian Ministry of Defence"


def test_nobodys_hour_is_put_in_the_mouth_of_another(cast: Cast, road: Road) -> None:
    state(road, cast, road.russia, "ANNOUNCED", at=NOON - 2 * HOUR)
    opens_at, closes_at = NOON + HOUR, NOON + 3 * HOUR
    window = {"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()}

    def announce(source: Source) -> str:
        announced = new_event(
            "window.announced",
            corridor=road.corridor.pk,
            window=uuid4(),
            source=source,
            at=NOON - HOUR,
            data=window,
        )
        log(announced, organisation=cast.organisation)
        return corridor().line["en"]

    by_another, by_the_speaker = announce(road.icrc), announce(road.russia)

    assert "is to open (time not known)" in by_another
    assert "is to open (1 April 2022, 13:12 UTC+3)" in by_the_speaker


def test_a_private_announcement_is_neither_told_nor_hinted_at(cast: Cast, road: Road) -> None:
    before = snapshot()

    state(road, cast, road.russia, "OPEN", is_public=False)

    assert snapshot() == before


def test_a_private_word_that_the_road_is_shut_takes_the_green_away_and_names_nobody(
    cast: Cast, road: Road
) -> None:
    act(road, cast, "confirmed", at=NOON - HOUR)
    state(road, cast, road.icrc, "CLOSED", is_public=False)

    view = corridor()

    assert view.status == "UNKNOWN"
    assert view.status_since is None
    assert view.last_word_at == NOON - HOUR
    assert "ICRC" not in repr(view)


def test_an_operators_act_opens_and_stands_in_the_table_as_our_own(cast: Cast, road: Road) -> None:
    state(road, cast, road.russia, "ANNOUNCED", at=NOON - 2 * HOUR)
    act(road, cast, "confirmed", reason="two buses of M1 passed")

    view = corridor()

    ours, theirs = view.statements
    assert view.status == "OPEN"
    assert (ours.who, ours.first_hand, ours.claims) == ("Corridor Operator", True, "OPEN")
    assert ours.says.startswith("Confirmed from the field (1 April 2022, 12:12 UTC+3)")
    assert (theirs.grade, theirs.source_url) == ("D4", "https://example.org/word")
    assert "M1" not in repr(view)


def test_an_open_corridor_nobody_confirms_again_becomes_unknown_with_its_age(
    cast: Cast, road: Road
) -> None:
    act(road, cast, "confirmed")

    view = corridor(NOON + 6 * HOUR)

    assert view.status == "UNKNOWN"
    assert view.line["en"].startswith("Last word (Corridor Operator, 1 April 2022, 12:12 UTC+3)")
    assert "We do not know whether this is still so." in view.line["en"]


def test_a_contradiction_shows_both_sides(cast: Cast, road: Road) -> None:
    act(road, cast, "confirmed", at=NOON - HOUR)
    state(road, cast, road.icrc, "CLOSED")

    line = corridor().line["en"]

    assert "Sources contradict each other" in line
    assert "Corridor Operator: open. ICRC: closed." in line


def test_a_humanitarian_voice_of_today_says_that_nothing_is_clear(cast: Cast, road: Road) -> None:
    state(road, cast, road.russia, "ANNOUNCED", at=NOON - HOUR)
    state(road, cast, road.icrc, "UNKNOWN")

    assert (
        "It is not yet clear whether an evacuation will take place today."
        in (corridor().line["en"])
    )
    assert "It is not yet clear" not in corridor(NOON + 14 * HOUR).line["en"]


def test_a_statement_said_later_than_now_is_not_shown(cast: Cast, road: Road) -> None:
    state(road, cast, road.icrc, "UNKNOWN", at=NOON + HOUR)

    assert corridor().statements == ()
    assert len(corridor(NOON + HOUR).statements) == 1


def test_a_corridor_that_is_not_public_is_absent(cast: Cast, road: Road) -> None:
    hidden = make_road(operator=cast.organisation, slug="hidden-road")
    type(hidden.corridor).objects.filter(pk=hidden.corridor.pk).update(is_public=False)

    assert [view.slug for view in snapshot().corridors] == ["mariupol-zaporizhzhia"]


def test_a_window_says_who_plans_it_and_that_its_time_has_passed(cast: Cast, road: Road) -> None:
    opens_at, closes_at = NOON + HOUR, NOON + 5 * HOUR
    log(
        new_event(
            "window.announced",
            corridor=road.corridor.pk,
            window=uuid4(),
            source=road.russia,
            data={"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()},
        ),
        organisation=cast.organisation,
    )

    before, after = corridor().windows[0], corridor(opens_at).windows[0]

    assert before.who == "Russian Ministry of Defence"
    assert "passage is planned" in before.sentence["en"]
    assert "We do not know whether the corridor opened." not in before.sentence["en"]
    assert "We do not know whether the corridor opened." in after.sentence["en"]


def test_days_and_base_rate_come_from_public_attempts_with_a_known_end(
    cast: Cast, road: Road
) -> None:
    ends = [
        ("2022-03-30", "FAILED", True),
        ("2022-03-31", "PARTLY_SUCCEEDED", True),
        ("2022-03-29", "SUCCEEDED", False),
    ]
    for day, outcome, is_public in ends:
        attempt = uuid4()
        log(
            new_event(
                "attempt.planned",
                at=NOON - 80 * HOUR,
                attempt=attempt,
                corridor=road.corridor.pk,
                data={"day": day, "is_public": is_public, "source_title": "CNN"},
            ),
            new_event(
                "attempt.ended",
                at=NOON - 20 * HOUR,
                attempt=attempt,
                corridor=road.corridor.pk,
                data={"outcome": outcome, "is_day_only": True, "reason": "shelling"},
            ),
            organisation=cast.organisation,
        )

    view = corridor()

    assert [(str(day.day), day.status) for day in view.days] == [
        ("2022-03-30", "CLOSED"),
        ("2022-03-31", "RESTRICTED"),
    ]
    assert view.base_rate is not None
    assert (view.base_rate.n, view.base_rate.partly, view.base_rate.not_through) == (2, 1, 1)
    assert [attempt.number for attempt in view.attempts] == [2, 1]


def test_only_what_was_agreed_in_public_counts_towards_the_eleven(cast: Cast, road: Road) -> None:
    for item, is_public in (("DESTINATION", True), ("TIME", False)):
        data = {"item": item, "party": "HUMANITARIAN", "position": "AGREED", "is_public": is_public}
        log(
            new_event("agreement.stated", corridor=road.corridor.pk, source=road.icrc, data=data),
            organisation=cast.organisation,
        )

    view = corridor()

    states = {point.key: point.state for point in view.agreement}
    assert (view.agreed_count, len(view.agreement)) == (1, 11)
    assert (states["DESTINATION"], states["TIME"]) == ("AGREED", "SILENT")


def test_an_incident_shows_public_claims_alone(cast: Cast, road: Road) -> None:
    incident = uuid4()
    claims = (("CLAIMS", road.russia, True), ("DENIES", road.icrc, False))
    log(
        new_event(
            "incident.reported",
            incident=incident,
            corridor=road.corridor.pk,
            data={"kind": "AIR_STRIKE", "alleged": "A depot was hit.", "is_public": True},
        ),
        *(
            new_event(
                "incident.claimed",
                incident=incident,
                source=source,
                data={"stance": stance, "says": "It was so.", "is_public": is_public},
            )
            for stance, source, is_public in claims
        ),
        organisation=cast.organisation,
    )

    (view,) = snapshot().incidents

    assert view.corridor_slugs == ("mariupol-zaporizhzhia",)
    assert [(claim.who, claim.stance) for claim in view.claims] == [
        ("Russian Ministry of Defence", "CLAIMS")
    ]


def test_a_snapshot_costs_a_fixed_number_of_queries_per_corridor(cast: Cast, road: Road) -> None:
    with CaptureQueriesContext(connection) as one:
        snapshot()
    make_road(operator=cast.organisation, slug="second-road")
    make_road(operator=cast.organisation, slug="third-road")
    with CaptureQueriesContext(connection) as three:
        snapshot()

    assert len(one) <= 14
    assert len(three) - len(one) <= 2 * 10
