"""The forms of a shift, typed and sent in a real browser: sign-in, cookies and tokens included."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.chromium import SignIn
from tests.cast import Cast
from tests.factories import Road
from tracker.convoys.models import Convoy
from tracker.corridors.models import CorridorState, Statement


def press(page: Page, word: str) -> None:
    """Press the button of the page that carries a word."""
    page.click(f"main button:has-text('{word}')")


def test_a_statement_is_recorded_and_the_corridor_confirmed(
    cast: Cast, road: Road, sign_in: SignIn
) -> None:
    page = sign_in("verifier")
    home = f"/staff/corridors/{road.corridor.slug}/"

    page.goto(f"{home}statements/new/")
    page.select_option("select[name=source]", str(road.icrc.pk))
    page.select_option("select[name=claims]", "ANNOUNCED")
    page.fill("textarea[name=says]", "It is to reopen on Friday.")
    press(page, "Record")
    page.goto(f"{home}confirm/")
    page.fill("textarea[name=reason]", "Our monitors at Tokmak see cars pass.")
    page.check("input[name=seen_from_field]")
    press(page, "Confirm open")

    assert Statement.objects.get().event.by == cast.verifier
    assert CorridorState.objects.get().operator_status == "OPEN"


def test_a_corridor_is_closed_in_one_tap(cast: Cast, road: Road, sign_in: SignIn) -> None:
    page = sign_in("dispatcher")

    page.goto(f"/staff/corridors/{road.corridor.slug}/")
    press(page, "Close")

    assert CorridorState.objects.get().operator_status == "CLOSED"
    assert cast.dispatcher.pk == CorridorState.objects.get().operator_event.by_id


def test_a_convoy_is_planned_and_its_departure_logged(
    cast: Cast, road: Road, sign_in: SignIn
) -> None:
    page = sign_in("coordinator")

    page.goto("/convoys/plan/")
    page.select_option("select[name=corridor]", str(road.corridor.pk))
    page.fill("input[name=code]", "M1")
    page.fill("textarea[name=vehicles]", "B1, 50, 48\nB2, 50, 50")
    press(page, "Plan")
    page.goto("/log/?convoy=M1")
    page.get_by_role("link", name="Left", exact=True).first.click()
    press(page, "Record it")

    convoy = Convoy.objects.get()
    assert (convoy.state, convoy.vehicles.count()) == ("MOVING", 2)
    assert convoy.organisation == cast.organisation
