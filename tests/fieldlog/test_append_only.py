"""The log refuses every change, by trigger and by grant."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tracker.fieldlog.models import LogEvent

CHANGES = (
    "UPDATE tracker_logevent SET kind = 'note'",
    "DELETE FROM tracker_logevent",
    "TRUNCATE tracker_logevent CASCADE",
)


def execute(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def logged(cast: Cast, road: Road) -> LogEvent:
    statement = new_event(
        "corridor.stated",
        corridor=road.corridor.pk,
        source=road.russia,
        data={"says": "The corridor is to reopen.", "claims": "ANNOUNCED"},
    )
    return log(statement, organisation=cast.organisation)[0]


@pytest.mark.parametrize("change", CHANGES)
def test_the_owner_is_stopped_by_the_trigger(logged: LogEvent, change: str) -> None:
    with pytest.raises(ProgrammingError, match="append-only"):
        # Deferred checks of the rows just written would otherwise speak first.
        execute("SET CONSTRAINTS ALL IMMEDIATE", change)

    assert LogEvent.objects.get(pk=logged.pk).kind == "corridor.stated"


@pytest.mark.parametrize("change", CHANGES)
def test_the_apps_role_has_no_right_to_change(logged: LogEvent, change: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        execute("SET LOCAL ROLE tracker_app", change)

    assert LogEvent.objects.filter(pk=logged.pk).exists()


def test_the_apps_role_may_read_and_append(logged: LogEvent) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE tracker_app")
        cursor.execute(
            "SELECT has_table_privilege('tracker_logevent', 'INSERT'), count(*) "
            "FROM tracker_logevent"
        )
        may_append, count = cursor.fetchone()
        cursor.execute("RESET ROLE")

    assert may_append
    assert count == 1


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_may_leave_entries_for_the_flush_to_remove(
    cast: Cast, road: Road
) -> None:
    note = new_event("corridor.closed", corridor=road.corridor.pk, reason="shelling")

    log(note, organisation=cast.organisation)

    assert LogEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_after_that_flush_the_triggers_are_on_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        (role,) = cursor.fetchone()

    assert role == "origin"
    assert LogEvent.objects.count() == 0
