"""Set up organisations and the people who work for them."""

from __future__ import annotations

from django.db import transaction

from tracker.organisations.models import Organisation, Role, User


def add_organisation(*, name: str, short_name: str, kind: Organisation.Kind) -> Organisation:
    """Return the organisation of this name."""
    organisation, _ = Organisation.objects.get_or_create(
        name=name, defaults={"short_name": short_name, "kind": kind}
    )
    return organisation


@transaction.atomic
def add_person(
    *, username: str, name: str, email: str, password: str, role: Role, organisation: Organisation
) -> User:
    """Create an account; an administrator may use the admin as well."""
    administers = role == Role.ADMINISTRATOR
    return User.objects.create_user(
        username=username,
        first_name=name,
        email=email,
        password=password,
        role=role,
        organisation=organisation,
        is_staff=administers,
        is_superuser=administers,
    )


@transaction.atomic
def change_password(*, user: User, password: str) -> User:
    """Give an account another password; its open sessions end."""
    user.set_password(password)
    user.save(update_fields=["password"])
    return user
