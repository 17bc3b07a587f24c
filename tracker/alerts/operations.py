"""Write alerts and all that follows from them, and let people take and end them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid5

from django.db import connection, transaction

from tracker.alerts import decisions, fanout, readings, rules
from tracker.alerts.models import Alert, AlertState
from tracker.convoys.models import Convoy
from tracker.exercises.clock import FieldClock
from tracker.fieldlog.kinds import NewEvent
from tracker.intake.judging import Clock
from tracker.intake.operations import record
from tracker.lib.text import tidy_lines
from tracker.organisations.models import Organisation, User
from tracker.outbox import bell
from tracker.outbox.models import OutboxRow
from tracker.outbox.operations import Expand

# First half of the advisory lock that serialises the decisions about one unit.
_DECIDING = 76
_STANDING = (AlertState.OPEN, AlertState.ACKNOWLEDGED)


class AlreadyDecided(Exception):
    """Somebody else took or ended this alert first; `by` is their name, if it was a person."""

    def __init__(self, by: str) -> None:
        super().__init__("already decided")
        self.by = by


def expander(*, read_clock: Callable[[], FieldClock], now: datetime) -> Expand:
    """Return the consumer of outbox rows: alerts and deliveries, in the caller's transaction.

    `read_clock` gives field time, `now` is machine time. The clock is read once the rows are held:
    as of an earlier moment the fact behind a row would not have happened yet, and stay untold.
    """

    def expand(rows: Sequence[OutboxRow]) -> None:
        tell_about(touched=_touched(rows), clock=read_clock(), now=now)

    return expand


def _touched(rows: Iterable[OutboxRow]) -> dict[decisions.Subject, list[str]]:
    """Return the touched subjects with the events that touched them."""
    touched: dict[decisions.Subject, list[str]] = {}
    for row in rows:
        subject = decisions.Subject(str(row.payload["unit"]), UUID(str(row.payload["id"])))
        touched.setdefault(subject, []).extend(row.payload.get("events", []))
    return touched


@transaction.atomic
def tell_about(
    *, touched: dict[decisions.Subject, list[str]], clock: FieldClock, now: datetime
) -> int:
    """Write an alert for whatever is worth telling about these subjects, and return how many.

    What a subject was told last is read under its lock, so two consumers at once neither tell the
    same thing twice nor skip it.
    """
    _lock(touched)
    drafts = [
        draft
        for subject, event_ids in touched.items()
        for draft in decisions.drafts_about(
            subject, event_ids=event_ids, at=clock.now, exercise=clock.name
        )
    ]
    for draft in drafts:
        _tell(draft=draft, clock=clock, now=now)
    return len(drafts)


def _lock(subjects: Iterable[decisions.Subject]) -> None:
    """Wait for whoever decides about these subjects, in one order, so that none deadlock."""
    names = [f"{subject.unit}:{subject.id}" for subject in subjects]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, key) FROM ("
            "SELECT DISTINCT hashtext(name) AS key FROM unnest(%s::text[]) AS named (name)"
            " ORDER BY key) AS keys",
            [_DECIDING, names],
        )


def _tell(*, draft: rules.Draft, clock: FieldClock, now: datetime) -> Alert:
    """Write the next revision of a subject; what was open, or still unsent, about it is over.

    An exercise ends nothing real, and nothing real ends what an exercise told.
    """
    standing = Alert.objects.filter(subject=draft.subject)
    revision = standing.count() + 1
    same_realm = standing.filter(facts__exercise=clock.name, state__in=_STANDING)
    same_realm.update(state=AlertState.RESOLVED, ended_at=now)
    alert = Alert.objects.create(
        kind=draft.kind,
        subject=draft.subject,
        revision=revision,
        severity=draft.severity,
        is_public=draft.is_public,
        organisation_id=draft.about.organisation_id,
        corridor_id=draft.about.corridor_id,
        convoy_id=draft.about.convoy_id,
        event_id=draft.about.event_id,
        facts={**draft.facts, "exercise": clock.name},
        field_at=clock.now,
        opened_at=now,
        state=AlertState.OPEN if draft.needs_someone else AlertState.RESOLVED,
        ended_at=None if draft.needs_someone else now,
    )
    fanout.supersede(subject=draft.subject, is_exercise=clock.is_exercise)
    if draft.is_told:
        _fan_out(alert=alert, draft=draft, clock=clock, now=now)
    return alert


def _fan_out(*, alert: Alert, draft: rules.Draft, clock: FieldClock, now: datetime) -> None:
    priority = fanout.GOOD_NEWS if draft.is_good_news else fanout.BAD_NEWS
    if draft.kind == rules.EMERGENCY:
        priority = fanout.FIRST
    not_after = now + fanout.GOOD_NEWS_FOR if draft.is_good_news else None
    fanout.to_staff(
        alert=alert, priority=priority, not_after=not_after, is_exercise=clock.is_exercise
    )
    if draft.is_public:
        fanout.to_subscribers(
            alert=alert, priority=priority, not_after=not_after, is_exercise=clock.is_exercise
        )


@transaction.atomic
def tell_of_call(
    *,
    organisation: Organisation,
    convoy: Convoy | None,
    call: rules.Call,
    clock: FieldClock,
    now: datetime,
) -> bool:
    """Tell the desk at once of a message that calls for help, or may, and is in no log.

    What is sent again under the same mark is told once. `now` is machine time.
    """
    facts = readings.call_facts(call, convoy, at=clock.now)
    about = (
        readings.convoy_about(convoy)
        if convoy is not None
        else rules.About(organisation_id=organisation.pk)
    )
    draft = rules.call_draft(facts, mark=call.mark, about=about)
    # One decision at a time about one mark: fifty copies at once are one call.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_DECIDING, draft.subject])
    if readings.told_last(draft.subject, exercise=clock.name) is not None:
        return False
    _tell(draft=draft, clock=clock, now=now)
    transaction.on_commit(bell.ring)
    return True


@transaction.atomic
def take_alert(*, alert: Alert, by: User, at: datetime, now: datetime) -> Alert:
    """Put a name to an open alert, in the log too; raises AlreadyDecided when it is not open."""
    taken = Alert.objects.filter(pk=alert.pk, state=AlertState.OPEN).update(
        state=AlertState.ACKNOWLEDGED, taken_by=by, taken_at=now
    )
    return _logged(alert=alert, changed=taken, kind="alert.acknowledged", by=by, at=at, reason="")


@transaction.atomic
def end_alert(*, alert: Alert, by: User, at: datetime, now: datetime, reason: str) -> Alert:
    """End an alert with the reason, in the log too; raises AlreadyDecided when it is over."""
    ended = Alert.objects.filter(pk=alert.pk, state__in=_STANDING).update(
        state=AlertState.RESOLVED, ended_at=now, end_reason=tidy_lines(reason)
    )
    return _logged(alert=alert, changed=ended, kind="alert.resolved", by=by, at=at, reason=reason)


def _logged(*, alert: Alert, changed: int, kind: str, by: User, at: datetime, reason: str) -> Alert:
    now_standing = Alert.objects.select_related("taken_by", "organisation").get(pk=alert.pk)
    if not changed or now_standing.organisation is None:
        taken_by = now_standing.taken_by
        raise AlreadyDecided(taken_by.display_name if taken_by else "")
    subjects = {"corridor": alert.corridor_id, "convoy": alert.convoy_id}
    event = NewEvent(
        kind=kind,
        # One entry per alert and act, however often the button is pressed.
        client_id=uuid5(alert.pk, kind),
        occurred_at=at,
        subjects={name: key for name, key in subjects.items() if key is not None},
        data={"alert": str(alert.pk)},
        reason=reason,
    )
    record(events=[event], organisation=now_standing.organisation, by=by, clock=Clock(now=at))
    return now_standing
