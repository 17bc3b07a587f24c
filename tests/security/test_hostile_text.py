"""Text that wants to be code stays text: in every form, page, feed and mail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings as django_settings
from django.forms import CharField, Field
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.alerts.scenes import expand_all, subscribe
from tests.security.addresses import addresses, routes
from tests.security.forms import FORMS
from tests.security.hostile import COMPUTED, PAYLOADS, alien_elements, flaws, invisible_in
from tests.security.test_bad_forms import fields_of
from tests.security.world import OWN, World
from tests.web.test_subscriptions import Inbox
from tracker.exercises.clock import field_clock
from tracker.fieldlog.models import LogEvent
from tracker.lib.text import tidy_lines
from tracker.situation import files
from tracker.situation.operations import publish_now

GROUPS = [PAYLOADS[start : start + 10] for start in range(0, len(PAYLOADS), 10)]
# A code is said over the radio, and an alert is ended once.
SPOKEN = {"code"}
# Nothing that somebody typed is shown there.
UNTYPED = ("api-", "account_", "mfa_", "public-", "feed-", "subscribe", "healthz")
ONCE = {"alert_end", "convoy_share"}


@pytest.fixture
def desk(world: World) -> Client:
    """Return the coordinator's browser."""
    return world.client("coordinator")


def _filled(good: dict[str, Any], fields: dict[str, Field], payload: str) -> dict[str, Any]:
    """Return a form filled in with one text in every field that takes text."""
    texts = {
        name: payload[: declared.max_length]
        for name, declared in fields.items()
        if type(declared) is CharField and name not in SPOKEN
    }
    sent = {**good, **texts, "client_id": str(uuid4())}
    if "new_source" in fields:
        sent |= {"source": "", "new_source_party": "MEDIA"}
    if "is_public" in fields:
        sent["is_public"] = "on"
    if "code" in good:
        sent["code"] = f"H{PAYLOADS.index(payload)}"
    return sent


def _tell(name: str, desk: Client, world: World, payloads: Sequence[str]) -> Iterator[Any]:
    """Send a form with one text everywhere; then without it where it was refused."""
    form = FORMS[name]
    good, fields = form.filled(desk, world), fields_of(form, desk, world)
    for payload in payloads:
        sent = _filled(good, fields, payload)
        answer = form.send(desk, world, sent)
        yield answer
        if answer.status_code == 422:
            shown = answer.context.get("form") or answer.context["worse"]
            kept = {field: value for field, value in sent.items() if field not in shown.errors}
            refused = {field: good[field] for field in shown.errors if field in good}
            yield form.send(desk, world, {**kept, **refused})


def tell_all(desk: Client, world: World, payloads: Sequence[str], *, every: int) -> list[Any]:
    """Send every form with every so-manieth text, neighbours with others; return the answers."""
    return [
        answer
        for number, name in enumerate(FORMS)
        if name not in ONCE
        for answer in _tell(name, desk, world, payloads[number % every :: every])
    ]


def _pages(world: World) -> Iterator[str]:
    for name, _pattern in routes():
        if not name.startswith(UNTYPED):
            found = addresses(name, world)
            yield found.get(OWN) or next(iter(found.values()))
    for entry in LogEvent.objects.filter(by=world.cast.coordinator).order_by("-stored_at")[:60]:
        yield reverse("entry", args=[entry.pk])
    yield from ("/convoys/M8/", "/board/?show=H1", "/convoys/?q=%3Cscript%20qzx%3E", "/alerts/")


@pytest.mark.parametrize("payloads", GROUPS, ids=lambda group: f"from {PAYLOADS.index(group[0])}")
@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.drill)])
def test_no_text_in_any_form_breaks_a_page_a_feed_or_a_mail(
    desk: Client,
    world: World,
    payloads: Sequence[str],
    every: int,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.PUBLISHED_DIR = tmp_path
    for number, language in enumerate(("en", "ar", "uk")):
        subscribe(f"relative{number}@mail.example.net", language=language)

    answers = tell_all(desk, world, payloads, every=every)

    taken = [answer for answer in answers if answer.status_code == 302]
    refused = [answer for answer in answers if answer.status_code == 422]
    assert len(taken) + len(refused) == len(answers)
    assert len(taken) > len(payloads) * 20 / every
    assert [alien_elements(answer.content.decode()) for answer in refused] == [[]] * len(refused)
    assert _flawed_documents() == {}
    assert _flawed_pages(desk, world) == {}
    assert _flawed_mails() == []


def _flawed_pages(desk: Client, world: World) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for address in _pages(world):
        answer = desk.get(address)
        if answer.status_code >= 500:
            found[address] = answer.status_code
        elif answer["Content-Type"].startswith("text/html") and not answer.streaming:
            found[address] = flaws(answer.content.decode())
    return {address: flawed for address, flawed in found.items() if flawed}


def _flawed_documents() -> dict[str, Any]:
    """Publish, and return what is wrong with each document."""
    assert publish_now(clock=field_clock(), machine_now=timezone.now())
    served = files.read(Path(django_settings.PUBLISHED_DIR) / "public").documents
    found: dict[str, Any] = {}
    for path, document in served.items():
        text = document.body.decode()
        if "json" in document.content_type:
            json.loads(text)
        elif "xml" in document.content_type:
            ET.fromstring(text)
        if document.content_type.startswith("text/html"):
            found[path] = flaws(text)
        else:
            found[path] = invisible_in(text)
    assert len(found) >= 6
    return {path: flawed for path, flawed in found.items() if flawed}


def _flawed_mails() -> list[str]:
    """Let every mail be written, and return those whose head could be broken or that hide words."""
    expand_all(at=timezone.now(), now=timezone.now())
    inbox = Inbox()
    inbox.fetch()
    assert inbox.mails
    return [
        mail.subject
        for mail in inbox.mails
        if any(sign in mail.subject for sign in "\r\n")
        or any(sign in value for value in mail.headers.values() for sign in "\r\n")
        or invisible_in(mail.subject + mail.body)
        or COMPUTED in mail.body
    ]


@pytest.mark.parametrize("payload", ["5 < 6 & \"7\" > '4'", "مغلق {{7191*7191}} %(n)s"])
def test_what_was_typed_reaches_every_reader_as_it_was_typed(
    desk: Client, world: World, payload: str, settings: Any, tmp_path: Path
) -> None:
    settings.PUBLISHED_DIR = tmp_path
    form = FORMS["statement_new"]
    said = form.filled(desk, world, says=payload, is_public="on")

    form.send(desk, world, said)

    publish_now(clock=field_clock(), machine_now=timezone.now())
    served = files.read(tmp_path / "public").documents
    feed = json.loads(served["/feeds/status.json"].body)
    road = next(each for each in feed["corridors"] if each["slug"] == "mariupol-zaporizhzhia")
    assert tidy_lines(payload) in [each["says"] for each in road["statements"]]
    assert tidy_lines(payload) in "".join(
        ET.fromstring(served["/feeds/status.atom"].body).itertext()
    )
