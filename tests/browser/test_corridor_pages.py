"""Staff pages of corridors as people have them: accessible, within the screen, without script."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from tests.browser.chromium import (
    DESK,
    DESK_DARK,
    NARROW,
    PHONE,
    PHONE_DARK,
    OpenContext,
    Screen,
    TakePicture,
    scrolls_sideways,
    small_targets,
    violations,
)
from tests.browser.served import serve
from tests.cast import Cast
from tests.factories import Road, log, new_event
from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.models import LogEvent

NOW = timezone.now()
LONG = "The corridor is to reopen from Friday morning, if the other side keeps to what was agreed."


def words_on(road: Road) -> list[NewEvent]:
    """Return two statements, an act, a window and a word on one of the points."""
    corridor = road.corridor.pk
    hours = {
        "opens_at": (NOW + timedelta(hours=3)).isoformat(),
        "closes_at": (NOW + timedelta(hours=9)).isoformat(),
    }
    said = {"says": LONG, "claims": "OPEN", "source_url": "https://example.org/a"}
    doubt = {"says": "It is not yet clear.", "claims": "UNKNOWN", "first_hand": True}
    aid = {"item": "AID", "party": "PARTY_A", "position": "CONTESTED", "note": "14 t taken"}
    long_ago, before = NOW - timedelta(hours=15), NOW - timedelta(hours=1)
    on = {"corridor": corridor}
    return [
        new_event("corridor.stated", at=long_ago, data=said, source=road.russia, **on),
        new_event("corridor.stated", at=before, data=doubt, source=road.icrc, **on),
        new_event("corridor.closed", at=NOW, reason="Shelling at Kamianske.", **on),
        new_event("window.announced", at=NOW, data=hours, window=uuid4(), **on),
        new_event("agreement.stated", at=NOW, data=aid, **on),
    ]


def happenings_on(road: Road) -> list[NewEvent]:
    """Return a report on a checkpoint, a failed attempt and an incident with one voice."""
    corridor, attempt, incident = road.corridor.pk, uuid4(), uuid4()
    wait = {"status": "RESTRICTED", "wait_low_h": 2, "wait_high_h": 3.5, "is_censored": True}
    plan = {"day": "2022-03-31", "buses": 45}
    end = {"outcome": "FAILED", "reason_code": "CHECKPOINT_DENIED", "reason": LONG}
    alleged = {"alleged": "Helicopters attacked a fuel depot in Belgorod"}
    voice = {"stance": "NEITHER", "says": "No comment.", "injured": 2}
    at = NOW - timedelta(hours=2)
    days = {"planned": NOW - timedelta(days=2), "ended": NOW - timedelta(days=1)}
    return [
        new_event("checkpoint.reported", at=at, data=wait, checkpoint=road.vasylivka.pk),
        new_event(
            "attempt.planned", at=days["planned"], data=plan, corridor=corridor, attempt=attempt
        ),
        new_event("attempt.ended", at=days["ended"], data=end, attempt=attempt),
        new_event("incident.reported", at=at, data=alleged, incident=incident, corridor=corridor),
        new_event("incident.claimed", at=at, data=voice, source=road.icrc, incident=incident),
    ]


@pytest.fixture
def told(cast: Cast, road: Road) -> Road:
    """Return the road with something of everything said about it."""
    events = [*words_on(road), *happenings_on(road)]
    log(*events, organisation=cast.organisation, by=cast.coordinator, now=NOW)
    return road


def pages_of(road: Road) -> dict[str, str]:
    """Return the address of each page, by the name of its picture."""
    slug = [road.corridor.slug]
    stated = LogEvent.objects.filter(kind="corridor.stated").order_by("ordered_at").first()
    attempt = LogEvent.objects.get(kind="attempt.planned").attempt_id
    incident = LogEvent.objects.get(kind="incident.reported").incident_id
    return {
        "corridors": reverse("corridor_list"),
        "corridor": reverse("corridor", args=slug),
        "confirm": reverse("corridor_confirm", args=slug),
        "statement": reverse("statement_new", args=slug),
        "window": reverse("window_new", args=slug),
        "agreement": reverse("agreement", args=slug),
        "attempts": reverse("attempt_list", args=slug),
        "attempt": reverse("attempt", args=[attempt]),
        "attempt-end": reverse("attempt_end", args=[attempt]),
        "checkpoint": reverse("checkpoint", args=[road.vasylivka.pk]),
        "incidents": reverse("incident_list"),
        "incident": reverse("incident", args=[incident]),
        "claim": reverse("claim_new", args=[incident]),
        "entry": reverse("entry", args=[stated.pk if stated else None]),
    }


def shown(open_context: OpenContext, screen: Screen, html: str, *, script: bool = True) -> Page:
    """Open a page as the server rendered it."""
    context = open_context(screen, script=script)
    page = context.new_page()
    page.goto(serve(context, html))
    return page


# The pages that hold every kind of piece; the others are judged on one desk and one phone.
# In a fixed order: parallel test runners compare the names of their tests.
FULLEST = ("corridor", "entry", "statement")


@pytest.mark.parametrize(
    ("screen", "language", "only"),
    [
        (DESK, "en", None),
        (PHONE_DARK, "ar", None),
        (DESK_DARK, "en", FULLEST),
        (PHONE, "en", FULLEST),
        (NARROW, "en", FULLEST),
    ],
    ids=str,
)
def test_every_page_is_accessible_on_every_screen(
    open_context: OpenContext,
    take_picture: TakePicture,
    client: Client,
    cast: Cast,
    told: Road,
    screen: Screen,
    language: str,
    only: tuple[str, ...] | None,
) -> None:
    client.force_login(cast.coordinator)
    context = open_context(screen)
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for name, address in pages_of(told).items():
        if only and name not in only:
            continue
        html = client.get(address, HTTP_ACCEPT_LANGUAGE=language).content.decode()
        page.goto(serve(context, html))
        take_picture(page, f"{name}-{language}-{screen}")
        found[name] = violations(page) + small_targets(page)
        if scrolls_sideways(page):
            found[name].append("wider than the screen")

    assert {name: what for name, what in found.items() if what} == {}


def test_a_refused_form_is_accessible_and_leads_to_its_fields(
    open_context: OpenContext, take_picture: TakePicture, client: Client, cast: Cast, told: Road
) -> None:
    client.force_login(cast.coordinator)
    address = reverse("statement_new", args=[told.corridor.slug])
    html = client.post(address, {"says": LONG, "claims": "OPEN"}).content.decode()

    page = shown(open_context, PHONE, html)
    page.get_by_role("link", name="Who says so").click()

    take_picture(page, "statement-refused-390")
    assert page.url.endswith("#id_source")
    assert violations(page) == []


def test_the_three_taps_are_large_and_work_without_script(
    open_context: OpenContext, client: Client, cast: Cast, told: Road
) -> None:
    client.force_login(cast.dispatcher)
    html = client.get(reverse("corridor", args=[told.corridor.slug])).content.decode()

    page = shown(open_context, PHONE, html, script=False)

    for word in ("Close", "Suspend", "Restrict"):
        button = page.get_by_role("button", name=word, exact=True)
        box = button.bounding_box()
        assert box
        assert box["height"] >= 48
        assert button.get_attribute("type") == "submit"
