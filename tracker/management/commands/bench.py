"""`manage.py bench PATH`: measure a path beside what it could be, in one run on one machine."""

from __future__ import annotations

import gc
import json
import os
import platform
import subprocess
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.test.utils import override_settings
from django.utils import timezone

from tracker.management.bench_database import fill, throwaway_database
from tracker.management.bench_ingest import Field, batch_ways, check_replay, our_ways, single_ways
from tracker.management.bench_rounds import Figure, Way, run_rounds

SINGLES = 40
# Rows in the log from which the cost of an event must stay flat.
FEW = 10_000


class Command(BaseCommand):
    """Measure in a throw-away database; print a table and keep the figures in a file."""

    help = "Measure how fast events come in, beside plain SQL and a plain REST view."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the path and the sizes."""
        parser.add_argument("path", choices=["ingest"])
        parser.add_argument("--rounds", type=int, default=9, help="rounds that count")
        parser.add_argument("--size", type=int, default=500, help="events in a batch")
        parser.add_argument("--stored", type=int, default=0, help="then fill the log to so many")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", type=Path, help="default: docs/performance.json")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Measure, print, and write the figures beside those of other paths."""
        with throwaway_database(), override_settings(ROOT_URLCONF="tracker.management.bench_plain"):
            measured = _ingest(options, self._show)
        out = options["out"] or settings.BASE_DIR / "docs" / "performance.json"
        kept = json.loads(out.read_text()) if out.exists() else {}
        kept["ingest"] = {**_frame(options), "figures": measured}
        out.write_text(json.dumps(kept, indent=1) + "\n")

    def _show(self, title: str, figures: Sequence[Figure]) -> None:
        self.stdout.write(f"{title}, load {os.getloadavg()[0]:.2f}")
        for each in figures:
            self.stdout.write(
                f"  {each.name:<34}{each.us:>9.0f} us {each.cpu_us:>9.0f} us CPU"
                f"{each.ratio:>7.2f} x ({each.lowest:.2f}-{each.highest:.2f})"
                f"{'  restless machine' if each.restless else ''}"
            )
        self.stdout.flush()


def _frame(options: dict[str, Any]) -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],  # noqa: S607  # whichever git the user has
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "commit": commit.stdout.strip(),
        "at": timezone.now().isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} CPUs",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 2),
        **{name: options[name] for name in ("rounds", "size", "stored", "seed")},
    }


def _ingest(options: dict[str, Any], show: Any) -> dict[str, Any]:
    field = Field(options["seed"])
    size, rounds = options["size"], options["rounds"]
    field.begin(size)
    check_replay(field, size)
    # What a server has at its start is no garbage: it need not be searched in each collection.
    gc.collect()
    gc.freeze()
    measured = {}

    def measure(title: str, ways: Mapping[str, Way], before: Callable[[], None]) -> None:
        figures = run_rounds(ways, rounds=rounds, before=before)
        show(title, figures)
        measured[title] = [asdict(each) for each in figures]

    anew = partial(field.begin, size)
    measure(f"batch of {size}, per event", batch_ways(field, size), anew)
    measure("one event at a time", single_ways(field, min(size, SINGLES)), anew)
    if options["stored"]:
        anew()
        for stored in (FEW, options["stored"]):
            fill(until=stored)
            measure(f"with {stored} in the log, per event", our_ways(field, size), lambda: None)
    return measured
