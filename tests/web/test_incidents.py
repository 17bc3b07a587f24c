"""Incidents: what is alleged, and every voice side by side."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import Road
from tests.web.sending import queries_of, send
from tracker.incidents.models import Claim, Incident

ALLEGED = "Helicopters attacked a fuel depot in Belgorod"


def report(client: Client, **typed: Any) -> Incident:
    send(client, reverse("incident_new"), alleged=ALLEGED, kind="AIR_STRIKE", **typed)
    return Incident.objects.get(alleged=ALLEGED)


def add(client: Client, incident: Incident, **typed: Any) -> Any:
    return send(client, reverse("claim_new", args=[incident.pk]), **typed)


def test_claims_and_no_comments_stand_side_by_side(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.coordinator)
    incident = report(client, corridor=str(road.corridor.pk))

    add(
        client,
        incident,
        source=str(road.russia.pk),
        stance="CLAIMS",
        says="Two helicopters did it.",
        injured="2",
    )
    add(
        client,
        incident,
        new_source="Ukrainian General Staff",
        new_source_party="PARTY_A",
        stance="NEITHER",
        says="No comment.",
    )

    page = client.get(reverse("incident", args=[incident.pk])).content.decode()
    assert "1 source claims it; 1 neither confirms nor denies it." in page
    assert "Two helicopters did it." in page
    assert "neither confirms nor denies" in page


def test_casualties_stand_as_each_source_names_them(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.coordinator)
    incident = report(client)
    for source, injured in ((road.russia, "2"), (road.icrc, "5")):
        add(client, incident, source=str(source.pk), stance="CLAIMS", says="So.", injured=injured)

    claims = list(Claim.objects.order_by("injured").values_list("injured", "killed"))
    assert claims == [(2, None), (5, None)]


def test_an_incident_shows_on_its_corridor_and_in_the_list(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.monitor)

    incident = report(client, corridor=str(road.corridor.pk))

    address = reverse("incident", args=[incident.pk])
    pages = [reverse("corridor", args=[road.corridor.slug]), reverse("incident_list")]
    assert all(address in client.get(page).content.decode() for page in pages)


def test_an_incident_without_a_place_or_corridor_is_taken(client: Client, cast: Cast) -> None:
    client.force_login(cast.monitor)

    incident = report(client)

    assert (incident.place, incident.corridor, incident.is_public) == (None, None, False)


def test_a_voice_needs_a_source_and_its_words(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.coordinator)
    incident = report(client)

    answer = add(client, incident, stance="DENIES", injured="-3")

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"source", "says", "injured"}
    assert not Claim.objects.exists()


def test_an_undated_voice_says_that_its_time_is_not_known(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    incident = report(client)

    add(
        client,
        incident,
        source=str(road.icrc.pk),
        stance="DENIES",
        says="Not so.",
        is_undated="on",
    )

    assert "time not known" in client.get(reverse("incident", args=[incident.pk])).content.decode()


def test_the_list_takes_the_same_number_of_queries_for_many_incidents(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    page = reverse("incident_list")
    counts = []
    for number in range(8):
        incident = report(client, place_text=f"km {number}") if not number else None
        send(client, reverse("incident_new"), alleged=f"Allegation {number}")
        if incident:
            add(client, incident, source=str(road.icrc.pk), stance="CLAIMS", says="So.")
        counts.append(queries_of(client, page))

    assert counts[0] == counts[-1]
    assert counts[-1] <= 10


def test_a_reviewer_says_how_far_it_was_checked_and_on_what_grounds(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.verifier)
    incident = report(client, corridor=str(road.corridor.pk))
    page = reverse("incident_verify", args=[incident.pk])

    without_grounds = send(client, page, verification="DISPUTED")
    taken = send(client, page, verification="DISPUTED", note="Two films show different places.")

    shown = client.get(reverse("incident", args=[incident.pk])).content.decode()
    assert (without_grounds.status_code, taken.status_code) == (422, 302)
    assert "Disputed: Two films show different places." in shown
    assert page in shown
    client.force_login(cast.dispatcher)
    assert page not in client.get(reverse("incident", args=[incident.pk])).content.decode()
