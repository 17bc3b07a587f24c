"""Keys: who may call the API, with what, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.callers import Caller, caller_for
from tests.cast import PASSWORD, Cast
from tracker.organisations.models import ApiKey, User
from tracker.organisations.operations import make_key, revoke_key

NOW = datetime.now(tz=UTC)


def test_a_key_reads_what_its_owner_may_see(cast: Cast) -> None:
    caller = caller_for(cast.viewer)

    answer = caller.get("corridors")

    assert answer.status_code == 200
    assert answer.json()["count"] == 0


@pytest.mark.parametrize(
    "key",
    [
        "",
        "evt",
        "evt_",
        "evt__",
        "evt_00000000_secret",
        "evt_\x00_secret",
        "evt_ключ_secret",
        "abc_0_1",
        "evt_" + "a" * 5000,
    ],
)
def test_without_a_key_in_force_the_answer_says_how_to_send_one(cast: Cast, key: str) -> None:
    answer = Client().get("/api/v1/corridors", HTTP_AUTHORIZATION=f"Bearer {key}")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["detail"]


def test_a_request_without_any_key_is_asked_for_one(cast: Cast) -> None:
    answer = Client().get("/api/v1/corridors")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_session_cookie_opens_no_address_of_the_api(cast: Cast) -> None:
    client = Client()
    assert client.login(username="coordinator", password=PASSWORD)

    answer = client.get("/api/v1/corridors")

    assert answer.status_code == 401


def test_the_secret_of_one_key_does_not_fit_the_prefix_of_another(cast: Cast) -> None:
    row, _ = make_key(user=cast.coordinator, scopes=["read"], at=NOW, expires_at=None)
    _, other = make_key(user=cast.outsider, scopes=["read"], at=NOW, expires_at=None)
    mixed = f"evt_{row.prefix}_{other.split('_', 2)[2]}"

    answer = Caller(mixed, Client()).get("corridors")

    assert answer.status_code == 401


def test_a_key_is_kept_as_a_hash_alone(cast: Cast) -> None:
    row, key = make_key(user=cast.viewer, scopes=["read"], at=NOW, expires_at=None)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM tracker_apikey k")
        stored = cursor.fetchone()[0]

    assert key.split("_", 2)[2] not in stored
    assert key not in stored
    assert len(ApiKey.objects.get(pk=row.pk).key_hash) == 64


def test_a_revoked_key_opens_nothing(cast: Cast) -> None:
    row, key = make_key(user=cast.viewer, scopes=["read"], at=NOW, expires_at=None)

    assert revoke_key(prefix=row.prefix, at=NOW)

    assert Caller(key, Client()).get("corridors").status_code == 401
    assert not revoke_key(prefix=row.prefix, at=NOW)


def test_a_key_ends_at_its_time(cast: Cast) -> None:
    _, ended = make_key(user=cast.viewer, scopes=["read"], at=NOW, expires_at=NOW)
    _, running = make_key(
        user=cast.viewer, scopes=["read"], at=NOW, expires_at=NOW + timedelta(days=1)
    )

    answers = [Caller(key, Client()).get("corridors").status_code for key in (ended, running)]

    assert answers == [401, 200]


def test_a_key_ends_with_the_account_of_its_owner(cast: Cast) -> None:
    caller = caller_for(cast.viewer)
    User.objects.filter(pk=cast.viewer.pk).update(is_active=False)

    answer = caller.get("corridors")

    assert answer.status_code == 401


def test_a_key_to_read_cannot_log_and_a_key_to_log_cannot_read(cast: Cast) -> None:
    reader, logger = caller_for(cast.monitor, "read"), caller_for(cast.monitor, "log")

    refused = [reader.post("events", {}), logger.get("corridors")]

    assert [answer.status_code for answer in refused] == [403, 403]
    assert "log" in refused[0].json()["detail"]
    assert "read" in refused[1].json()["detail"]


def test_somebody_without_an_organisation_may_not_use_the_api(cast: Cast) -> None:
    caller = caller_for(cast.viewer)
    User.objects.filter(pk=cast.viewer.pk).update(organisation=None)

    answer = caller.get("corridors")

    assert answer.status_code == 403


def test_a_read_writes_nothing(cast: Cast) -> None:
    caller = caller_for(cast.viewer)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        caller.get("corridors")

    assert not [q["sql"] for q in queries if q["sql"].startswith(("UPDATE", "INSERT", "DELETE"))]


def test_the_command_prints_a_key_that_works(cast: Cast) -> None:
    out, err = StringIO(), StringIO()

    call_command("api_key", "monitor", "--scopes", "read,log", stdout=out, stderr=err)

    key = out.getvalue().strip()
    assert Caller(key, Client()).get("corridors").status_code == 200
    assert ApiKey.objects.get().scopes == ["read", "log"]


def test_the_command_revokes_a_key(cast: Cast) -> None:
    row, key = make_key(user=cast.viewer, scopes=["read"], at=NOW, expires_at=None)

    call_command("api_key", "--revoke", row.prefix, stderr=StringIO())

    assert Caller(key, Client()).get("corridors").status_code == 401


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Name the user"),
        (["nobody"], "no user"),
        (["viewer", "--scopes", "write"], "write"),
        (["viewer", "--scopes", ","], "none"),
        (["viewer", "--days", "0"], "1 to 3650"),
        (["--revoke", "feedbeef"], "No key"),
    ],
)
def test_the_command_says_what_is_wrong(cast: Cast, arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("api_key", *arguments, stdout=StringIO(), stderr=StringIO())

    assert not ApiKey.objects.exists()
