"""Who may open and send what: every page of this area, every method, the whole cast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.attempts.models import Attempt
from tracker.corridors.models import PassageWindow
from tracker.fieldlog.models import LogEvent
from tracker.incidents.models import Incident

STAFF = {"monitor", "dispatcher", "coordinator", "verifier", "viewer", "admin"}
RECORDERS = {"dispatcher", "coordinator", "verifier"}
FIELD = {"monitor", "dispatcher", "coordinator"}
REPORTERS = {"monitor", "dispatcher", "coordinator", "verifier"}


@dataclass(frozen=True)
class Told:
    """What stands on the corridor: one of each thing that has a page."""

    road: Road
    window: PassageWindow
    attempt: Attempt
    incident: Incident
    entry: LogEvent


@pytest.fixture
def told(cast: Cast, road: Road) -> Told:
    """Return a corridor with a window, an attempt and an incident."""
    corridor = road.corridor.pk
    ids = {name: new_event("note").client_id for name in ("window", "attempt", "incident")}
    hours = {"opens_at": "2022-04-01T05:00:00+00:00", "closes_at": "2022-04-01T15:00:00+00:00"}
    entry, *_ = log(
        new_event("window.announced", data=hours, corridor=corridor, window=ids["window"]),
        new_event(
            "attempt.planned",
            data={"day": "2022-04-01"},
            corridor=corridor,
            attempt=ids["attempt"],
        ),
        new_event(
            "incident.reported",
            data={"alleged": "Shots near Kamianske."},
            corridor=corridor,
            incident=ids["incident"],
        ),
        organisation=cast.organisation,
        by=cast.coordinator,
        now=NOON,
    )
    return Told(
        road,
        PassageWindow.objects.get(),
        Attempt.objects.get(),
        Incident.objects.get(),
        entry,
    )


Address = Callable[[Told], str]


def _of_corridor(name: str) -> Address:
    return lambda told: reverse(name, args=[told.road.corridor.slug])


# Each page: its address, who may open it, who may send to it.
PAGES: dict[str, tuple[Address, set[str], set[str]]] = {
    "corridor": (_of_corridor("corridor"), STAFF, set()),
    "attempt_list": (_of_corridor("attempt_list"), STAFF, set()),
    "agreement": (_of_corridor("agreement"), STAFF, RECORDERS),
    "corridor_worsen": (_of_corridor("corridor_worsen"), set(), RECORDERS),
    "corridor_confirm": (
        _of_corridor("corridor_confirm"),
        {"coordinator", "verifier"},
        {"coordinator", "verifier"},
    ),
    "statement_new": (_of_corridor("statement_new"), RECORDERS, RECORDERS),
    "window_new": (
        _of_corridor("window_new"),
        {"dispatcher", "coordinator"},
        {"dispatcher", "coordinator"},
    ),
    "window_move": (
        lambda told: reverse("window_move", args=[told.window.pk]),
        {"dispatcher", "coordinator"},
        {"dispatcher", "coordinator"},
    ),
    "window_cancel": (
        lambda told: reverse("window_cancel", args=[told.window.pk]),
        {"dispatcher", "coordinator"},
        {"dispatcher", "coordinator"},
    ),
    "attempt_new": (_of_corridor("attempt_new"), {"coordinator"}, {"coordinator"}),
    "attempt": (lambda told: reverse("attempt", args=[told.attempt.pk]), STAFF, set()),
    "attempt_start": (
        lambda told: reverse("attempt_start", args=[told.attempt.pk]),
        {"coordinator"},
        {"coordinator"},
    ),
    "attempt_end": (
        lambda told: reverse("attempt_end", args=[told.attempt.pk]),
        {"coordinator"},
        {"coordinator"},
    ),
    "checkpoint": (
        lambda told: reverse("checkpoint", args=[told.road.tokmak.pk]),
        STAFF,
        FIELD,
    ),
    "incident": (lambda told: reverse("incident", args=[told.incident.pk]), STAFF, set()),
    "claim_new": (
        lambda told: reverse("claim_new", args=[told.incident.pk]),
        REPORTERS,
        REPORTERS,
    ),
    "incident_verify": (
        lambda told: reverse("incident_verify", args=[told.incident.pk]),
        {"coordinator", "verifier"},
        {"coordinator", "verifier"},
    ),
    "entry": (lambda told: reverse("entry", args=[told.entry.pk]), STAFF, set()),
}
# Pages of one's own organisation: an outsider has them, too, and finds nothing of ours there.
OWN_PAGES = {
    "corridor_list": (STAFF | {"outsider"}, set[str]()),
    "incident_list": (STAFF | {"outsider"}, set[str]()),
    "incident_new": (REPORTERS | {"outsider"}, REPORTERS | {"outsider"}),
}


def _statuses(client: Client, cast: Cast, ask: Callable[[Client], Any]) -> dict[str, int]:
    found = {}
    for name, user in cast.everyone().items():
        client.force_login(user)
        found[name] = ask(client).status_code
    return found


def _refusal(name: str, page: str, allowed: set[str]) -> int:
    """Return what somebody is told who may not.

    Nothing of ours exists for a coordinator of another organisation, nor a log entry for a partner.
    """
    if name == "outsider":
        return 404 if "coordinator" in allowed else 403
    return 404 if page == "entry" else 403


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_its_roles_alone(
    client: Client, cast: Cast, told: Told, page: str
) -> None:
    address, openers, _ = PAGES[page]
    is_asked = page != "corridor_worsen"

    found = _statuses(client, cast, lambda who: who.get(address(told)))

    for name, status in found.items():
        if not is_asked:
            assert status == 405, name
        elif name in openers:
            assert status == 200, name
        else:
            assert status == _refusal(name, page, openers), name


@pytest.mark.parametrize("page", PAGES)
def test_a_form_is_taken_from_its_roles_alone(
    client: Client, cast: Cast, told: Told, page: str
) -> None:
    address, _, senders = PAGES[page]
    before = LogEvent.objects.count()

    found = _statuses(client, cast, lambda who: who.post(address(told), {}))

    for name, status in found.items():
        if not senders:
            assert status == 405, name
        elif name in senders:
            # An empty form is refused in words, not taken.
            assert status == 422, name
        else:
            assert status == _refusal(name, page, senders), name
    assert LogEvent.objects.count() == before


@pytest.mark.parametrize("page", OWN_PAGES)
def test_lists_show_ones_own_organisation_alone(
    client: Client, cast: Cast, told: Told, page: str
) -> None:
    openers, _ = OWN_PAGES[page]

    found = _statuses(client, cast, lambda who: who.get(reverse(page)))
    client.force_login(cast.outsider)
    text = client.get(reverse(page)).content.decode()

    assert {name for name, status in found.items() if status == 200} == openers
    assert set(found.values()) == {200, 403}
    assert told.road.corridor.slug not in text
    assert "Shots near Kamianske." not in text


def _every_address(told: Told) -> dict[str, str]:
    return {page: address(told) for page, (address, *_) in PAGES.items()} | {
        page: reverse(page) for page in OWN_PAGES
    }


def test_a_visitor_is_asked_to_sign_in(client: Client, told: Told) -> None:
    login = reverse("account_login")
    for page, address in _every_address(told).items():
        answer = client.post(address) if page == "corridor_worsen" else client.get(address)

        assert answer.status_code == 302, page
        assert answer["Location"] == f"{login}?next={address}"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client: Client, cast: Cast, told: Told, method: str) -> None:
    client.force_login(cast.coordinator)

    found = {
        page: getattr(client, method)(address).status_code
        for page, address in _every_address(told).items()
    }

    assert set(found.values()) == {405}


def test_a_page_offers_nobody_what_their_role_may_not_do(
    client: Client, cast: Cast, told: Told
) -> None:
    offers = {
        "close": reverse("corridor_worsen", args=[told.road.corridor.slug]),
        "confirm": reverse("corridor_confirm", args=[told.road.corridor.slug]),
        "statement": reverse("statement_new", args=[told.road.corridor.slug]),
        "window": reverse("window_new", args=[told.road.corridor.slug]),
        "attempt": reverse("attempt_new", args=[told.road.corridor.slug]),
    }
    seen = {}
    for name in ("viewer", "monitor", "dispatcher", "verifier", "coordinator", "admin"):
        client.force_login(getattr(cast, name))
        text = client.get(reverse("corridor", args=[told.road.corridor.slug])).content.decode()
        seen[name] = {offer for offer, address in offers.items() if f'"{address}"' in text}

    assert seen == {
        "viewer": set(),
        "monitor": set(),
        "admin": set(),
        "dispatcher": {"close", "statement", "window"},
        "verifier": {"close", "confirm", "statement"},
        "coordinator": {"close", "confirm", "statement", "window", "attempt"},
    }


def test_a_form_without_its_token_is_refused(cast: Cast, told: Told) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.coordinator)

    answer = strict.post(
        reverse("corridor_worsen", args=[told.road.corridor.slug]), {"act": "corridor.closed"}
    )

    assert answer.status_code == 403
    assert not LogEvent.objects.filter(kind="corridor.closed").exists()
