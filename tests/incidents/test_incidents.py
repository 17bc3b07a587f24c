"""Incidents and claims through the one door: every voice kept apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.fieldlog.kinds import NewEvent
from tracker.incidents.models import Claim, Incident
from tracker.incidents.queries import incidents_newest_first, voices
from tracker.intake.folding import rebuild
from tracker.intake.operations import Refused
from tracker.provenance.models import Source


def report(incident: UUID, **data: Any) -> NewEvent:
    return new_event(
        "incident.reported", data={"alleged": "A depot was set on fire.", **data}, incident=incident
    )


def claim(
    incident: UUID, stance: str, *, source: Source | None, minutes: int = 0, **data: Any
) -> NewEvent:
    return new_event(
        "incident.claimed",
        at=NOON + timedelta(minutes=minutes),
        data={"stance": stance, "says": "What is said.", **data},
        source=source,
        incident=incident,
    )


def test_claim_and_denial_stand_side_by_side(cast: Cast, road: Road) -> None:
    incident = uuid4()
    log(
        report(incident),
        claim(incident, "CLAIMS", source=road.russia, injured=2, killed=0),
        claim(incident, "DENIES", source=road.icrc),
        organisation=cast.organisation,
    )

    claimed, denied = Claim.objects.filter(incident=incident).order_by("stance")
    assert (claimed.injured, claimed.killed) == (2, 0)
    assert (denied.injured, denied.killed) == (None, None)
    assert Incident.objects.get(pk=incident).verification == "UNVERIFIED"


def test_a_claim_without_a_source_is_refused(cast: Cast, road: Road) -> None:
    incident = uuid4()
    log(report(incident), organisation=cast.organisation)

    with pytest.raises(Refused) as refused:
        log(claim(incident, "CLAIMS", source=None), organisation=cast.organisation)

    assert [finding.code for finding in refused.value.findings] == ["source_missing"]


def test_a_claim_about_nothing_known_is_refused(cast: Cast, road: Road) -> None:
    with pytest.raises(Refused) as refused:
        log(claim(uuid4(), "CLAIMS", source=road.icrc), organisation=cast.organisation)

    assert [finding.code for finding in refused.value.findings] == ["subject_unknown"]


def test_an_unknown_place_is_refused(cast: Cast, road: Road) -> None:
    with pytest.raises(Refused) as refused:
        log(report(uuid4(), place=str(uuid4())), organisation=cast.organisation)

    assert [finding.where for finding in refused.value.findings] == ["place"]


def test_an_incident_may_belong_to_a_corridor_and_a_place(cast: Cast, road: Road) -> None:
    incident = uuid4()
    event = new_event(
        "incident.reported",
        data={"alleged": "Buses were seized.", "place": str(road.corridor.origin_id)},
        incident=incident,
        corridor=road.corridor.pk,
    )
    log(event, organisation=cast.organisation)

    row = Incident.objects.get(pk=incident)
    assert (row.corridor, row.place) == (road.corridor, road.corridor.origin)


def test_an_undated_claim_has_no_time_and_stands_first(cast: Cast, road: Road) -> None:
    incident = uuid4()
    log(
        report(incident),
        claim(incident, "CLAIMS", source=road.russia),
        claim(incident, "DENIES", source=road.icrc, is_undated=True),
        organisation=cast.organisation,
    )

    found = incidents_newest_first(at=NOON).get()

    assert [each.said_at for each in found.claims.all()] == [None, NOON]


def test_what_is_said_later_is_not_known_yet(cast: Cast, road: Road) -> None:
    incident = uuid4()
    log(
        report(incident),
        claim(incident, "CLAIMS", source=road.russia),
        claim(incident, "DENIES", source=road.icrc, minutes=60),
        organisation=cast.organisation,
    )

    early = incidents_newest_first(at=NOON + timedelta(minutes=30)).get()

    assert [each.stance for each in early.claims.all()] == ["CLAIMS"]


def test_each_voice_counts_once_by_its_newest_word(cast: Cast, road: Road) -> None:
    incident = uuid4()
    log(
        report(incident),
        claim(incident, "CLAIMS", source=road.icrc),
        claim(incident, "CORRECTS", source=road.icrc, minutes=5),
        claim(incident, "CLAIMS", source=road.russia),
        claim(incident, "DENIES", source=road.russia, minutes=9),
        organisation=cast.organisation,
    )

    found = incidents_newest_first(at=NOON + timedelta(hours=1)).get()
    counted = voices(found.claims.all())

    assert (counted.claims, counted.denials, counted.neither) == (1, 1, 0)


def test_a_rebuild_gives_the_rows_that_stood(cast: Cast, road: Road) -> None:
    incident = uuid4()
    log(
        report(incident),
        claim(incident, "CLAIMS", source=road.russia, injured=2),
        new_event("incident.verified", data={"verification": "DISPUTED"}, incident=incident),
        organisation=cast.organisation,
    )
    before = (Incident.objects.values().get(), Claim.objects.values().get())
    Incident.objects.update(verification="CORROBORATED")
    Claim.objects.update(injured=9)

    rebuild()

    assert (Incident.objects.values().get(), Claim.objects.values().get()) == before
