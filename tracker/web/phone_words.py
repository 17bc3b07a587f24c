"""What a phone is told about an entry that was not taken: why, and what it says in the clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.fieldlog.kinds import Finding
from tracker.intake.findings import text_of
from tracker.organisations.models import Organisation
from tracker.web.entry_words import kind_words


def stored(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Return findings as JSON keeps them, so that each reader gets them in their own language."""
    return [
        {
            "code": each.code,
            "where": each.where,
            "values": {name: _plain(value) for name, value in each.values.items()},
            "question": each.is_question,
        }
        for each in findings
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else str(value)


def texts(problems: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return stored findings as sentences."""
    return [
        text_of(Finding(each["code"], each["where"], each["values"], each["question"]))
        for each in problems
    ]


def readable(understood: Mapping[str, Any], *, organisation: Organisation) -> dict[str, Any] | None:
    """Return what an entry says, with the names its owner knows; `None` if it cannot be opened."""
    said = understood.get("says")
    if not said:
        return None
    own = Convoy.objects.filter(organisation=organisation)
    convoy = own.filter(pk=said["convoy"]).first() if said["convoy"] else None
    points = Checkpoint.objects.filter(corridor__operator=organisation)
    point = points.filter(pk=said["checkpoint"]).first() if said["checkpoint"] else None
    problems = understood.get("problems") or []
    return {
        **said,
        "title": kind_words(said["kind"]),
        "convoy_code": convoy.code if convoy else "",
        "checkpoint_name": point.name if point else "",
        "asks": bool(problems) and all(each["question"] for each in problems),
    }
