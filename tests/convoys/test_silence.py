"""A silence begins by what we knew, is acted upon step by step, and ends by name alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.convoys.journeys import MORNING
from tracker.convoys.effects import Road, fold
from tracker.convoys.envelope import as_feature, line_between, reach_of
from tracker.convoys.ladder import next_step, steps_of
from tracker.convoys.rhythm import Heading, Leg, Rhythm, expected_after
from tracker.convoys.silence import Silence, fold_silence
from tracker.fieldlog.ordering import effective
from tracker.organisations.models import Role

CONVOY, CORRIDOR, TOKMAK, MONITOR = uuid4(), uuid4(), uuid4(), 7
ROAD = Road(km_of={TOKMAK: 100.0}, length_km=200.0)
PLAN = Rhythm(30, 15)
ZONE = Leg(60, 95, 100, 15, is_silence_zone=True, why="no network")


def at(minute: float) -> datetime:
    """Return so many minutes after the morning."""
    return MORNING + timedelta(minutes=minute)


@dataclass(frozen=True)
class Told:
    """One stored fact, by minutes; `received` is when it came, at once where not told."""

    kind: str
    minute: float
    received: float | None = None
    via: str = ""
    by: int | None = MONITOR
    checkpoint: UUID | None = None
    data: dict[str, Any] | None = None

    def fact(self) -> Any:
        """Return it as the log stores it."""
        empty = dict.fromkeys(
            ("source_id", "corrects_id", "window_id", "attempt_id", "other_convoy_id",
             "vehicle_id", "incident_id", "device_seq")
        )  # fmt: skip
        return SimpleNamespace(
            **empty,
            id=uuid5(CONVOY, repr(self)),
            kind=self.kind,
            ordered_at=at(self.minute),
            occurred_at=at(self.minute),
            received_at=at(self.minute if self.received is None else self.received),
            time_disputed=False,
            device_id="",
            via=self.via,
            by_id=self.by,
            reason="",
            data=self.data or {},
            corridor_id=CORRIDOR,
            checkpoint_id=self.checkpoint,
            convoy_id=CONVOY,
            constructed=False,
        )


PLANNED = Told("convoy.planned", -60)
LEFT = Told("convoy.departed", 0)
REACHED = Told("silence.ended", 60, data={"reached": "driver of B1", "means": "PHONE", "km": 20.0})


def silence_of(*told: Told, rhythm: Rhythm = PLAN) -> Silence:
    """Fold these facts, after the plan."""
    entries = effective([each.fact() for each in (PLANNED, *told)])
    folded = fold(entries, convoy_id=CONVOY, road=ROAD)
    assert folded is not None
    return fold_silence(folded.trail, entries, convoy_id=CONVOY, road=ROAD, rhythm=rhythm)


def test_past_interval_and_grace_a_convoy_is_dark() -> None:
    silence = silence_of(LEFT)

    assert silence.silent_from == at(45)
    assert silence.open_at(at(45)) is None
    assert silence.open_at(at(46)) is not None


def test_a_word_in_time_puts_the_alarm_off() -> None:
    assert silence_of(LEFT, Told("contact.made", 40)).silent_from == at(85)


@pytest.mark.parametrize("via", ["", "api", "phone", "sms", "link", "tracker", "paper", "import"])
@pytest.mark.parametrize("kind", ["contact.made", "convoy.arrived_at", "convoy.arrived"])
@pytest.mark.parametrize("minute", [20, 70])
def test_no_word_but_a_named_confirmation_ends_a_silence(via: str, kind: str, minute: int) -> None:
    word = Told(kind, minute, received=75, via=via, checkpoint=TOKMAK)

    silence = silence_of(LEFT, word)

    spell = silence.open_at(at(600))
    assert spell is not None
    assert (spell.began_at, spell.ended) == (at(45), None)
    assert [heard.entry.via for heard in spell.heard] == [via]


@pytest.mark.parametrize("via", ["phone", "sms", "link", "tracker", "paper", "import"])
def test_a_confirmation_by_a_device_ends_nothing(via: str) -> None:
    assert silence_of(LEFT, replace(REACHED, via=via)).open_at(at(90)) is not None


def test_a_confirmation_by_nobody_ends_nothing() -> None:
    assert silence_of(LEFT, replace(REACHED, by=None)).open_at(at(90)) is not None


def test_a_named_person_ends_it_and_the_clock_runs_anew() -> None:
    silence = silence_of(LEFT, REACHED)

    assert silence.open_at(at(61)) is None
    assert silence.silent_from == at(105)
    assert silence.spells[0].ended is not None


def test_a_late_word_shows_that_it_was_heard_of_and_leaves_it_dark() -> None:
    silence = silence_of(LEFT, Told("contact.made", 30, received=50, via="phone"))

    spell = silence.open_at(at(51))
    assert spell is not None
    assert spell.heard_in_time_at == at(30)
    assert not spell.heard[0].may_be_confirmed


def test_a_monitors_word_of_after_may_be_confirmed_with_one_tap_and_an_sms_may_not() -> None:
    words = [Told("contact.made", 70 + n, via=via) for n, via in enumerate(("phone", "sms"))]

    spell = silence_of(LEFT, *words).open_at(at(90))

    assert spell is not None
    assert [heard.may_be_confirmed for heard in spell.heard] == [True, False]


def test_a_phone_that_uploads_its_day_at_once_alarms_nobody_for_it() -> None:
    day = [
        Told("contact.made", minute, received=400 + index / 60, via="phone")
        for index, minute in enumerate((380, 60, 200, 10))
    ]

    silence = silence_of(replace(LEFT, received=400.1, via="phone"), *day)

    assert [spell.began_at for spell in silence.spells] == [at(425)]


def test_an_arrival_in_time_by_a_known_person_ends_the_watch_and_by_sms_does_not() -> None:
    known = silence_of(LEFT, Told("convoy.arrived", 40))
    by_sms = silence_of(LEFT, Told("convoy.arrived", 40, via="sms"))

    assert known.silent_from is None
    assert by_sms.silent_from == at(85)


def test_lost_contact_is_dark_at_once() -> None:
    spell = silence_of(LEFT, Told("contact.lost", 20)).open_at(at(20))

    assert spell is not None
    assert (spell.began_at, spell.why) == (at(20), "lost")


def declared(minute: float, until: float) -> Told:
    return Told("silence.declared", minute, data={"until": at(until).isoformat(), "why": "hills"})


def test_inside_a_declared_silence_nobody_is_alarmed_before_its_end() -> None:
    silence = silence_of(LEFT, declared(10, 160))

    assert silence.silent_from == at(175)
    assert silence.wait is not None
    assert (silence.wait.due_at, silence.wait.why) == (at(160), "hills")


def test_a_silence_declared_once_it_is_dark_undoes_nothing() -> None:
    assert silence_of(LEFT, declared(50, 160)).silent_from == at(45)


@pytest.mark.parametrize(
    ("heading", "due"),
    [
        (Heading(50), 100),  # it may come into the zone within its interval
        (Heading(20), 30),  # too far away for that
        (Heading(50, moves=False), 30),
        (Heading(77.5), 50),  # half of the zone lies ahead
        (Heading(96), 30),
        (Heading(100, is_back=True), 100),
        (Heading(100), 30),
        (Heading(None), 30),
    ],
)
def test_a_silence_zone_puts_the_word_off_for_who_is_or_comes_into_it(
    heading: Heading, due: int
) -> None:
    expected = expected_after(at(0), rhythm=Rhythm(30, 15, (ZONE,)), heading=heading)

    assert expected.due_at == at(due)
    assert expected.alarm_at == at(due + 15)


def test_a_leg_has_a_rhythm_of_its_own() -> None:
    rhythm = Rhythm(30, 15, (Leg(0, 50, 10, 5),))

    assert silence_of(LEFT, rhythm=rhythm).silent_from == at(15)


MINUTES = st.integers(0, 300)
WORDS = st.builds(
    Told,
    st.sampled_from(
        ["contact.made", "convoy.arrived_at", "convoy.held", "convoy.cleared", "contact.lost",
         "convoy.turned_back", "convoy.arrived", "note"]
    ),
    MINUTES,
    via=st.sampled_from(["", "phone", "sms", "link", "tracker"]),
    checkpoint=st.just(TOKMAK),
)  # fmt: skip
DELAYED = st.builds(
    lambda word, late: replace(word, received=word.minute + late), WORDS, st.integers(0, 200)
)
ENDS = st.builds(lambda minute: replace(REACHED, minute=minute), MINUTES)
LOGS = st.lists(st.one_of(DELAYED, ENDS), max_size=9)


@given(LOGS, st.randoms())
def test_any_order_of_the_log_gives_the_same_silences(log: list[Told], random: Any) -> None:
    shuffled = list(log)
    random.shuffle(shuffled)

    assert silence_of(LEFT, *shuffled, *shuffled) == silence_of(LEFT, *log)


@given(LOGS, WORDS, st.integers(1, 300))
def test_nothing_that_comes_later_makes_a_silence_vanish(
    log: list[Told], word: Told, wait: int
) -> None:
    known = [each for each in log if (each.received or each.minute) <= 300]
    before = silence_of(LEFT, *known)
    late = replace(word, received=max(300, word.minute) + wait)
    now = at(max(300, word.minute) + wait)

    after = silence_of(LEFT, *known, late)

    begun = [spell.began_at for spell in before.spells if spell.began_at < now]
    assert [spell.began_at for spell in after.spells][: len(begun)] == begun


@given(LOGS)
def test_every_silence_ends_by_a_named_entry_or_not_at_all(log: list[Told]) -> None:
    spells = silence_of(LEFT, *log).spells

    for spell in spells[:-1]:
        assert spell.ended is not None
        assert spell.ended.kind == "silence.ended"
        assert spell.ended.at >= spell.began_at


def test_steps_are_due_one_after_the_other_each_with_its_owner() -> None:
    call = Told("silence.step_taken", 50, data={"step": "CALL", "outcome": "NO_ANSWER"})
    spell = silence_of(LEFT, call).open_at(at(90))
    assert spell is not None

    steps = steps_of(began_at=spell.began_at, taken=spell.steps, at=at(90))

    # 45 minutes in the dark: the third step is due since 30, overdue from 45 on.
    assert [step.state for step in steps] == ["done", "overdue", "overdue", "coming", "coming"]
    coming = next_step(steps)
    assert coming is not None
    assert (coming.code, coming.due_at, coming.rule.owner) == (
        "SECOND_DEVICE",
        at(60),
        Role.DISPATCHER,
    )


def test_the_reach_grows_with_time_from_the_last_sure_place_and_stops_at_the_end() -> None:
    silence = silence_of(
        Told("convoy.departed", 0),
        Told("convoy.arrived_at", 40, checkpoint=TOKMAK),
        Told("contact.made", 100, via="sms", data={"km": 150.0}),
    )
    spell = silence.open_at(at(130))
    assert spell is not None
    assert spell.point is not None
    assert spell.guess is not None

    reach = reach_of(km=spell.point.km, since=spell.point.at, at=at(130), length_km=200)

    assert (reach.low_km, reach.high_km, reach.near_km) == (100, 152.5, 137.5)
    assert spell.guess.km == 150
    assert reach_of(km=100, since=at(0), at=at(600), length_km=200).high_km == 200
    back = reach_of(km=100, since=at(0), at=at(60), length_km=200, is_back=True)
    assert (back.low_km, back.high_km) == (65, 100)


def test_the_reach_is_a_line_on_the_road_and_null_where_the_line_is_unknown() -> None:
    path = [(37.0, 47.0), (36.0, 47.0), (35.0, 47.0)]
    reach = reach_of(km=50, since=at(0), at=at(60), length_km=200)

    line = line_between(path, from_km=50, until_km=85, length_km=200)
    feature = as_feature(reach, path=[], length_km=200, properties={"convoy": "M1"})

    assert line == [pytest.approx((36.5, 47.0)), pytest.approx((36.15, 47.0))]
    assert feature["geometry"] is None
    assert feature["properties"] == {"convoy": "M1", "from_km": 50.0, "until_km": 85.0}
