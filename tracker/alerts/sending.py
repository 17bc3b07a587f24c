"""Send what waits: claim a few, commit, send each once and note what became of it.

A row moves pending -> leased (claimed) -> unsure (just before the send) -> sent. A sender that is
killed leaves its rows leased or unsure; the next sweep sees that its lock is gone and frees them.
Only an unsure row may have gone out, and its repeat carries the same key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q

from tracker.alerts import wording
from tracker.alerts.channels import by_email
from tracker.alerts.channels.outgoing import DeliveryError, Outlet
from tracker.alerts.models import Alert, Delivery
from tracker.exercises.clock import FieldClock
from tracker.outbox.crashpoints import crash_point

logger = logging.getLogger(__name__)

GROUP = 20
# Longer than a group can take: who lives is told by the lock, the lease is only its stand-in.
LEASE = timedelta(minutes=10)
RETRY_FIRST, RETRY_CAP = timedelta(seconds=0.5), timedelta(minutes=5)
# About a day at the longest pause; then a person has to look.
ATTEMPTS = 300
# First half of the advisory lock that a living sender holds.
_SENDER = 77
State = Delivery.State
_HELD = (State.LEASED, State.UNSURE)

OpenOutlet = Callable[[bool], Outlet]


def _by_email(to_files: bool) -> Outlet:  # noqa: FBT001  # one question with two answers
    return by_email.open_mailbox(to_files=to_files)


def send_due(
    *,
    clock: FieldClock,
    now: datetime,
    owner: int,
    limit: int = GROUP,
    open_outlet: OpenOutlet = _by_email,
) -> int:
    """Send up to `limit` due messages and return how many were dealt with; after 0 come back later.

    `owner` is a number below 2**31 that this sender alone uses; `clock` is field time, `now`
    machine time. Call outside any transaction. While an exercise runs only its own messages go.
    """
    with _alive(owner) as is_alone:
        if not is_alone:
            return 0
        sweep(now=now)
        claimed = _claim(owner=owner, now=now, limit=limit, only_exercise=clock.is_exercise)
        if not claimed:
            return 0
        crash_point("after_claim")
        with _outlets(open_outlet) as outlets:
            group = _Group(owner=owner, now=now, clock=clock, outlets=outlets)
            return group.send(claimed)


@contextmanager
def _alive(owner: int) -> Iterator[bool]:
    """Hold the lock that tells others that `owner` lives; it falls with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_SENDER, owner])
        got = bool(cursor.fetchone()[0])
    try:
        yield got
    finally:
        if got:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_SENDER, owner])


def sweep(*, now: datetime) -> int:
    """Free the rows of senders that died or overran their lease, and return how many."""
    with connection.cursor() as cursor:
        # By hand: pg_locks says who lives. The lease is for connections behind a pooler.
        cursor.execute(
            """
            UPDATE tracker_delivery SET
                state = CASE WHEN state = 'leased' THEN 'pending' ELSE state END,
                error = CASE WHEN state = 'unsure' THEN 'maybe sent' ELSE error END,
                owner = NULL, lease_until = NULL, next_at = %(now)s
            WHERE owner IS NOT NULL AND state IN ('leased', 'unsure') AND (
                lease_until < %(now)s OR NOT EXISTS (
                    SELECT 1 FROM pg_locks
                    WHERE locktype = 'advisory' AND classid = %(space)s AND objsubid = 2
                      AND objid = tracker_delivery.owner::oid
                      AND database = (
                          SELECT oid FROM pg_database WHERE datname = current_database()
                      )
                )
            )
            """,
            {"now": now, "space": _SENDER},
        )
        return int(cursor.rowcount)


def _claim(*, owner: int, now: datetime, limit: int, only_exercise: bool) -> list[Delivery]:
    """Lease the most urgent due rows; the commit comes before any send.

    A row waits while an older one about the same subject is on its way to the same recipient:
    whoever was told "open" a moment ago must hear "closed" after it, not before.
    """
    with connection.cursor() as cursor:
        # By hand: UPDATE ... RETURNING over SKIP LOCKED in one statement, which commits by itself.
        cursor.execute(
            """
            WITH due AS (
                SELECT d.id FROM tracker_delivery d
                WHERE d.state IN ('pending', 'unsure') AND d.owner IS NULL
                  AND d.next_at <= %(now)s AND (d.is_exercise OR NOT %(only_exercise)s)
                  AND NOT EXISTS (
                      SELECT 1 FROM tracker_delivery ahead
                      WHERE ahead.owner IS NOT NULL AND ahead.state IN ('leased', 'unsure')
                        AND ahead.subject = d.subject AND d.subject <> ''
                        AND ahead.user_id IS NOT DISTINCT FROM d.user_id
                        AND ahead.subscriber_id IS NOT DISTINCT FROM d.subscriber_id
                  )
                ORDER BY d.priority, d.next_at, d.id
                LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
            )
            UPDATE tracker_delivery claimed
            SET state = 'leased', owner = %(owner)s, lease_until = %(until)s
            FROM due WHERE claimed.id = due.id
            RETURNING claimed.id
            """,
            {
                "now": now,
                "only_exercise": only_exercise,
                "limit": limit,
                "owner": owner,
                "until": now + LEASE,
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    rows = Delivery.objects.filter(pk__in=ids).select_related("alert", "user", "subscriber")
    return list(rows.order_by("priority", "next_at", "id"))


class _Outlets:
    """The ways out that a group has opened, one for the world and one for files."""

    def __init__(self, open_outlet: OpenOutlet) -> None:
        self._open = open_outlet
        self._opened: dict[bool, Outlet] = {}

    def to(self, *, to_files: bool) -> Outlet:
        if to_files not in self._opened:
            self._opened[to_files] = self._open(to_files)
        return self._opened[to_files]

    def close(self) -> None:
        for outlet in self._opened.values():
            outlet.close()


@contextmanager
def _outlets(open_outlet: OpenOutlet) -> Iterator[_Outlets]:
    outlets = _Outlets(open_outlet)
    try:
        yield outlets
    finally:
        outlets.close()


@dataclass
class _Group:
    """One claimed group on its way out."""

    owner: int
    now: datetime
    clock: FieldClock
    outlets: _Outlets
    _down: bool = field(default=False, init=False)

    def send(self, claimed: Sequence[Delivery]) -> int:
        """Send each row and return how many were dealt with; a channel that is down ends it."""
        for position, delivery in enumerate(claimed):
            self._send_one(delivery)
            if self._down:
                self._release(claimed[position + 1 :])
                return 0
        return len(claimed)

    def _mine(self, delivery: Delivery, *states: str) -> Q:
        return Q(pk=delivery.pk, owner=self.owner, state__in=states)

    def _send_one(self, delivery: Delivery) -> None:
        try:
            message = wording.message_for(delivery, at=self.clock.now)
        except Exception as error:
            # A message that cannot be written must hold up no other; a person will see it.
            logger.exception("delivery %s cannot be written", delivery.pk)
            self._failed(delivery, DeliveryError(type(error).__name__, permanent=False))
            return
        if not self._begin(delivery):
            return
        try:
            self.outlets.to(to_files=delivery.is_exercise).send(message)
        except DeliveryError as error:
            self._down = error.is_down
            self._failed(delivery, error)
            return
        except Exception as error:
            # What nobody foresaw costs this message its turn; raised, it would come first again
            # and no alert behind it would ever leave.
            logger.exception("delivery %s cannot be sent", delivery.pk)
            reason = type(error).__name__
            self._failed(delivery, DeliveryError(reason, permanent=False, maybe_sent=True))
            return
        crash_point("after_send")
        self._finish(delivery, state=State.SENT, sent_at=self.now, error="", facts_sealed=None)

    def _begin(self, delivery: Delivery) -> bool:
        """Mark the row as maybe sent, unless it is outdated by now; then withdraw it."""
        newer = Alert.objects.filter(
            subject=OuterRef("alert__subject"),
            revision__gt=OuterRef("alert__revision"),
            facts__exercise=delivery.alert.facts.get("exercise", "") if delivery.alert else "",
        )
        begun = (
            Delivery.objects.filter(self._mine(delivery, State.LEASED))
            .filter(Q(not_after__isnull=True) | Q(not_after__gt=self.now))
            .filter(~Exists(newer))
            .update(state=State.UNSURE, attempts=F("attempts") + 1)
        )
        if not begun:
            is_late = delivery.not_after is not None and delivery.not_after <= self.now
            why = Delivery.Problem.TOO_LATE if is_late else Delivery.Problem.SUPERSEDED
            self._finish(delivery, state=State.CANCELLED, error=why, facts_sealed=None)
        return bool(begun)

    def _failed(self, delivery: Delivery, error: DeliveryError) -> None:
        attempt = delivery.attempts + 1
        if error.permanent or attempt >= ATTEMPTS:
            self._finish(delivery, state=State.DEAD, error=error.reason)
            return
        self._finish(
            delivery,
            state=State.UNSURE if error.maybe_sent else State.PENDING,
            error=error.reason,
            next_at=self.now + pause_before(key=delivery.key, attempt=attempt),
            attempts=attempt,
        )

    def _finish(self, delivery: Delivery, **changes: object) -> None:
        done = Delivery.objects.filter(self._mine(delivery, *_HELD)).update(
            owner=None, lease_until=None, **changes
        )
        if not done:
            logger.warning("delivery %s was taken over or deleted meanwhile", delivery.pk)

    def _release(self, rest: Sequence[Delivery]) -> None:
        """Give back what was not begun: its turn comes when the channel answers again."""
        Delivery.objects.filter(
            pk__in=[delivery.pk for delivery in rest], owner=self.owner, state=State.LEASED
        ).update(state=State.PENDING, owner=None, lease_until=None)


def pause_before(*, key: str, attempt: int) -> timedelta:
    """Return the pause before the next attempt: doubling, capped, spread by half either way.

    The spread comes from the key and the attempt: no chance, and yet it differs from row to row.
    """
    doubled: timedelta = RETRY_FIRST * 2 ** min(attempt - 1, 12)
    spread = int.from_bytes(sha256(f"{key}:{attempt}".encode()).digest()[:2]) / 0xFFFF
    return min(RETRY_CAP, doubled) * (0.5 + spread)
