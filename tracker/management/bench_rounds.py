"""Measure paths against a reference: adjacent in each round, in alternating order."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

# The reference's own spread beyond which the machine was too restless for the figures.
RESTLESS = 0.25


@dataclass
class Way:
    """One way to do the work: prepared outside the clock, then run; counts `units` a run."""

    prepare: Callable[[], Callable[[], None]]
    units: int
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Figure:
    """What a path came to: microseconds a unit, and its speed beside the reference's."""

    name: str
    us: float
    cpu_us: float
    ratio: float
    lowest: float
    highest: float
    restless: bool


def _ticks_of_backend() -> float:
    """Return the CPU seconds of our PostgreSQL backend; 0 where it runs on another machine."""
    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat")
    try:
        fields = stat.read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _once(path: Way) -> None:
    work = path.prepare()
    cpu, backend = time.process_time(), _ticks_of_backend()
    began = time.perf_counter()
    work()
    path.seconds.append(time.perf_counter() - began)
    path.cpu.append(time.process_time() - cpu + _ticks_of_backend() - backend)


def run_rounds(
    paths: Mapping[str, Way], *, rounds: int, before: Callable[[], None]
) -> Sequence[Figure]:
    """Run all paths in each round and compare each with the first; the first round is left out."""
    for number in range(rounds + 1):
        before()
        ordered = list(paths.values()) if number % 2 else list(paths.values())[::-1]
        for path in ordered:
            _once(path)
    reference = next(iter(paths.values()))
    per_unit = [each / reference.units for each in reference.seconds[1:]]
    middle = statistics.median(per_unit)
    spread = statistics.median(abs(each - middle) for each in per_unit) / middle
    return [
        _figure(name, path, per_unit, restless=spread > RESTLESS) for name, path in paths.items()
    ]


def _figure(name: str, path: Way, reference: Sequence[float], *, restless: bool) -> Figure:
    own = [each / path.units for each in path.seconds[1:]]
    ratios = [base / mine for base, mine in zip(reference, own, strict=True)]
    return Figure(
        name=name,
        us=statistics.median(own) * 1e6,
        cpu_us=sum(path.cpu[1:]) / len(own) / path.units * 1e6,
        ratio=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        restless=restless,
    )
