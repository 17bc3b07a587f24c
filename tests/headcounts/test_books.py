"""Each vehicle and each place has an account; whoever leaves one is in another."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from tests.headcounts.test_balance import BUSES, item
from tracker.headcounts.balance import balance
from tracker.headcounts.books import place_books, vehicle_books
from tracker.headcounts.ledger import Category, Item, Ledger
from tracker.headcounts.spans import Gap, Span

FIRST, SECOND, THIRD = BUSES


def ledger(*items: Item) -> Ledger:
    return Ledger(items=items, vehicle_ids=frozenset(BUSES))


def test_who_moves_leaves_one_vehicle_and_comes_to_another() -> None:
    books = vehicle_books(
        ledger(
            item(Category.BOARDED, 40, 0, vehicle_id=FIRST),
            item(Category.BOARDED, 30, 0, vehicle_id=SECOND),
            item(Category.MOVED, 5, 30, vehicle_id=FIRST, to_vehicle_id=SECOND),
        )
    )

    assert (books[FIRST].accounts.aboard, books[SECOND].accounts.aboard) == (
        Span(35, 35),
        Span(35, 35),
    )
    assert books[FIRST].accounts.with_another == Span(5, 5)
    assert books[SECOND].accounts.joined == Span(5, 5)


def test_a_vehicle_that_nobody_told_of_has_no_book_and_no_zero() -> None:
    books = vehicle_books(
        ledger(
            item(Category.BOARDED, 40, 0, vehicle_id=FIRST),
            item(Category.COUNTED, None, 60, vehicle_id=SECOND),
            item(Category.BOARDED, 100, 0),
        )
    )

    assert set(books) == {FIRST, SECOND}
    on_board = books[SECOND].balance.on_board
    assert on_board is not None
    assert on_board.high is None


def test_the_gap_of_one_vehicle_is_its_own() -> None:
    books = vehicle_books(
        ledger(
            item(Category.BOARDED, 40, 0, vehicle_id=FIRST),
            item(Category.BOARDED, 30, 0, vehicle_id=SECOND),
            item(Category.HOSPITAL, 1, 20, vehicle_id=FIRST),
            item(Category.COUNTED, 36, 60, vehicle_id=FIRST),
            item(Category.COUNTED, 30, 60, vehicle_id=SECOND),
        )
    )

    assert (books[FIRST].balance.gap, books[SECOND].balance.gap) == (Gap(3, 3), Gap(0, 0))
    assert books[FIRST].accounts.unaccounted == Span(3, 3)


def test_each_place_shows_who_boarded_was_counted_and_stayed_there() -> None:
    books = place_books(
        ledger(
            item(Category.BOARDED, 100, 0, place="Berdiansk"),
            item(Category.LEFT, 8, 50, place="Tokmak"),
            item(Category.COUNTED, 92, 60, place="Tokmak"),
            item(Category.HOSPITAL, 1, 90),
        ),
        sees_restricted=True,
    )

    berdiansk, tokmak, nowhere = books
    assert (berdiansk.place, berdiansk.boarded) == ("Berdiansk", Span(100, 100))
    assert [point.counted for point in tokmak.counts] == [Span(92, 92)]
    assert [(each.category, each.people) for each in tokmak.changes] == [("LEFT", Span(8, 8))]
    assert (nowhere.place, nowhere.boarded, nowhere.counts) == ("", None, ())


def test_who_boarded_by_vehicle_at_one_place_is_added_up_there() -> None:
    (berdiansk,) = place_books(
        ledger(
            item(Category.BOARDED, 40, 0, place="Berdiansk", vehicle_id=FIRST),
            item(Category.BOARDED, 30, 1, place="Berdiansk", vehicle_id=SECOND),
        ),
        sees_restricted=True,
    )

    assert berdiansk.boarded == Span(70, 70)
    assert len(berdiansk.boarded_event_ids) == 2


def test_at_no_place_those_see_what_befell_somebody_who_may_not() -> None:
    told = ledger(
        item(Category.BOARDED, 100, 0, place="Berdiansk"),
        item(Category.DETAINED, 2, 50, place="Tokmak"),
    )

    places = {
        sees: [book.place for book in place_books(told, sees_restricted=sees)]
        for sees in (True, False)
    }

    assert places == {True: ["Berdiansk", "Tokmak"], False: ["Berdiansk"]}


numbers = st.integers(min_value=0, max_value=60)
moves = st.lists(
    st.tuples(st.sampled_from(BUSES), st.sampled_from(BUSES), st.integers(0, 20)), max_size=8
)


@given(boarded=st.tuples(numbers, numbers, numbers), moved=moves)
def test_moves_between_vehicles_change_no_sum_of_the_convoy(
    boarded: tuple[int, int, int], moved: list[tuple[UUID, UUID, int]]
) -> None:
    items = [
        item(Category.BOARDED, number, 0, vehicle_id=bus)
        for bus, number in zip(BUSES, boarded, strict=True)
    ]
    aboard = dict(zip(BUSES, boarded, strict=True))
    for minute, (start, end, number) in enumerate(moved, 1):
        if start is not end and aboard[start] >= number:
            aboard[start] -= number
            aboard[end] += number
            items.append(item(Category.MOVED, number, minute, vehicle_id=start, to_vehicle_id=end))
    told = ledger(*items)

    books = vehicle_books(told)

    assert {bus: book.accounts.aboard.exact for bus, book in books.items()} == aboard
    assert all(book.accounts.comes == book.accounts.goes for book in books.values())
    whole = balance(told).on_board
    assert whole is not None
    assert whole.exact == sum(boarded)


def test_an_entry_of_another_vehicle_is_in_no_other_book() -> None:
    stranger = uuid4()

    books = vehicle_books(ledger(item(Category.LEFT, 3, 10, vehicle_id=stranger)))

    assert set(books) == {stranger}
