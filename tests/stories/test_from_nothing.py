"""A coordinator runs a corridor from an empty database to an arrived convoy, by pages alone."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.web.sending import send
from tracker.attempts.models import Attempt, AttemptStatus
from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, ConvoyState
from tracker.corridors.models import Corridor, CorridorStatus, PassageWindow, Place
from tracker.corridors.queries import corridor_verdict
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation, Role, User
from tracker.provenance.models import Source
from tracker.web.corridor_page import validity

SECRET = "one two three four five"
NO_CHECKPOINTS = {"checkpoints-TOTAL_FORMS": "0", "checkpoints-INITIAL_FORMS": "0"}


def set_up(client: Client, section: str, **typed: Any) -> None:
    """Add one row through the set-up pages."""
    answer = client.post(reverse(f"admin:tracker_{section}_add"), typed)
    assert answer.status_code == 302, answer.context["errors"]


def sign_in(username: str) -> Client:
    """Sign in by the page."""
    client = Client()
    answer = client.post(
        reverse("account_login"), {"login": username, "password": SECRET}, follow=True
    )
    assert answer.context["user"].get_username() == username
    return client


@pytest.fixture
def root(db: None, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Return the first account, made on the command line, signed in."""
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", SECRET)
    call_command("createsuperuser", "--noinput", username="root", email="root@example.org")
    return sign_in("root")


def set_up_the_road(root: Client) -> Corridor:
    """Set up organisation, people, source, places, corridor, road and checkpoint."""
    set_up(root, "organisation", name="Relief Corridor", short_name="Relief", kind="OPERATOR")
    ours = str(Organisation.objects.get().pk)
    for name, role in (("carla", Role.COORDINATOR), ("mo", Role.MONITOR)):
        secret = {"password1": SECRET, "password2": SECRET}
        set_up(root, "user", username=name, organisation=ours, role=role, **secret)
    set_up(root, "source", name="The mayor", party="LOCAL", reliability="C")
    for name in ("Northgate", "Southport"):
        set_up(root, "place", name=name, country="UA", names="{}")
    places = {place.name: str(place.pk) for place in Place.objects.all()}
    set_up(
        root,
        "corridor",
        slug="south-north",
        operator=ours,
        origin=places["Southport"],
        destination=places["Northgate"],
        time_zone="Europe/Kyiv",
        is_public="on",
        **NO_CHECKPOINTS,
    )
    corridor = Corridor.objects.get()
    points = {"points-TOTAL_FORMS": "2", "points-INITIAL_FORMS": "0"}
    for number, (name, km) in enumerate((("Southport", 0), ("Northgate", 120))):
        points |= {f"points-{number}-place": places[name], f"points-{number}-km": str(km)}
    set_up(
        root, "route", corridor=str(corridor.pk), version="1", name="main road", length_km="120",
        **points,
    )  # fmt: skip
    set_up(
        root, "checkpoint", corridor=str(corridor.pk), code="CP1", name="Midway", km="60",
        kind="GATE",
    )  # fmt: skip
    return corridor


def status_of(corridor: Corridor) -> str:
    fresh = Corridor.objects.select_related("state").get(pk=corridor.pk)
    return corridor_verdict(fresh, validity=validity(), at=timezone.now()).status


def open_the_road(carla: Client, corridor: Corridor) -> None:
    """Record what the mayor says, confirm what was seen, announce when people may pass."""
    slug = [corridor.slug]
    send(
        carla,
        reverse("statement_new", args=slug),
        source=str(Source.objects.get().pk),
        claims="OPEN",
        says="The road is open.",
    )
    assert status_of(corridor) == CorridorStatus.ANNOUNCED
    send(
        carla,
        reverse("corridor_confirm", args=slug),
        reason="Mo drove it this morning.",
        seen_from_field="on",
    )
    assert status_of(corridor) == CorridorStatus.OPEN
    send(
        carla,
        reverse("window_new", args=slug),
        opens_at="2022-04-01T08:00",
        closes_at="2022-04-01T18:00",
        seen_from_field="on",
    )
    assert PassageWindow.objects.get().state == PassageWindow.State.CONFIRMED


def plan_the_convoy(carla: Client, corridor: Corridor) -> None:
    """Open an attempt and plan a convoy of two buses for it."""
    send(carla, reverse("attempt_new", args=[corridor.slug]), buses="2")
    send(
        carla,
        reverse("convoy_plan"),
        corridor=str(corridor.pk),
        attempt=str(Attempt.objects.get().pk),
        code="C1",
        vehicles="B1, 50, 45\nB2, 50, 48",
    )
    assert Convoy.objects.get().people_planned == 93


def drive(mo: Client) -> list[str]:
    """Log the journey; return the state of the convoy after each entry."""
    page = f"{reverse('log')}?convoy=C1"
    checkpoint = str(Checkpoint.objects.get().pk)
    states = []
    for kind, typed in (
        ("convoy.departed", {"checkpoint": None, "people": "93"}),
        ("convoy.held", {"checkpoint": checkpoint}),
        ("convoy.cleared", {"checkpoint": checkpoint}),
        ("convoy.arrived", {"checkpoint": None, "people": "93"}),
    ):
        answer = send(mo, f"{page}&kind={kind}", **typed)
        assert answer.status_code == 302, answer.context["form"].errors
        states.append(Convoy.objects.get().state)
    return states


def test_a_corridor_is_run_from_nothing_to_an_arrived_convoy(root: Client) -> None:
    corridor = set_up_the_road(root)
    carla, mo = sign_in("carla"), sign_in("mo")

    open_the_road(carla, corridor)
    plan_the_convoy(carla, corridor)
    states = drive(mo)
    send(
        carla,
        reverse("attempt_end", args=[Attempt.objects.get().pk]),
        outcome=AttemptStatus.SUCCEEDED,
        stage="ARRIVED",
        people_arrived="93",
    )

    page = carla.get(reverse("corridor", args=[corridor.slug])).content.decode()
    assert states == [
        ConvoyState.MOVING,
        ConvoyState.HELD,
        ConvoyState.MOVING,
        ConvoyState.ARRIVED,
    ]
    assert Attempt.objects.get().status == AttemptStatus.SUCCEEDED
    assert "Of 1 attempt with a known end 1 brought everybody out" in page
    authors = set(LogEvent.objects.values_list("by__username", flat=True))
    assert authors == {"carla", "mo"}
    assert User.objects.count() == 3
