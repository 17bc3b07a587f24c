"""Read typed values from the environment; a malformed or missing one stops the start by name."""

import fcntl
import json
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

LOCAL_DIR = Path(__file__).resolve().parent.parent / ".local"
# Made once per checkout for the embedded servers; whoever brings a database brings these too.
INVENTED = ("SECRET_KEY", "CONTACT_KEY", "FIELD_KEY")
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str) -> str:
    """Return a text without spaces around it."""
    return os.environ.get(name, default).strip()


def words(name: str, default: list[str]) -> list[str]:
    """Return a list that is written with commas."""
    if name not in os.environ:
        return default
    return [word.strip() for word in os.environ[name].split(",") if word.strip()]


def boolean(name: str, *, default: bool) -> bool:
    """Return yes or no; anything but 1/true/yes/on and 0/false/no/off is malformed."""
    if name not in os.environ:
        return default
    word = os.environ[name].strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ImproperlyConfigured(f"{name}={word!r} is neither 1 nor 0: set it to one of them.")
    return word in TRUE_WORDS


def integer(name: str, default: int) -> int:
    """Return a whole number."""
    raw = os.environ.get(name, str(default)).strip()
    try:
        return int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number: correct it.") from None


def url(name: str, default: str) -> str:
    """Return an address with a scheme, or an empty one; no error shows it (passwords)."""
    value = os.environ.get(name, default).strip()
    if value and "://" not in value:
        raise ImproperlyConfigured(f"{name} is no address: write it as scheme://user@host/name.")
    return value


def secret(name: str, *, default: str | None = None, local: Path = LOCAL_DIR) -> str:
    """Return a secret from NAME, the file NAME_FILE, the default or, on embedded servers, .local/.

    With DATABASE_URL set none is invented: the error names every variable that is missing.
    """
    found = _given(name)
    if found is not None:
        return found
    if default is not None:
        return default
    if "DATABASE_URL" not in os.environ and name in INVENTED:
        return _invented(local)[name]
    missing = [each for each in (*INVENTED, name) if _given(each) is None]
    named = " and ".join(f"{each} (or {each}_FILE)" for each in dict.fromkeys(missing))
    raise ImproperlyConfigured(
        f"With DATABASE_URL set no secret is made up: set {named}, each to its own random text."
    )


def _given(name: str) -> str | None:
    value = os.environ.get(name, "").strip()
    if value:
        return value
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not path:
        return None
    try:
        value = Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}.") from error
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE={path} is empty: put the secret into it.")
    return value


def _invented(local: Path) -> dict[str, str]:
    """Return this checkout's own secrets and make the missing ones, readable by the owner alone."""
    path = local / "secrets.json"
    try:
        local.mkdir(mode=0o700, exist_ok=True)
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
            # Two processes of a first start must not make two keys.
            fcntl.flock(file, fcntl.LOCK_EX)
            known: dict[str, str] = json.loads(file.read() or "{}")
            new = {name: secrets.token_urlsafe(48) for name in INVENTED if name not in known}
            if new:
                known |= new
                file.seek(0)
                file.write(json.dumps(known, indent=1))
                file.flush()
                os.fsync(file.fileno())
            return known
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"{path} cannot be used ({error}): run as the user who owns it, or move it away."
        ) from error
