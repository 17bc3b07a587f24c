"""Every route, every role, GET and POST, on whoever's object: the answer the table says."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.security.addresses import PLAIN, addresses, routes
from tests.security.asking import Desk
from tests.security.world import OWN, ROLES, World

Cell = tuple[str, str, str, str]

TABLE = Path(__file__).with_name("matrix.csv")
NAMES = sorted({name for name, _pattern in routes()})
# Files for everybody, answered before Django: caches may keep them for seconds.
PUBLISHED = frozenset(
    {
        "home",
        "public-corridor",
        "public-text",
        "public-about",
        "public-incidents",
        "feed-json",
        "feed-geojson",
        "feed-atom",
    }
)
# A mail program posts there by itself (RFC 8058); the token is the secret.
# So is the token of a driver's link, which no cookie goes with.
WITHOUT_TOKEN = frozenset({"subscribe_stop", "driver"})
# The shell of the phone page: the same for everybody, asked for anew where there is a network.
SHELL = frozenset({"phone", "phone_worker", "phone_manifest"})
BY_KEY = "api-"
# Devices and message channels post there; the token in the address is the secret.
BY_DEVICE = "in-"
ADMIN = "/admin/"


def _table() -> dict[Cell, int]:
    with TABLE.open(newline="") as lines:
        return {
            (row["route"], row["object"], row["method"], role): int(row[role])
            for row in csv.DictReader(lines)
            for role in ROLES
        }


EXPECTED = _table()


@pytest.fixture(scope="module")
def shared_desk(shared_world: World) -> Desk:
    """Return one browser per role for the whole module."""
    return Desk(shared_world)


@pytest.fixture
def desk(shared_desk: Desk, world: World, published: Path) -> Desk:
    """Return the browsers, in a world whose public pages are published."""
    return shared_desk


def _asked(desk: Desk, name: str) -> Iterator[tuple[Cell, Any]]:
    """Ask every cell of a route."""
    for whose, address in addresses(name, desk.world).items():
        for method in ("GET", "POST"):
            for role in ROLES:
                answer = desk.ask(role, method, address, whose=whose)
                yield (name, whose, method, role), answer


def test_the_table_lists_every_route_and_no_other() -> None:
    listed = {name for name, *_ in EXPECTED}

    assert set(NAMES) == listed, f"{TABLE.name} has {len(EXPECTED)} cells"


@pytest.mark.parametrize("name", NAMES)
def test_each_cell_answers_as_the_table_says(desk: Desk, name: str) -> None:
    expected = {cell: status for cell, status in EXPECTED.items() if cell[0] == name}

    answers = dict(_asked(desk, name))

    found = {cell: answer.status_code for cell, answer in answers.items()}
    wrong = {cell: status for cell, status in found.items() if status != expected.get(cell)}
    assert not wrong, f"{len(wrong)} of {len(found)} cells of {name}, {len(EXPECTED)} in all"
    assert found.keys() == expected.keys()
    assert not _storable(name, answers)
    assert not _without_policy(name, answers)


def _storable(name: str, answers: dict[Cell, Any]) -> list[Cell]:
    """Return the cells whose answer a cache or a browser may keep."""
    if name in PUBLISHED | SHELL:
        return []
    return [cell for cell, answer in answers.items() if "no-store" not in answer["Cache-Control"]]


def _without_policy(name: str, answers: dict[Cell, Any]) -> list[Cell]:
    """Return the pages that would let a foreign or inline script run."""
    policies = {
        cell: answer.get("Content-Security-Policy", "")
        for cell, answer in answers.items()
        if answer.get("Content-Type", "").startswith("text/html") and answer.content
    }
    return [
        cell
        for cell, policy in policies.items()
        if not re.search(r"default-src '(self|none)'(;|$)", policy) or "unsafe" in policy
    ]


@pytest.mark.parametrize("role", ["anonymous", "coordinator"])
def test_no_other_method_does_anything_anywhere(desk: Desk, role: str) -> None:
    refusals = Counter[int]()
    for name in NAMES:
        for whose, address in addresses(name, desk.world).items():
            for method in ("PUT", "PATCH", "DELETE", "TRACE") if whose in {OWN, PLAIN} else ():
                refusals[desk.ask(role, method, address).status_code] += 1

    # allauth answers 200 where it sends a page, and redirects who is signed in.
    assert set(refusals) <= {200, 302, 401, 403, 404, 405, 410}
    assert refusals[405] > len(NAMES)


def test_head_answers_as_get_does_and_sends_no_body(desk: Desk) -> None:
    differing = []
    for name in NAMES:
        for whose, address in addresses(name, desk.world).items():
            headed = desk.ask("coordinator", "HEAD", address, whose=whose)
            wanted = EXPECTED[name, whose, "GET", "coordinator"]
            if headed.status_code != wanted or headed.content:
                differing.append((name, whose, wanted, headed.status_code))

    assert not differing


def _takes_post(name: str) -> bool:
    statuses = {EXPECTED[cell] for cell in EXPECTED if cell[0] == name and cell[2] == "POST"}
    return statuses != {405} and not name.startswith(BY_KEY) and name not in PUBLISHED


def test_no_page_takes_a_post_without_its_token(world: World, published: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = world.sessions["coordinator"]
    taken = {}
    for name in filter(_takes_post, NAMES):
        for whose, address in addresses(name, world).items():
            taken[name, whose] = client.post(address, {}).status_code

    open_to_all = {name for (name, _whose), status in taken.items() if status != 403}
    # A redirect of allauth that comes before the check changes nothing.
    assert {
        name for name in open_to_all if not name.startswith(("account_", "mfa_", BY_DEVICE))
    } <= {
        *WITHOUT_TOKEN,
        *("public-in-language", "feed-in-language", "public-corridor", "set_language"),
    }
    assert len(taken) > 40


def _admin_addresses() -> Sequence[str]:
    """Return the list and the form of every table that the admin knows, and its own pages."""
    found = [ADMIN, f"{ADMIN}password_change/", f"{ADMIN}no/such/table/"]
    for model in apps.get_app_config("tracker").get_models():
        for page in ("changelist", "add"):
            try:
                found.append(reverse(f"admin:tracker_{model._meta.model_name}_{page}"))
            except NoReverseMatch:
                continue
    return found


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_the_admin_is_shut_to_everybody_but_administrators(desk: Desk, role: str) -> None:
    answers = [
        desk.ask(role, method, address)
        for method in ("GET", "POST")
        for address in _admin_addresses()
    ]

    assert {answer.status_code for answer in answers} <= {302, 403, 404}
    assert {
        answer["Location"].partition("?")[0] for answer in answers if answer.has_header("Location")
    } <= {
        reverse("admin:login"),
        reverse("account_login"),
    }
