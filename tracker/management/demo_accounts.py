"""Accounts for trying the tracker: one per role, with random passwords kept on this machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker.management.replay_playing import Crew
from tracker.organisations.models import Organisation, Role, User
from tracker.organisations.people import add_organisation, add_person, change_password

OPERATOR, PARTNER = "Demonstration operator", "Demonstration partner"
ROLES = {
    "monitor": Role.MONITOR,
    "dispatcher": Role.DISPATCHER,
    "coordinator": Role.COORDINATOR,
    "verifier": Role.VERIFIER,
    "partner": Role.PARTNER,
    "viewer": Role.VIEWER,
    "admin": Role.ADMINISTRATOR,
}
PASSWORD_BYTES = 15
"""20 characters: above the 15 that a password needs here, and still typed in a minute."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its user needs it."""

    username: str
    password: str
    role: str


def find_crew() -> Crew | None:
    """Return who plays the demonstration; `None` before `manage.py demo` has run."""
    people = {user.username: user for user in User.objects.filter(username__in=ROLES)}
    organisations = {each.name: each for each in Organisation.objects.order_by("name", "id")}
    if people.keys() != ROLES.keys() or not {OPERATOR, PARTNER} <= organisations.keys():
        return None
    return Crew(organisations[OPERATOR], people, organisations[PARTNER])


def make_accounts(path: Path) -> list[Account]:
    """Make what is missing of organisations and accounts; their passwords are kept in `path`.

    A password that the file does not know is replaced, since nobody can know it either.
    """
    operator = add_organisation(
        name=OPERATOR, short_name="Operator", kind=Organisation.Kind.OPERATOR
    )
    partner = add_organisation(name=PARTNER, short_name="Partner", kind=Organisation.Kind.PARTNER)
    kept = _kept(path)
    passwords = {name: kept.get(name) or secrets.token_urlsafe(PASSWORD_BYTES) for name in ROLES}
    # Written first: an account whose password nobody knows would be worse than a spare line.
    write_private(path, "".join(f"{name} {word}\n" for name, word in passwords.items()))
    standing = {user.username: user for user in User.objects.filter(username__in=ROLES)}
    for name, role in ROLES.items():
        if name not in standing:
            add_person(
                username=name,
                name=str(role.label).capitalize(),
                email=f"{name}@example.org",
                password=passwords[name],
                role=role,
                organisation=partner if role == Role.PARTNER else operator,
            )
        elif name not in kept:
            change_password(user=standing[name], password=passwords[name])
    return [
        Account(name, passwords[name], str(role.label).capitalize()) for name, role in ROLES.items()
    ]


def _kept(path: Path) -> Mapping[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    parts = [line.split() for line in lines]
    return {part[0]: part[1] for part in parts if len(part) == 2}


def write_private(path: Path, text: str) -> None:
    """Replace a file that only its owner may read."""
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
