"""Sign-in, second factor and error pages in the look of the house."""

import pytest
from django.test import Client

from tests.browser import showcase
from tests.browser.chromium import (
    DESK,
    DESK_DARK,
    NARROW,
    PHONE,
    OpenContext,
    Screen,
    TakePicture,
    scrolls_sideways,
    small_targets,
    violations,
)
from tests.browser.served import serve
from tests.cast import PASSWORD, Cast

pytestmark = [pytest.mark.urls("tests.browser.addresses"), pytest.mark.django_db]


def _judge(open_context: OpenContext, screen: Screen, html: str) -> list[str]:
    page = open_context(screen).new_page()
    page.goto(serve(page.context, html))
    found = [*violations(page), *small_targets(page)]
    return [*found, "scrolls sideways"] if scrolls_sideways(page) else found


@pytest.mark.parametrize("screen", [DESK, DESK_DARK, PHONE, NARROW], ids=str)
def test_sign_in_is_accessible(
    client: Client, open_context: OpenContext, take_picture: TakePicture, screen: Screen
) -> None:
    html = client.get("/accounts/login/").content.decode()

    assert _judge(open_context, screen, html) == []
    page = open_context(screen).new_page()
    page.goto(serve(page.context, html))
    take_picture(page, f"login-{screen}")


def test_a_wrong_password_is_said_beside_the_form(
    client: Client, cast: Cast, open_context: OpenContext
) -> None:
    refused = client.post("/accounts/login/", {"login": "monitor", "password": "wrong"})

    html = refused.content.decode()

    assert 'class="err" role="alert"' in html
    assert _judge(open_context, PHONE, html) == []


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/logout/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/reauthenticate/",
    ],
)
def test_account_pages_are_accessible(
    client: Client, cast: Cast, open_context: OpenContext, take_picture: TakePicture, address: str
) -> None:
    client.post("/accounts/login/", {"login": "dispatcher", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    answer = client.get(address)

    assert answer.status_code == 200
    assert _judge(open_context, PHONE, answer.content.decode()) == []
    page = open_context(DESK).new_page()
    page.goto(serve(page.context, answer.content.decode()))
    take_picture(page, f"account{address.replace('/', '-')}")


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_pages_are_accessible(open_context: OpenContext, name: str) -> None:
    html = showcase.render_page(name)

    assert _judge(open_context, PHONE, html) == []


def test_the_page_of_a_fault_needs_nothing_that_may_be_broken() -> None:
    html = showcase.render_page("500.html", values={})

    assert "/static/" not in html
    assert "Something broke here" in html
