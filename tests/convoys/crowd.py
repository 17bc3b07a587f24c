"""Thirty convoys at once, each in another plight, for the board."""

from __future__ import annotations

from collections.abc import Callable

from tests.cast import Cast
from tests.convoys.journeys import Column, held_at_vasylivka, planned
from tests.factories import Road

Tell = Callable[[Column], object]


def _moves(column: Column) -> None:
    column.tell("convoy.departed", 300)
    column.tell("contact.made", 525)


def _silent(column: Column) -> None:
    column.tell("convoy.departed", 300)


def _held(column: Column) -> None:
    column.tell("convoy.departed", 300)
    column.tell("convoy.arrived_at", 500, checkpoint=column.road.tokmak.pk)
    column.tell("convoy.held", 515, checkpoint=column.road.tokmak.pk)


def _arrived(column: Column) -> None:
    column.tell("convoy.departed", 0)
    column.tell("convoy.arrived", 500)


def _short(column: Column) -> None:
    column.tell("people.boarded", 290, data={"people": 100})
    column.tell("convoy.departed", 300)
    column.tell("people.counted", 530, data={"people": 88})


def _called(column: Column) -> None:
    column.tell("convoy.departed", 300)
    column.tell("sos", 535)


def _turned(column: Column) -> None:
    column.tell("convoy.departed", 300)
    column.tell("convoy.turned_back", 520, reason="Air strikes on the city")


def _waits(_column: Column) -> None:
    return


PLIGHTS: tuple[Tell, ...] = (_moves, _silent, _held, _arrived, _short, _called, _turned, _waits)


def thirty(cast: Cast, road: Road) -> list[Column]:
    """Tell of thirty convoys up to 17:00; the first is M1, held at Vasylivka."""
    columns = [held_at_vasylivka(cast, road)]
    for number in range(1, 30):
        plight = PLIGHTS[number % len(PLIGHTS)]
        # So much grace that only the silent one is dark.
        grace = 15 if plight is _silent else 230
        column = planned(cast, road, code=f"K{number}", buses=2, grace=grace)
        plight(column)
        columns.append(column)
    return columns
