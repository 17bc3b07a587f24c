"""The trackers and the scene of a replay: marked as constructed, harmless to play again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tracker.convoys.models import Convoy
from tracker.convoys.queries import silences_of
from tracker.corridors.models import ContactLeg
from tracker.devices.models import Device
from tracker.management.demo_accounts import OPERATOR, find_crew, make_accounts
from tracker.management.record_setup import set_up
from tracker.management.replay_playing import Player
from tracker.management.replay_scene import set_scene
from tracker.management.replay_script import BadScriptError, Script, path_of_day, read_script
from tracker.management.replay_tracks import MARK, Track, Trackers, read_tracks
from tracker.organisations.models import Organisation
from tracker.positions.models import PositionFix, VehicleTrack
from tracker.positions.queries import span_of, tracks_of
from tracker.reception.models import ReceptionCentre

DAY = path_of_day("2022-04-01")
MACHINE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def script() -> Script:
    return read_script(DAY)


@pytest.fixture
def player(db: None, tmp_path: Path, script: Script) -> Player:
    """Return a player of the day with its scene set."""
    make_accounts(tmp_path / "accounts.txt")
    operator = Organisation.objects.get(name=OPERATOR)
    setting = set_up(settings.BASE_DIR / "record", organisation=operator)
    setting.corridor(origin=setting.places["Zaporizhzhia"], destination=setting.places["Mariupol"])
    set_scene(DAY, organisation=operator)
    crew = find_crew()
    assert crew is not None
    return Player(script, crew=crew, say=lambda _line: None)


def trackers() -> Trackers:
    """Return the trackers as a new start makes them."""
    crew = find_crew()
    assert crew is not None
    return Trackers(read_tracks(DAY), crew=crew, machine_now=MACHINE)


def clock(script: Script, hour: int, minute: int = 0) -> datetime:
    return script.begins_at.replace(hour=hour, minute=minute)


def test_a_tracker_is_where_its_timetable_has_it_and_tells_late_what_it_saw_while_quiet() -> None:
    at = datetime(2022, 4, 1, 6, 0, tzinfo=UTC)

    def after(minutes: int) -> datetime:
        return at + timedelta(minutes=minutes)

    track = Track(
        label="First bus",
        convoy="M1",
        vehicle="B01",
        every=timedelta(minutes=5),
        timetable=((at, 0.0), (after(60), 30.0), (after(90), 30.0)),
        quiet=((after(10), after(30)),),
    )

    assert [track.km_at(after(each)) for each in (-5, 0, 20, 60, 75, 200)] == [0, 0, 10, 30, 30, 30]
    assert [len(track.told_by(after(each))) for each in (0, 9, 29, 30)] == [1, 2, 2, 7]


def test_every_tracker_and_every_part_of_the_scene_says_that_it_is_constructed(
    player: Player, script: Script
) -> None:
    player.play_until(clock(script, 9))
    trackers().play_until(clock(script, 9))

    named = [
        *Device.objects.values_list("label", flat=True),
        *ReceptionCentre.objects.values_list("name", flat=True),
        *ContactLeg.objects.values_list("why", flat=True),
    ]
    assert len(named) == 6
    assert all(MARK in name for name in named)


def test_before_the_column_is_planned_no_tracker_tells_anything(
    player: Player, script: Script
) -> None:
    assert trackers().play_until(clock(script, 9)) == 0
    assert not Device.objects.exists()


def test_while_the_column_is_held_its_trackers_stand_at_the_barrier(
    player: Player, script: Script
) -> None:
    player.play_until(clock(script, 15, 20))
    trackers().play_until(clock(script, 15, 20))

    convoy = Convoy.objects.get(code="M1")
    span = span_of(tracks_of([convoy])[convoy.pk])
    assert span is not None
    assert span.lead_km == pytest.approx(149.3, abs=0.2)
    assert span.tail_km == pytest.approx(146.3, abs=0.2)
    assert (convoy.state, convoy.head_km) == ("HELD", 149.3)


def test_nothing_that_a_tracker_of_the_day_says_is_odd(player: Player, script: Script) -> None:
    player.play_until(script.ends_at)
    for hour in range(8, 21):
        trackers().play_until(min(clock(script, hour, 30), script.ends_at))

    assert PositionFix.objects.count() > 300
    assert not PositionFix.objects.exclude(flags=[]).exists()
    strays = ("off_route_since", "separated_since", "flagged_since")
    seen = [set(row.values()) for row in VehicleTrack.objects.values(*strays)]
    assert seen == [{None}] * 3


def test_to_play_a_moment_again_says_nothing_new(player: Player, script: Script) -> None:
    player.play_until(clock(script, 10))
    going = trackers()
    first = going.play_until(clock(script, 10))
    stored = set(PositionFix.objects.values_list("device", "fixed_at", "lat", "lon"))

    assert first > 50
    assert going.play_until(clock(script, 10)) == 0
    trackers().play_until(clock(script, 10))
    assert set(PositionFix.objects.values_list("device", "fixed_at", "lat", "lon")) == stored
    assert Device.objects.count() == 3


def test_the_stretches_of_the_scene_leave_the_silences_of_the_day_as_they_are(
    player: Player, script: Script
) -> None:
    player.play_until(script.ends_at)

    convoy = Convoy.objects.get(code="M1")
    spells = silences_of([convoy])[convoy.pk].silence.spells
    in_the_day = [spell for spell in spells if spell.began_at < script.ends_at]
    assert len(in_the_day) == 4
    assert all(spell.ended for spell in in_the_day)


def test_the_scene_is_set_once_and_what_was_changed_since_stays(player: Player) -> None:
    operator = Organisation.objects.get(name=OPERATOR)
    ReceptionCentre.objects.update(capacity=90)

    again = set_scene(DAY, organisation=operator)

    assert again == 0
    assert ReceptionCentre.objects.get().capacity == 90
    assert ContactLeg.objects.count() == 2


def test_a_scene_in_no_place_is_refused_in_words(db: None, tmp_path: Path, player: Player) -> None:
    spoiled = tmp_path / "script.json"
    spoiled.write_text('{"scene": {"centres": [{"name": "A", "place": "Nowhere", "capacity": 1}]}}')

    with pytest.raises(BadScriptError, match="has no scene"):
        set_scene(spoiled, organisation=Organisation.objects.get(name=OPERATOR))
