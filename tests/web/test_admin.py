"""The set-up pages: who gets in, what they reach, and that the log is only looked at."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tracker.corridors.models import Corridor, Place
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation, Role, User
from tracker.provenance.models import Source

SECTIONS = (
    "organisation",
    "user",
    "source",
    "place",
    "corridor",
    "route",
    "checkpoint",
    "logevent",
)


def at(name: str, *args: object) -> str:
    return reverse(f"admin:tracker_{name}", args=args)


@pytest.fixture
def bound(cast: Cast) -> User:
    """Return an administrator of our organisation who is no superuser."""
    return User.objects.create_user(
        username="bound",
        password="a long password for tests",
        role=Role.ADMINISTRATOR,
        organisation=cast.organisation,
        is_staff=True,
    )


def test_the_set_up_has_these_sections_and_no_others() -> None:
    ours = {
        model._meta.model_name
        for model in admin.site._registry
        if model._meta.app_label == "tracker"
    }

    assert ours == set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_only_administrators_get_in(
    client: Client, cast: Cast, road: Road, bound: User, section: str
) -> None:
    found = {}
    for name, user in {**cast.everyone(), "bound": bound}.items():
        client.force_login(user)
        found[name] = client.get(at(f"{section}_changelist")).status_code

    assert {name for name, status in found.items() if status == 200} == {"admin", "bound"}
    assert set(found.values()) == {200, 302}


def test_a_staff_flag_alone_opens_nothing(client: Client, cast: Cast) -> None:
    User.objects.filter(pk=cast.dispatcher.pk).update(is_staff=True)
    client.force_login(cast.dispatcher)

    assert client.get(at("user_changelist")).status_code == 403


def test_the_admin_asks_to_sign_in_where_everybody_does(client: Client, db: None) -> None:
    answer = client.get(reverse("admin:index"), follow=True)

    assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))


@pytest.mark.parametrize("page", ["add", "change", "delete"])
def test_the_log_is_only_looked_at(client: Client, cast: Cast, road: Road, page: str) -> None:
    (event,) = log(
        new_event("corridor.closed", corridor=road.corridor.pk), organisation=cast.organisation
    )
    client.force_login(cast.admin)
    address = at("logevent_add") if page == "add" else at(f"logevent_{page}", event.pk)

    answer = client.post(address, {"kind": "corridor.confirmed", "post": "yes"})

    assert answer.status_code == 403
    assert LogEvent.objects.get().kind == "corridor.closed"


def test_the_admin_shows_no_entry_that_its_user_may_not_see(
    client: Client, cast: Cast, road: Road
) -> None:
    incident, organisation = new_event("note").client_id, cast.other_organisation
    (foreign,) = log(
        new_event("incident.reported", data={"alleged": "Theirs."}, incident=incident),
        organisation=organisation,
    )
    client.force_login(cast.admin)

    assert str(foreign.pk) not in client.get(at("logevent_changelist")).content.decode()
    assert client.get(at("logevent_change", foreign.pk)).status_code == 302


def _person(organisation: Organisation, role: str, **more: Any) -> dict[str, Any]:
    secret = "one two three four five"
    named = {"username": "ann", "password1": secret, "password2": secret}
    return {**named, "organisation": str(organisation.pk), "role": role, **more}


@pytest.mark.parametrize(
    ("role", "is_staff"), [(Role.ADMINISTRATOR, True), (Role.COORDINATOR, False)]
)
def test_a_new_person_gets_into_the_set_up_by_role_alone(
    client: Client, cast: Cast, role: str, is_staff: bool
) -> None:
    client.force_login(cast.admin)

    client.post(at("user_add"), _person(cast.organisation, role))

    person = User.objects.get(username="ann")
    assert (person.role, person.is_staff, person.is_superuser) == (role, is_staff, False)
    assert person.check_password("one two three four five")


def test_an_administrator_stays_within_their_organisation(
    client: Client, cast: Cast, road: Road, bound: User
) -> None:
    Corridor.objects.create(
        slug="theirs",
        operator=cast.other_organisation,
        origin=road.corridor.origin,
        destination=road.corridor.destination,
    )
    client.force_login(bound)

    people = client.get(at("user_changelist")).content.decode()
    corridors = client.get(at("corridor_changelist")).content.decode()
    client.post(at("user_add"), _person(cast.other_organisation, Role.ADMINISTRATOR))

    assert "dispatcher" in people
    assert "outsider" not in people
    assert "theirs" not in corridors
    assert client.get(at("user_change", cast.outsider.pk)).status_code == 302
    assert client.get(at("organisation_add")).status_code == 403
    assert not User.objects.filter(username="ann").exists()


def test_an_administrator_makes_nobody_superuser_and_touches_none(
    client: Client, cast: Cast, bound: User
) -> None:
    client.force_login(bound)

    client.post(
        at("user_change", cast.viewer.pk),
        {
            "username": "viewer",
            "organisation": str(cast.organisation.pk),
            "role": Role.VIEWER,
            "language": "en",
            "is_active": "on",
            "is_superuser": "on",
        },
    )
    on_superuser = client.post(at("user_change", cast.admin.pk), {"username": "gone"})

    assert not User.objects.get(pk=cast.viewer.pk).is_superuser
    assert on_superuser.status_code == 403
    assert User.objects.filter(username="admin").exists()


def test_a_time_zone_that_does_not_exist_is_not_taken(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.admin)
    rows = {"checkpoints-TOTAL_FORMS": "0", "checkpoints-INITIAL_FORMS": "0"}

    answer = client.post(
        at("corridor_add"),
        {
            "slug": "north",
            "operator": str(cast.organisation.pk),
            "origin": str(road.corridor.origin_id),
            "destination": str(road.corridor.destination_id),
            "time_zone": "Europe/Atlantis",
            **rows,
        },
    )

    assert "Europe/Atlantis is not one of the available choices" in answer.content.decode()
    assert not Corridor.objects.filter(slug="north").exists()


def test_a_source_can_be_graded_and_a_place_needs_no_coordinates(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.admin)

    client.post(
        at("source_change", road.icrc.pk),
        {
            "name": "ICRC",
            "party": "HUMANITARIAN",
            "attribution_en": "According to the ICRC,",
            "reliability": "A",
        },
    )
    client.post(at("place_add"), {"name": "Orikhiv", "country": "UA", "names": "{}"})

    graded = Source.objects.get(pk=road.icrc.pk)
    assert (graded.reliability, graded.attribution) == ("A", {"en": "According to the ICRC"})
    assert Place.objects.get(name="Orikhiv").lat is None
