"""Read the script of a replay: who logs what when, in the field time of that day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings


class BadScriptError(Exception):
    """A script that cannot be read, in one sentence."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: at `at` somebody logs what occurred at `occurred_at`, or a convoy is shared.

    `subjects` and `corrects` name things as the script does; `reason` says what is constructed.
    """

    id: str
    at: datetime
    occurred_at: datetime
    kind: str
    by: str
    subjects: Mapping[str, str]
    data: Mapping[str, Any]
    source: Mapping[str, str]
    reason: str
    corrects: str
    device: str
    constructed: bool
    share: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """A day to replay, from `begins_at` to `ends_at` in field time, with its lines in order."""

    name: str
    begins_at: datetime
    ends_at: datetime
    lines: tuple[Line, ...]


def path_of_day(day: str) -> Path:
    """Return where the script of a day lies; raises BadScriptError for what is no day."""
    try:
        return Path(settings.BASE_DIR) / "record" / f"replay_{date.fromisoformat(day)}.json"
    except ValueError:
        raise BadScriptError(f"“{day}” is not a day such as 2022-04-01.") from None


def read_script(path: Path) -> Script:
    """Return the script in a file; raises BadScriptError."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        clock = ScriptClock.of(told)
        lines = [line for entry in told["lines"] for line in _lines(entry, clock)]
        script = Script(
            name=told["name"],
            begins_at=clock.at(told["begins"]),
            ends_at=clock.at(told["ends"]),
            lines=tuple(sorted(lines, key=lambda line: line.at)),
        )
    except FileNotFoundError:
        raise BadScriptError(f"There is no script {path}.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise BadScriptError(f"{path} is no script: {type(error).__name__} {error}.") from None
    names = [line.id for line in script.lines]
    if len(names) != len(set(names)):
        raise BadScriptError(f"{path} has two lines of one id.")
    return script


@dataclass(frozen=True, slots=True)
class ScriptClock:
    """Reads the times of a script."""

    day: str
    zone: ZoneInfo

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> ScriptClock:
        """Return the clock of a script."""
        return cls(told["day"], ZoneInfo(told["time_zone"]))

    def at(self, text: str) -> datetime:
        """Return a time of the day ("08:00"), or a whole moment with its zone."""
        if "T" in text:
            return datetime.fromisoformat(text)
        day = datetime.fromisoformat(self.day).date()
        return datetime.combine(day, time.fromisoformat(text), self.zone)


def _lines(told: Mapping[str, Any], clock: ScriptClock) -> Iterator[Line]:
    at = clock.at(told["at"])
    line = Line(
        id=told["id"],
        at=at,
        occurred_at=clock.at(told["occurred_at"]) if "occurred_at" in told else at,
        kind=told.get("kind", ""),
        by=told.get("by", ""),
        subjects=told.get("subjects", {}),
        data=told.get("data", {}),
        source=told.get("source", {}),
        reason=told.get("reason", ""),
        corrects=told.get("corrects", ""),
        device=told.get("device", ""),
        constructed=bool(told.get("constructed", True)),
        share=told.get("share", {}),
    )
    times = int(told.get("times", 0))
    if not times:
        yield line
    for number in range(1, times + 1):
        yield _vehicle(line, number)


def _vehicle(line: Line, number: int) -> Line:
    """Return the line for one vehicle of a column: {n:02d} stands for its number."""
    return replace(
        line,
        id=f"{line.id}-{number}",
        subjects={name: text.format(n=number) for name, text in line.subjects.items()},
        data={
            **line.data,
            "code": str(line.data["code"]).format(n=number),
            "place_in_column": number,
        },
    )
