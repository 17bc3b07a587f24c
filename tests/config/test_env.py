"""Values from the environment: typed, named in every complaint, secrets from three places."""

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_URL", "SECRET_KEY", "SECRET_KEY_FILE", "CONTACT_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / ".local"


@pytest.mark.parametrize(
    ("word", "value"), [("1", True), ("Yes", True), ("off", False), ("", False)]
)
def test_yes_and_no_have_several_words(
    monkeypatch: pytest.MonkeyPatch, word: str, value: bool
) -> None:
    monkeypatch.setenv("HTTPS", word)

    assert env.boolean("HTTPS", default=not value) is value


def test_a_word_that_is_neither_yes_nor_no_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS", "maybe")

    with pytest.raises(ImproperlyConfigured, match="HTTPS='maybe'"):
        env.boolean("HTTPS", default=False)


def test_a_number_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMAIL_PORT", "25a")

    with pytest.raises(ImproperlyConfigured, match="EMAIL_PORT='25a'"):
        env.integer("EMAIL_PORT", 587)


def test_a_malformed_address_stops_the_start_and_its_password_is_not_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "user:hidden@host")

    with pytest.raises(ImproperlyConfigured, match="REDIS_URL") as caught:
        env.url("REDIS_URL", "")

    assert "hidden" not in str(caught.value)


def test_a_list_loses_its_spaces_and_empty_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", " a.example, ,b.example ")

    assert env.words("ALLOWED_HOSTS", []) == ["a.example", "b.example"]


def test_secrets_of_embedded_servers_are_made_once_and_for_the_owner_alone(local: Path) -> None:
    first = env.secret("SECRET_KEY", local=local)

    second = env.secret("SECRET_KEY", local=local)

    assert first == second
    assert len(first) >= 50
    assert first != env.secret("CONTACT_KEY", local=local)
    assert stat.S_IMODE((local / "secrets.json").stat().st_mode) == 0o600


def test_a_secret_may_come_from_a_file(
    local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))

    assert env.secret("SECRET_KEY", local=local) == "from a file"
    assert not local.exists()


def test_an_unreadable_secret_file_stops_the_start(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", str(local / "missing"))

    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE"):
        env.secret("SECRET_KEY", local=local)


def test_with_a_database_given_all_missing_secrets_are_named_at_once(
    local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/tracker")

    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY \(.*CONTACT_KEY \("):
        env.secret("SECRET_KEY", local=local)

    assert not local.exists()
