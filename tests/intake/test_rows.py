"""The hash of a body comes out as it did when the first bodies were stored."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import new_event
from tracker.fieldlog.kinds import NewEvent
from tracker.intake.rows import body_hash

TEXTS = st.text(st.characters(codec="utf-8"))
DATA = st.dictionaries(TEXTS, st.recursive(st.none() | st.integers() | TEXTS, st.lists))
KEY = UUID("6f2b1f3e-7a0e-4a52-9a51-2d1ab1a7b001")


def as_first_stored(event: NewEvent) -> str:
    body = {
        "kind": event.kind,
        "occurred_at": event.occurred_at.isoformat(),
        "subjects": {name: str(value) for name, value in event.subjects.items()},
        "data": event.data,
        "source": str(event.source_id or ""),
        "corrects": str(event.corrects_id or ""),
        "reason": event.reason,
    }
    text = json.dumps(body, sort_keys=True, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@given(kind=TEXTS, reason=TEXTS, data=DATA, corrects=st.none() | st.just(KEY))
def test_a_body_has_the_hash_it_always_had(
    kind: str, reason: str, data: dict[str, object], corrects: UUID | None
) -> None:
    at = datetime(2022, 4, 1, 12, tzinfo=timezone(timedelta(hours=3)))
    event = new_event(
        kind, at=at, data=data, reason=reason, corrects=corrects, vehicle=KEY, convoy=KEY
    )

    assert body_hash(event) == as_first_stored(event)


def test_a_known_body_has_its_known_hash() -> None:
    event = new_event("note", at=datetime(2022, 4, 1, 9, tzinfo=UTC), convoy=KEY)

    assert body_hash(event) == as_first_stored(event)
    assert body_hash(event).startswith("a385d54da0ed231a")
