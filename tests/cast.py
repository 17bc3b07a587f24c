"""The cast: one account per role, and an outsider of another organisation who may see nothing."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.organisations.models import Organisation, Role, User

PASSWORD = "a long password for tests"


@dataclass(frozen=True)
class Cast:
    """People by their role."""

    organisation: Organisation
    partner_organisation: Organisation
    other_organisation: Organisation
    monitor: User
    dispatcher: User
    coordinator: User
    verifier: User
    partner: User
    viewer: User
    admin: User
    outsider: User

    def everyone(self) -> dict[str, User]:
        """Return the people by name."""
        names = (
            "monitor",
            "dispatcher",
            "coordinator",
            "verifier",
            "partner",
            "viewer",
            "admin",
            "outsider",
        )
        return {name: getattr(self, name) for name in names}


def _person(name: str, role: Role, organisation: Organisation) -> User:
    return User.objects.create_user(
        username=name,
        email=f"{name}@example.org",
        password=PASSWORD,
        role=role,
        organisation=organisation,
        is_staff=role == Role.ADMINISTRATOR,
        is_superuser=role == Role.ADMINISTRATOR,
    )


def make_cast() -> Cast:
    """Create the cast in the database."""
    ours = Organisation.objects.create(name="Corridor Operator", short_name="Operator")
    partner = Organisation.objects.create(
        name="Partner Relief", short_name="Partner", kind=Organisation.Kind.PARTNER
    )
    other = Organisation.objects.create(name="Another Operator", short_name="Another")
    return Cast(
        organisation=ours,
        partner_organisation=partner,
        other_organisation=other,
        monitor=_person("monitor", Role.MONITOR, ours),
        dispatcher=_person("dispatcher", Role.DISPATCHER, ours),
        coordinator=_person("coordinator", Role.COORDINATOR, ours),
        verifier=_person("verifier", Role.VERIFIER, ours),
        partner=_person("partner", Role.PARTNER, partner),
        viewer=_person("viewer", Role.VIEWER, ours),
        admin=_person("admin", Role.ADMINISTRATOR, ours),
        outsider=_person("outsider", Role.COORDINATOR, other),
    )
