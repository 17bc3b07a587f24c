"""No token that somebody typed in confidence comes out anywhere; what is public does."""

from __future__ import annotations

import gzip
import logging
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, DjangoDbBlocker

from tests.alerts.scenes import expand_all, subscribe
from tests.security.addresses import addresses, routes
from tests.security.asking import Desk
from tests.security.canaries import (
    OUTSIDER,
    PARTNER,
    PUBLIC,
    STAFF,
    CanaryWorld,
    every_text,
    make_canaries,
)
from tests.security.world import OWN, SHARED
from tests.situation.scenes import drain_and_publish
from tests.waiting import until
from tests.web.test_subscriptions import Inbox
from tracker.attempts.models import Attempt
from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy
from tracker.corridors.models import Corridor, PassageWindow, Statement
from tracker.exercises.clock import field_clock
from tracker.fieldlog.models import LogEvent
from tracker.incidents.models import Incident
from tracker.situation import files
from tracker.situation.operations import publish_now

SUBSCRIBER = "relative.qz@mail.example.net"
PUBLIC_WORDS = (
    "public statement",
    "public claim",
    "public incident",
    "public point",
    "why public attempt failed",
)
_NOW = re.compile(rb'data-now="[^"]*"')
NOUNS: dict[str, Any] = {
    "corridor": Corridor,
    "window": PassageWindow,
    "statement": Statement,
    "checkpoint": Checkpoint,
    "attempt": Attempt,
    "convoy": Convoy,
    "incident": Incident,
}


@pytest.fixture(scope="module")
def shared_canaries(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[CanaryWorld, Path]]:
    """Create the world once, publish it, and let its alerts be written."""
    folder = tmp_path_factory.mktemp("published")
    with django_db_blocker.unblock(), transaction.atomic():
        canaries = make_canaries()
        expand_all(at=timezone.now(), now=timezone.now())
        with override_settings(PUBLISHED_DIR=folder):
            publish_now(clock=field_clock(), machine_now=timezone.now())
        yield canaries, folder
        transaction.set_rollback(True)


@pytest.fixture
def canaries(shared_canaries: tuple[CanaryWorld, Path], db: None, settings: Any) -> CanaryWorld:
    """Return the world with its public pages served."""
    found, settings.PUBLISHED_DIR = shared_canaries
    return found


def leaks(canaries: CanaryWorld, answers: Iterable[Any], reader: str) -> dict[str, set[str]]:
    """Return what each answer shows that this reader may not see, and nothing where all is well."""
    found = {
        address: canaries.tokens.forbidden(text, reader) for address, text in every_text(answers)
    }
    return {address: labels for address, labels in found.items() if labels}


def _codes(canaries: CanaryWorld) -> list[str]:
    return [part.code for part in (*canaries.world.parts.values(), canaries.hidden)]


def _pages(canaries: CanaryWorld) -> Iterator[str]:
    """Return the address of every page, of every object there is."""
    for name, _pattern in routes():
        yield from addresses(name, canaries.world).values()
    for entry in LogEvent.objects.order_by("id"):
        yield reverse("entry", args=[entry.pk])
    for code in _codes(canaries):
        yield from (f"/board/?show={code}", f"/convoys/{code}/", f"/log/?convoy={code}")
    slug = canaries.hidden.road.corridor.slug
    yield from (f"/corridors/{slug}/", f"/staff/corridors/{slug}/", f"/subscribe/?corridor={slug}")
    yield from ("/no/such/page/", "/alerts/?page=2", "/convoys/?page=2")


def _api(canaries: CanaryWorld) -> Iterator[str]:
    """Return the address of every list of the API and of every object there is."""
    for noun, model in NOUNS.items():
        yield f"{reverse(f'api-{noun}s')}?per_page=200"
        for row in model.objects.order_by("pk"):
            key = row.slug if noun == "corridor" else row.pk
            yield reverse(f"api-{noun}", args=[key])
    for code in _codes(canaries):
        yield f"{reverse('api-convoys')}?code={code}"


def test_what_is_published_holds_no_secret_and_all_that_is_public(canaries: CanaryWorld) -> None:
    served = files.read(Path(django_settings.PUBLISHED_DIR) / "public").documents
    on_disk = [
        gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in Path(django_settings.PUBLISHED_DIR).rglob("*")
        if path.is_file()
    ]

    texts = [f"{each.headers} {each.body.decode()}" for each in served.values()]
    texts += [each.decode("utf-8", "replace") for each in on_disk]

    tokens = canaries.tokens
    assert not {path for path in served if tokens.forbidden(path, PUBLIC)}
    assert not set[str]().union(*(tokens.forbidden(text, PUBLIC) for text in texts))
    shown = tokens.in_text("".join(texts))
    assert shown >= {f"{what} of the open road" for what in PUBLIC_WORDS}


def test_nobody_without_an_account_reads_a_secret_at_any_address(canaries: CanaryWorld) -> None:
    desk = Desk(canaries.world)
    asked = [*_pages(canaries), *_api(canaries)]

    answers = [desk.ask("anonymous", "GET", address) for address in asked]
    answers += [desk.ask("anonymous", "POST", address) for address in asked[::5]]
    # Whoever asks for a hidden address gets it back in the link to the sign-in page, and no more.
    shown = [each for each in answers if each.status_code != 302]

    assert leaks(canaries, shown, PUBLIC) == {}
    assert len(answers) > 200


@pytest.mark.parametrize("role", [PARTNER, OUTSIDER])
def test_people_of_other_organisations_read_what_is_theirs_or_shared(
    canaries: CanaryWorld, role: str
) -> None:
    desk = Desk(canaries.world)
    asked = [*_pages(canaries), *_api(canaries)]

    answers = [desk.ask(role, "GET", address) for address in asked]

    assert leaks(canaries, answers, role) == {}
    shown = set[str]().union(*(canaries.tokens.in_text(text) for _, text in every_text(answers)))
    assert ("code of S1" if role == PARTNER else "code of O1") in shown


def _about_people(canaries: CanaryWorld) -> Iterator[str]:
    """Return the addresses that could tell what befell the people of a convoy of ours."""
    for part in (canaries.world.parts[OWN], canaries.world.parts[SHARED], canaries.hidden):
        yield from (f"/convoys/{part.code}/", f"/board/?show={part.code}")
        yield from (f"/log/?convoy={part.code}", reverse("api-convoy", args=[part.convoy]))
        for entry in LogEvent.objects.filter(convoy=part.convoy).order_by("id"):
            yield reverse("entry", args=[entry.pk])
    yield from ("/convoys/", "/alerts/", "/messages/", reverse("api-convoys"))


@pytest.mark.parametrize("role", ["viewer", "monitor", "verifier", "admin"])
def test_what_befell_people_is_read_by_nobody_whose_work_does_not_need_it(
    canaries: CanaryWorld, role: str
) -> None:
    desk = Desk(canaries.world)

    answers = [desk.ask(role, "GET", address) for address in _about_people(canaries)]

    assert leaks(canaries, answers, STAFF) == {}


def test_the_mail_to_subscribers_holds_nothing_but_public_words(canaries: CanaryWorld) -> None:
    part = canaries.world.parts[OWN]
    subscribe(SUBSCRIBER, corridor=part.road.corridor)
    subscribe("anything.qz@mail.example.net")
    inbox = Inbox()

    for minute, kind in enumerate(("corridor.suspended", "corridor.closed"), start=250):
        for each in (part, canaries.hidden):
            reason = canaries.tokens.new(f"reason {minute} of {each.code}", frozenset({STAFF}))
            each.tell(kind, minute, corridor=each.road.corridor.pk, reason=reason)
        expand_all(at=timezone.now(), now=timezone.now())
        inbox.fetch()

    outside = [mail for mail in inbox.mails if mail.to.endswith("qz@mail.example.net")]
    texts = [f"{mail.subject} {mail.body} {mail.headers}" for mail in outside]
    assert len(outside) == 4
    assert [canaries.tokens.forbidden(text, PUBLIC) for text in texts] == [set()] * 4


def _redis_text() -> str:
    """Return every key of Redis with its value."""
    store = redis.from_url(django_settings.REDIS_URL)
    found = []
    for key in store.scan_iter():
        kind = store.type(key)
        value = store.lrange(key, 0, -1) if kind == b"list" else store.dump(key)
        found.append(f"{key!r} {value!r}")
    return "\n".join(found)


def test_neither_redis_nor_celery_nor_a_log_line_learns_what_was_told(
    canaries: CanaryWorld,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.PUBLISHED_DIR = tmp_path
    caplog.set_level(logging.DEBUG)
    part = canaries.world.parts[OWN]
    subscribe(SUBSCRIBER, corridor=part.road.corridor)

    with django_capture_on_commit_callbacks(execute=True):
        for minute, kind in ((251, "convoy.cleared"), (252, "sos"), (253, "convoy.held")):
            note = {"note": canaries.tokens.new(f"note on {kind}", frozenset({STAFF}))}
            part.go(kind, minute, note)
        part.tell("corridor.closed", 254, corridor=part.road.corridor.pk, reason="QZ")
        expand_all(at=timezone.now(), now=timezone.now())
        Inbox().fetch()
        publish_now(clock=field_clock(), machine_now=timezone.now())
    until(lambda: "tracker.tasks.outbox.drain" in _redis_text(), within_s=20, what="a ring")

    texts = (_redis_text(), "\n".join(record.getMessage() for record in caplog.records))
    assert [canaries.tokens.in_text(text) for text in texts] == [set(), set()]
    assert [SUBSCRIBER in text for text in texts] == [False, False]


def _everything_public(canaries: CanaryWorld, desk: Desk) -> dict[str, tuple[Any, ...]]:
    served = files.read(Path(django_settings.PUBLISHED_DIR) / "public").documents
    asked = [*served, "/subscribe/sent/", "/feeds/status.uk.json", "/corridors/no-such-road/"]
    found = {}
    for path in asked:
        answer = desk.ask("anonymous", "GET", path)
        # The moment of the answer itself, which a page made for one visitor carries.
        del answer["Expires"]
        body = _NOW.sub(b"", answer.content) if path not in served else answer.content
        found[path] = (answer.status_code, sorted(answer.items()), body)
    return found


@pytest.mark.parametrize("whose", [OWN, SHARED])
def test_no_step_of_a_secret_journey_changes_a_public_byte_header_or_length(
    canaries: CanaryWorld, whose: str, settings: Any, tmp_path: Path
) -> None:
    settings.PUBLISHED_DIR = tmp_path
    publish_now(clock=field_clock(), machine_now=timezone.now())
    desk, part = Desk(canaries.world), canaries.world.parts[whose]
    before = _everything_public(canaries, desk)
    changed: list[tuple[str, str]] = []

    for minute, kind, data in (
        (260, "convoy.cleared", None),
        (261, "convoy.arrived_at", None),
        (262, "convoy.held", None),
        (263, "people.counted", {"people": 41}),
        (264, "contact.made", {"note": "Heard."}),
        (265, "convoy.arrived", None),
        (266, "people.arrived", {"people": 40}),
    ):
        at = {"checkpoint": part.road.kamianske.pk} if kind == "convoy.arrived_at" else {}
        part.go(kind, minute, data, **at)
        drain_and_publish(at=field_clock().now, machine_now=timezone.now())
        after = _everything_public(canaries, desk)
        changed += [(kind, path) for path in before if before[path] != after[path]]

    assert changed == []
    assert len(before) > 8
