"""A phone in a monitor's hand: tapped, without network, killed and started again, searched."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.chromium import FLAGS, PHONE, Screen, find_chromium
from tracker.convoys.models import Convoy
from tracker.fieldlog.models import LogEvent, Via
from tracker.organisations.models import User

# Everything that a page may leave on a phone and that script can read, as one text.
_EVERYTHING = """async () => {
  const found = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie];
  const bytes = (one) => one instanceof Uint8Array
    ? [...one].map((b) => String.fromCharCode(b)).join("") : undefined;
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((done) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => done(asked.result);
    });
    for (const store of db.objectStoreNames) {
      const rows = await new Promise((done) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => done(asked.result);
      });
      found.push(...rows.map((row) => JSON.stringify(row, (_, one) => bytes(one) || one)));
    }
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const kept = await cache.match(request);
      found.push(request.url, await kept.text());
    }
  }
  return found.join("\\n");
}"""


@dataclass
class Phone:
    """One phone by its folder; what is in the folder is what a search of it would find."""

    browser: Browser
    url: str
    folder: Path
    screen: Screen = PHONE
    language: str = "en"
    # Where the phone's own clock stands at the next start; without one it is the machine's.
    clock: datetime | None = None
    context: BrowserContext | None = None
    errors: list[str] = field(default_factory=list)

    def start(self, *, offline: bool = False) -> Page:
        """Start the browser on what the folder holds and open the page."""
        self.context = self.browser.browser_type.launch_persistent_context(
            str(self.folder),
            executable_path=find_chromium(),
            args=FLAGS,
            viewport={"width": self.screen.width, "height": self.screen.height},
            color_scheme=self.screen.scheme,
            has_touch=True,
            reduced_motion="reduce",
            locale=self.language,
            accept_downloads=True,
        )
        self.context.set_offline(offline)
        if self.clock:
            self.context.clock.install(time=self.clock)
        return self.open(self.context.pages[0])

    def open(self, page: Page) -> Page:
        """Open the page in this tab and wait until its buttons are there."""
        page.on("pageerror", lambda error: self.errors.append(error.stack or str(error)))
        page.goto(f"{self.url}/f/")
        expect(page.locator("[data-act=problem]")).to_be_visible()
        return page

    def tab(self) -> Page:
        """Open the page in a further tab."""
        assert self.context is not None
        return self.open(self.context.new_page())

    def wait(self, seconds: int) -> None:
        """Let time pass on the phone in all tabs, without waiting for it."""
        assert self.context is not None
        self.context.clock.run_for(seconds * 1000)

    def settle(self, page: Page) -> None:
        """Wait until the page can be opened without a network."""
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")

    def kill(self) -> None:
        """End the browser as a full memory or an empty battery does: without a word."""
        assert self.context is not None
        mine = f"--user-data-dir={self.folder}".encode()
        for each in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = each.read_bytes().split(b"\0")
                if mine in words and not any(word.startswith(b"--type=") for word in words):
                    os.kill(int(each.parent.name), signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        """Close the browser in order; nothing happens when it has gone already."""
        if self.context is not None:
            with suppress(PlaywrightError):
                self.context.close()
        self.context = None
        for left in self.folder.glob("Singleton*"):
            left.unlink()

    def sign_in(self, user: User) -> None:
        """Hold a session as after a sign-in."""
        assert self.context is not None
        client = Client()
        client.force_login(user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        until = datetime.now(UTC) + timedelta(hours=12)
        cookie = {
            "name": settings.SESSION_COOKIE_NAME,
            "value": session,
            "url": self.url,
            "httpOnly": True,
        }
        self.context.add_cookies([{**cookie, "expires": until.timestamp()}])

    def signed_in_page(self, user: User) -> Page:
        """Open the page as somebody whose convoy the server knows."""
        page = self.start()
        self.settle(page)
        self.sign_in(user)
        page.reload()
        expect(page.locator("[data-place] .code")).to_be_visible()
        return page

    def sign_out(self) -> None:
        """Lose the session, as when it runs out."""
        assert self.context is not None
        self.context.clear_cookies(name="sessionid")

    def all_that_is_kept(self, page: Page) -> str:
        """Return every text and byte that script finds in any storage of the page."""
        kept: str = page.evaluate(_EVERYTHING)
        return kept

    def raw_bytes(self) -> bytes:
        """Return every byte of the browser's folder: storages, caches, history, journals."""
        files = [each for each in self.folder.rglob("*") if each.is_file()]
        return b"\n".join(each.read_bytes() for each in files)


def act(page: Page, kind: str) -> None:
    """Press one of the large buttons and wait until the entry is on the phone."""
    before = page.locator("[data-list] [data-entry]").count()
    page.locator(f'[data-act="{kind}"]').tap()
    expect(page.locator("[data-toast]")).to_be_visible()
    if before < 5:
        expect(page.locator("[data-list] [data-entry]")).to_have_count(before + 1)


def count(page: Page, number: int) -> None:
    """Say how many are on board, by the keys of the sheet."""
    page.locator('[data-act="headcount"]').tap()
    type_number(page, number)
    page.locator('#add [data-way="done"]').tap()
    expect(page.locator("#add")).to_be_hidden()


def type_number(page: Page, number: int) -> None:
    """Press the keys of a number."""
    for digit in str(number):
        page.locator(f'#add [data-key="{digit}"]').tap()


def marks(page: Page) -> list[str]:
    """Return the state that stands behind each entry of the list."""
    found: list[str] = page.locator("[data-list] [data-entry] > :last-child").all_inner_texts()
    return found


def rows(page: Page) -> list[dict[str, Any]]:
    """Return the entries in the phone's store without their sealed bytes."""
    kept: list[dict[str, Any]] = page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open("notes");
          asked.onsuccess = () => {
            const all = asked.result.transaction("entries").objectStore("entries").getAll();
            all.onsuccess = () => {
              asked.result.close();
              done(all.result.map(({id, seq, state}) => ({id, seq, state})));
            };
          };
        })"""
    )
    return kept


def told_by_phones(convoy: Convoy) -> list[LogEvent]:
    """Return what phones told of the convoy, by the corrected time of each event."""
    return list(LogEvent.objects.filter(convoy=convoy, via=Via.PHONE).order_by("ordered_at", "id"))
