"""Send a form the way a browser does: with everything that the page filled in beforehand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection
from django.forms import BooleanField
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext


def filled_in(client: Client, page: str) -> dict[str, Any]:
    """Return what the form on a page holds when nobody has typed anything."""
    form = client.get(page).context["form"]
    return {
        field.name: value
        for field in form
        if (value := field.value()) not in (None, "")
        and not (isinstance(field.field, BooleanField) and not value)
    }


def send(client: Client, page: str, *, to: str = "", **typed: Any) -> HttpResponse:
    """Open a page, type into its form and send it, to `to` where that is another address."""
    fields = {**filled_in(client, page), **typed}
    sent = {name: value for name, value in fields.items() if value is not None}
    return client.post(to or page, sent)


def typed_time(at: datetime) -> str:
    """Write an aware moment as a browser sends it, to the minute and without a zone."""
    return at.strftime("%Y-%m-%dT%H:%M")


def queries_of(client: Client, page: str) -> int:
    """Count the queries that a page takes once notices of earlier forms have been shown."""
    client.get(page)
    with CaptureQueriesContext(connection) as taken:
        client.get(page)
    return len(taken)
