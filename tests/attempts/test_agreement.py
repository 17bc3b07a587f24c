"""When a point counts as agreed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.attempts.agreement import state_of_point
from tracker.attempts.models import AgreementPosition
from tracker.attempts.queries import agreement_of, positions_of
from tracker.intake.folding import rebuild


@pytest.mark.parametrize(
    ("by_party", "state"),
    [
        ({}, "SILENT"),
        ({"PARTY_A": "SILENT"}, "SILENT"),
        ({"PARTY_A": "AGREED"}, "ONE_SIDE"),
        ({"PARTY_A": "AGREED", "PARTY_B": "SILENT"}, "ONE_SIDE"),
        ({"PARTY_A": "AGREED", "PARTY_B": "AGREED"}, "AGREED"),
        ({"HUMANITARIAN": "AGREED"}, "AGREED"),
        ({"MEDIA": "AGREED"}, "SILENT"),
        ({"FIELD": "AGREED", "LOCAL": "AGREED"}, "SILENT"),
        ({"PARTY_A": "AGREED", "PARTY_B": "CONTESTED"}, "CONTESTED"),
        ({"HUMANITARIAN": "AGREED", "PARTY_B": "CONTESTED"}, "CONTESTED"),
        ({"PARTY_A": "AGREED", "PARTY_B": "AGREED", "LOCAL": "CONTESTED"}, "CONTESTED"),
    ],
)
def test_a_point_needs_both_sides_or_a_neutral_and_nobody_against(
    by_party: dict[str, str], state: str
) -> None:
    assert state_of_point(by_party) == state


def state_a_position(
    cast: Cast, road: Road, item: str, party: str, position: str, *, minutes: int = 0, **more: bool
) -> None:
    data = {"item": item, "party": party, "position": position, "is_public": True, **more}
    at = NOON + timedelta(minutes=minutes)
    event = new_event("agreement.stated", at=at, data=data, corridor=road.corridor.pk)
    log(event, organisation=cast.organisation, by=cast.coordinator)


def test_the_points_agreed_are_counted_out_of_eleven(cast: Cast, road: Road) -> None:
    state_a_position(cast, road, "DESTINATION", "PARTY_A", "AGREED")
    state_a_position(cast, road, "DESTINATION", "PARTY_B", "AGREED")
    state_a_position(cast, road, "TIME", "PARTY_B", "AGREED")

    agreement = agreement_of(positions_of(corridor=road.corridor, at=NOON))

    assert (agreement.agreed, len(agreement.points), len(agreement.still_open)) == (1, 11, 10)


def test_a_position_that_its_reader_may_not_see_does_not_count_for_him(
    cast: Cast, road: Road
) -> None:
    state_a_position(cast, road, "AID", "PARTY_A", "CONTESTED")
    state_a_position(cast, road, "AID", "PARTY_A", "SILENT", minutes=5, is_public=False)
    state_a_position(cast, road, "AID", "HUMANITARIAN", "AGREED", minutes=6, is_public=False)
    positions = positions_of(corridor=road.corridor, at=NOON + timedelta(hours=1))

    inside = agreement_of(positions)
    public = agreement_of(positions.filter(is_public=True))

    assert {point.item: point.state for point in inside.points}["AID"] == "AGREED"
    assert {point.item: point.state for point in public.points}["AID"] == "CONTESTED"


def test_a_rebuild_gives_the_positions_that_stood(cast: Cast, road: Road) -> None:
    state_a_position(cast, road, "AID", "PARTY_A", "AGREED")
    state_a_position(cast, road, "AID", "PARTY_A", "CONTESTED", minutes=5)
    before = list(AgreementPosition.objects.values())
    AgreementPosition.objects.update(position="SILENT")

    rebuild()

    assert list(AgreementPosition.objects.values()) == before
    assert [row["position"] for row in before] == ["CONTESTED"]
