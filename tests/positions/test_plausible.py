"""False positions are told from true ones by the track alone, whatever the way of the falsehood."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.positions import tracks
from tests.positions.tracks import Track, aside, drive, earlier_in, fix, metres_at, seconds_at
from tracker.positions import plausible
from tracker.positions.plausible import judge

# Eight of each of the five ways.
SEEDS = range(8)


def flags_of(track: Track) -> list[tuple[str, ...]]:
    return judge(track, earlier=earlier_in(track))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("make", tracks.FALSE, ids=lambda make: make.__name__)
def test_every_false_track_is_flagged(make: Callable[[random.Random], Track], seed: int) -> None:
    track = make(random.Random(seed))

    flags = flags_of(track)

    assert any(flags)
    # And what it ends with is not believed: "now" stays where it was true.
    assert flags[-1]


@pytest.mark.parametrize("make", tracks.HONEST, ids=lambda make: make.__name__)
def test_no_honest_track_is_flagged(make: Callable[[random.Random], Track]) -> None:
    found = Counter(
        flag
        for seed in range(20)
        for flags in flags_of(make(random.Random(seed)))
        for flag in flags
    )

    assert not found


def test_one_far_fix_is_a_jump_and_what_follows_it_is_true() -> None:
    track = drive(random.Random(1))
    at = track[30].at - tracks.START.timestamp()
    track[30] = fix(at, aside(track[30].place, north=40_000))

    flags = flags_of(track)

    assert flags[30] == (plausible.JUMP,)
    assert not any(flags[:30] + flags[31:])


def test_a_hundred_and_forty_km_an_hour_is_too_fast() -> None:
    rng = random.Random(2)
    before = drive(rng, fixes=10)
    fast = drive(
        rng,
        fixes=10,
        second=seconds_at(before) + 30,
        metres=metres_at(before) + 1_600,
        noise=1,
    )

    flags = flags_of(before + fast)

    assert flags[10] == (plausible.SPEED,)


def test_what_the_phone_calls_simulated_is_never_trusted() -> None:
    track = drive(random.Random(3), fixes=10)
    track[-1] = replace(track[-1], sender_flags=("MOCK",))

    assert flags_of(track)[-1] == ("MOCK",)


def test_a_first_fix_from_where_the_phone_was_switched_off_is_found_out() -> None:
    track = drive(random.Random(4))
    wrong = fix(-20, aside(track[0].place, north=80_000))

    flags = flags_of([wrong, *track])

    assert not any(flags[5:])


def test_a_jump_to_an_airport_is_not_believed_once_it_could_have_been_driven() -> None:
    track = tracks.with_a_jump(random.Random(5))

    flags = flags_of(track)

    assert all(flags[25:])


def test_a_vehicle_is_believed_again_once_it_is_back_on_its_road() -> None:
    rng = random.Random(6)
    spoofed = tracks.with_a_jump(rng)
    back = drive(rng, second=seconds_at(spoofed) + 30, metres=metres_at(spoofed[:25]) + 9_000)

    flags = flags_of(spoofed + back)

    assert not any(flags[len(spoofed) :])


def test_judging_from_a_trusted_fix_on_gives_what_judging_all_gives() -> None:
    track = tracks.with_a_jump(random.Random(7))
    every = flags_of(track)

    from_there = judge(track, start=20, earlier=earlier_in(track))

    assert from_there[20:] == every[20:]


def test_days_of_fixes_are_judged_in_a_moment() -> None:
    track = drive(random.Random(8), fixes=5_000, every=30, km_h=1)

    assert len(flags_of(track)) == 5_000
