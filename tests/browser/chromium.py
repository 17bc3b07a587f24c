"""Find a Chromium, open pages in it as people have them, and judge them with axe."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import BrowserContext, Page

VENDOR = Path(__file__).resolve().parent / "vendor"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OpenContext = Callable[..., BrowserContext]
TakePicture = Callable[[Page, str], Path]
SignIn = Callable[[str], Page]

# The policy every page is served with; a page that breaks it in a test breaks it in use.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def find_chromium() -> str | None:
    """Return the Chromium to use: CHROMIUM from the environment, else the one on the path."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def axe_source() -> str:
    """Return axe-core as vendored, or refuse it when it is not the file that was reviewed."""
    listed = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
    source = (VENDOR / listed["file"]).read_bytes()
    found = hashlib.sha256(source).hexdigest()
    if found != listed["sha256"]:
        raise RuntimeError(f"{listed['file']} was changed: {found} is not the listed sha256")
    return source.decode("utf-8")


@dataclass(frozen=True)
class Screen:
    """One way a person looks at a page. `width` in CSS px."""

    width: int
    scheme: Literal["light", "dark"] = "light"
    touch: bool = False

    @property
    def height(self) -> int:
        """Return the height that goes with the width: a desk screen or a phone."""
        return 800 if self.width > 600 else 844

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


DESK, DESK_DARK = Screen(1280), Screen(1280, "dark")
PHONE, PHONE_DARK = Screen(390, touch=True), Screen(390, "dark", touch=True)
NARROW = Screen(320, touch=True)
ALL_SCREENS = (DESK, DESK_DARK, PHONE, PHONE_DARK, NARROW)


def violations(page: Page) -> list[str]:
    """Run axe on the page as it stands; one line per violation, with the elements."""
    if not page.evaluate("() => 'axe' in window"):
        # Through the debugger, not as a script element: the page's own policy stays in force.
        page.evaluate(axe_source())
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {resultTypes: ['violations'],"
        " runOnly: {type: 'tag', values: rules}})",
        RULES,
    )
    return [
        f"{violation['id']}: {violation['help']}: "
        + "; ".join(node["html"][:160] for node in violation["nodes"][:4])
        for violation in found["violations"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Tell whether the page is wider than the screen."""
    wide: bool = page.evaluate(
        "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return wide


def small_targets(page: Page, *, least: int = 24) -> list[str]:
    """List what can be pressed and is smaller than `least` px, links within a sentence excepted.

    Of a choice the label is pressed, so radios and boxes are not measured.
    """
    found: list[str] = page.evaluate(
        """least => [...document.querySelectorAll('a[href], button, input, select, summary')]
          .filter(e => e.offsetParent !== null && !e.closest('p, td, dd, li, small, .vh'))
          .filter(e => !['hidden', 'radio', 'checkbox'].includes(e.type))
          .map(e => [e.getBoundingClientRect(), e.outerHTML.slice(0, 120)])
          .filter(([box]) => box.height < least || box.width < least)
          .map(([, html]) => html)""",
        least,
    )
    return found


def note_complaints(context: BrowserContext) -> list[str]:
    """Return the list that will hold what the console complains of, policy violations included."""
    complaints: list[str] = []

    def watch(page: Page) -> None:
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))

    context.on("page", watch)
    return complaints
