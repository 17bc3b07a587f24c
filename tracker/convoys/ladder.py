"""Pure: the steps that follow when a convoy is dark, who owns each, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from tracker.fieldlog.ordering import Entry
from tracker.organisations.models import Role

StepCode = Literal["CALL", "SECOND_DEVICE", "NEIGHBOURS", "DECIDE", "SEARCH"]


class StepWords(TextChoices):
    """What is to be done in each step."""

    CALL = "CALL", _("Call the convoy by every means")
    SECOND_DEVICE = "SECOND_DEVICE", _("Try another device or vehicle of the column, the drivers")
    NEIGHBOURS = "NEIGHBOURS", _("Ask convoys near it, checkpoints and the reception centre")
    DECIDE = "DECIDE", _("Decide what to do; ask the parties by the notification channel")
    SEARCH = "SEARCH", _("Agree with the ICRC and the UN how it is searched for")


@dataclass(frozen=True, slots=True)
class Rule:
    """One step: due so many minutes after the convoy went dark, overdue so many after that."""

    code: str
    due_min: int
    patience_min: int
    owner: str


# The one table of the ladder. Change a line here and pages, alerts and the log follow.
RULES = (
    Rule("CALL", due_min=0, patience_min=10, owner=Role.DISPATCHER),
    Rule("SECOND_DEVICE", due_min=15, patience_min=10, owner=Role.DISPATCHER),
    Rule("NEIGHBOURS", due_min=30, patience_min=15, owner=Role.DISPATCHER),
    Rule("DECIDE", due_min=60, patience_min=15, owner=Role.COORDINATOR),
    Rule("SEARCH", due_min=120, patience_min=30, owner=Role.COORDINATOR),
)
CODES = tuple(rule.code for rule in RULES)

State = Literal["done", "overdue", "due", "coming"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one silence: when it is due, when overdue, and the entries that say it is done.

    `taken` holds every entry about it, oldest first: people try more than once.
    """

    rule: Rule
    due_at: datetime
    overdue_at: datetime
    state: State
    taken: tuple[Entry, ...] = ()

    @property
    def code(self) -> str:
        """Return the code of the step."""
        return self.rule.code


def _state(rule: Rule, *, began_at: datetime, at: datetime, is_taken: bool) -> State:
    due_at = began_at + timedelta(minutes=rule.due_min)
    if is_taken:
        return "done"
    if at < due_at:
        return "coming"
    return "due" if at < due_at + timedelta(minutes=rule.patience_min) else "overdue"


def steps_of(
    *, began_at: datetime, taken: Iterable[Entry], at: datetime, rules: tuple[Rule, ...] = RULES
) -> tuple[Step, ...]:
    """Return every step of a silence that began at `began_at`, as it stands at `at`."""
    by_code: dict[str, list[Entry]] = {}
    for entry in taken:
        if entry.at <= at:
            by_code.setdefault(str(entry.data["step"]), []).append(entry)
    steps = []
    for rule in rules:
        done = tuple(by_code.get(rule.code, ()))
        due_at = began_at + timedelta(minutes=rule.due_min)
        steps.append(
            Step(
                rule=rule,
                due_at=due_at,
                overdue_at=due_at + timedelta(minutes=rule.patience_min),
                state=_state(rule, began_at=began_at, at=at, is_taken=bool(done)),
                taken=done,
            )
        )
    return tuple(steps)


def next_step(steps: Iterable[Step]) -> Step | None:
    """Return the first step that nobody has taken, `None` once all are."""
    return next((step for step in steps if step.state != "done"), None)
