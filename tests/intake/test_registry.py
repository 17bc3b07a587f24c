"""The list of kinds hangs together: every kind is folded, and names only what the log knows."""

from __future__ import annotations

import pytest

from tracker.fieldlog.kinds import SUBJECTS, Kind
from tracker.fieldlog.models import LogEvent
from tracker.intake.folding import ORDER
from tracker.intake.registry import KINDS, PROJECTORS, kinds_of_unit

EVERY_KIND = sorted(KINDS.values(), key=lambda kind: kind.name)
# An alert's own room changes its row; the log keeps who took it, and nothing is folded.
FOLDED = [kind for kind in EVERY_KIND if not kind.name.startswith("alert.")]


@pytest.mark.parametrize("kind", EVERY_KIND, ids=lambda kind: kind.name)
def test_a_kind_names_subjects_that_the_log_has(kind: Kind) -> None:
    named = {kind.unit, kind.creates, *kind.needs, *kind.allows} - {None, ""}

    assert named <= set(SUBJECTS)


@pytest.mark.parametrize("kind", FOLDED, ids=lambda kind: kind.name)
def test_the_subject_of_a_kind_is_folded(kind: Kind) -> None:
    assert kind.unit is not None
    assert kind.unit in PROJECTORS
    assert kind.unit in ORDER
    assert kind.name in kinds_of_unit(kind.unit)


def test_names_of_kinds_fit_their_column() -> None:
    longest = LogEvent._meta.get_field("kind").max_length

    assert longest is not None
    assert [name for name in KINDS if len(name) > longest] == []


def test_the_kinds_of_attempts_checkpoints_and_incidents_are_there() -> None:
    expected = {
        "checkpoint.reported",
        "attempt.planned",
        "attempt.started",
        "attempt.ended",
        "agreement.stated",
        "incident.reported",
        "incident.claimed",
        "incident.verified",
    }

    assert expected <= set(KINDS)
