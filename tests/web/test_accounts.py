"""Sign-in leads each person to a page that they may open."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Cast


@pytest.mark.parametrize(
    ("who", "page"),
    [("dispatcher", "board"), ("viewer", "board"), ("partner", "convoy_list")],
)
def test_sign_in_leads_to_a_page_that_opens(
    client: Client, cast: Cast, who: str, page: str
) -> None:
    answer = client.post(reverse("account_login"), {"login": who, "password": PASSWORD})

    assert answer["Location"] == reverse(page)
    assert client.get(answer["Location"]).status_code == 200
