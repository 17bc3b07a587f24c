"""The order of the log: a set of events has one history, however it arrived."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.facts import NOON, Fact
from tracker.fieldlog.ordering import effective, standing


@st.composite
def histories(draw: st.DrawFn) -> list[Fact]:
    facts = [
        Fact(
            ordered_at=NOON + timedelta(minutes=draw(st.integers(0, 5))),
            device_id=draw(st.sampled_from(["", "m1", "m2"])),
            device_seq=draw(st.none() | st.integers(0, 3)),
            time_disputed=draw(st.booleans()),
            data={"n": number},
        )
        for number in range(draw(st.integers(1, 6)))
    ]
    for _ in range(draw(st.integers(0, 4))):
        target = draw(st.sampled_from(facts[:1] + [each for each in facts if each.kind == "note"]))
        facts.append(
            Fact(
                kind="correction",
                corrects_id=target.id,
                ordered_at=NOON + timedelta(minutes=draw(st.integers(0, 9))),
                data={
                    "data": {"n": draw(st.integers(100, 103))},
                    "withdraw": draw(st.booleans()),
                    "occurred_at": draw(
                        st.none() | st.just((NOON + timedelta(hours=1)).isoformat())
                    ),
                },
            )
        )
    return facts


@given(facts=histories(), data=st.data())
def test_any_arrival_order_and_any_duplicates_give_the_same_history(
    facts: list[Fact], data: st.DataObject
) -> None:
    arrived = data.draw(st.permutations(facts))
    repeated = arrived + data.draw(st.lists(st.sampled_from(facts), max_size=5))

    assert effective(repeated) == effective(facts)


def test_a_correction_replaces_the_named_fields_and_leaves_the_others() -> None:
    count = Fact(kind="people.counted", data={"people": 2312, "place": "Tokmak"})
    fix = Fact(kind="correction", corrects_id=count.id, data={"data": {"people": 2300}})

    (entry,) = effective([fix, count])

    assert entry.data == {"people": 2300, "place": "Tokmak"}
    assert entry.is_corrected


def test_the_newest_correction_wins_by_event_time_and_not_by_arrival() -> None:
    count = Fact(data={"people": 1})
    late = Fact(
        kind="correction",
        corrects_id=count.id,
        ordered_at=NOON + timedelta(hours=2),
        data={"data": {"people": 3}},
    )
    early = Fact(
        kind="correction",
        corrects_id=count.id,
        ordered_at=NOON + timedelta(hours=1),
        data={"data": {"people": 2}},
    )

    (entry,) = effective([late, count, early])

    assert entry.data == {"people": 3}


def test_a_withdrawn_entry_stays_visible_and_does_not_stand() -> None:
    wrong = Fact(data={"people": 5})
    withdrawal = Fact(kind="correction", corrects_id=wrong.id, data={"withdraw": True})

    entries = effective([wrong, withdrawal])

    assert [entry.is_withdrawn for entry in entries] == [True]
    assert standing(entries) == ()


def test_a_disputed_time_counts_only_once_a_correction_gives_another() -> None:
    disputed = Fact(time_disputed=True, data={"n": 1})
    right_time = (NOON - timedelta(minutes=30)).isoformat()
    fix = Fact(kind="correction", corrects_id=disputed.id, data={"occurred_at": right_time})

    assert effective([disputed]) == ()
    (entry,) = effective([disputed, fix])
    assert entry.at == NOON - timedelta(minutes=30)


def test_two_entries_of_one_device_in_one_minute_keep_its_own_order() -> None:
    second = Fact(device_id="m1", device_seq=8, data={"n": 2})
    first = Fact(device_id="m1", device_seq=7, data={"n": 1})

    entries = effective([second, first])

    assert [entry.data["n"] for entry in entries] == [1, 2]
