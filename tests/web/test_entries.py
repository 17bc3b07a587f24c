"""One log entry with everything about it, for those who may see it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories import NOON, Road, log, new_event
from tracker.convoys.models import Convoy, ConvoyShare
from tracker.fieldlog.models import LogEvent
from tracker.intake.registry import CORRECTION_KIND, KINDS
from tracker.web.entry_words import FIELD_WORDS, KIND_WORDS


def page_of(client: Client, event: LogEvent) -> str:
    return client.get(reverse("entry", args=[event.pk])).content.decode()


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Convoy:
    """Return a convoy with one count and one restricted entry."""
    convoy = uuid4()
    log(
        new_event(
            "convoy.planned",
            data={"code": "M1", "people_planned": 3000},
            corridor=road.corridor.pk,
            convoy=convoy,
        ),
        new_event("people.counted", data={"people": 2961}, convoy=convoy),
        new_event("people.detained", data={"people": 3}, convoy=convoy),
        new_event("convoy.departed", convoy=convoy),
        organisation=cast.organisation,
        by=cast.monitor,
    )
    return Convoy.objects.get()


def test_an_entry_says_who_entered_it_and_who_said_it(
    client: Client, cast: Cast, road: Road
) -> None:
    (event,) = log(
        new_event(
            "corridor.stated",
            data={"says": "It reopens on Friday.", "claims": "OPEN", "credibility": 4},
            source=road.russia,
            corridor=road.corridor.pk,
        ),
        organisation=cast.organisation,
        by=cast.verifier,
    )
    client.force_login(cast.viewer)

    text = page_of(client, event)

    assert "It reopens on Friday." in text
    assert "verifier" in text
    assert "Russian Ministry of Defence (D not usually reliable)" in text
    assert "4 doubtful" in text
    assert "1 April 2022, 12:12" in text


def test_a_corrected_value_stands_beside_what_it_replaced(
    client: Client, cast: Cast, convoy: Convoy
) -> None:
    counted = LogEvent.objects.get(kind="people.counted")
    log(
        new_event(
            "correction",
            at=NOON + timedelta(minutes=5),
            data={"data": {"people": 2958}},
            reason="Three were counted twice.",
            corrects=counted.pk,
        ),
        organisation=cast.organisation,
        by=cast.dispatcher,
    )
    client.force_login(cast.viewer)

    text = page_of(client, counted)

    assert "<del>2961</del> <ins>2958</ins>" in text
    assert "Three were counted twice." in text
    assert "dispatcher" in text


def test_an_entry_that_was_taken_back_stays_and_says_so(
    client: Client, cast: Cast, convoy: Convoy
) -> None:
    counted = LogEvent.objects.get(kind="people.counted")
    (correction,) = log(
        new_event("correction", data={"withdraw": True}, reason="Wrong bus.", corrects=counted.pk),
        organisation=cast.organisation,
        by=cast.dispatcher,
    )
    client.force_login(cast.viewer)

    assert "Taken back by a later correction" in page_of(client, counted)
    assert "2961" in page_of(client, counted)
    assert reverse("entry", args=[counted.pk]) in page_of(client, correction)


def test_a_number_that_nobody_reported_is_not_shown_as_zero(
    client: Client, cast: Cast, convoy: Convoy
) -> None:
    (event,) = log(new_event("people.boarded", convoy=convoy.pk), organisation=cast.organisation)
    client.force_login(cast.viewer)

    text = page_of(client, event)

    assert "not reported" in text
    assert "<td>0</td>" not in text


def test_what_befell_people_is_for_those_who_may_see_it_alone(
    client: Client, cast: Cast, convoy: Convoy
) -> None:
    detained = LogEvent.objects.get(kind="people.detained")
    (correction,) = log(
        new_event(
            "correction", data={"data": {"people": 4}}, reason="One more.", corrects=detained.pk
        ),
        organisation=cast.organisation,
    )
    found = {}
    for name, user in cast.everyone().items():
        client.force_login(user)
        found[name] = [
            client.get(reverse("entry", args=[event.pk])).status_code
            for event in (detained, correction)
        ]

    assert [name for name, status in found.items() if status == [200, 200]] == [
        "dispatcher",
        "coordinator",
    ]
    assert all(status in ([200, 200], [404, 404]) for status in found.values())


def test_a_partner_opens_only_what_is_shared_with_it(
    client: Client, cast: Cast, convoy: Convoy
) -> None:
    counted = LogEvent.objects.get(kind="people.counted")
    departed = LogEvent.objects.get(kind="convoy.departed")
    detained = LogEvent.objects.get(kind="people.detained")
    client.force_login(cast.partner)

    def opened() -> list[int]:
        events = (counted, departed, detained)
        return [client.get(reverse("entry", args=[one.pk])).status_code for one in events]

    before = opened()
    share = ConvoyShare.objects.create(
        convoy=convoy, organisation=cast.partner_organisation, shares_counts=True
    )
    with_counts = opened()
    ConvoyShare.objects.filter(pk=share.pk).update(shares_position=True)

    assert before == [404, 404, 404]
    assert with_counts == [200, 404, 404]
    # Where it was is nobody else's business while it is on the road.
    assert opened() == [200, 404, 404]
    arrived = new_event("convoy.arrived", at=departed.ordered_at, convoy=convoy.pk)
    log(arrived, organisation=cast.organisation)
    assert opened() == [200, 200, 404]


def test_why_people_are_missing_is_no_partners_to_read(
    client: Client, cast: Cast, convoy: Convoy
) -> None:
    data = {"people": 3, "note": "They went with the ambulance."}
    counted = LogEvent.objects.get(kind="people.counted")
    (explained,) = log(
        new_event("people.explained", at=counted.ordered_at, data=data, convoy=convoy.pk),
        organisation=cast.organisation,
        by=cast.dispatcher,
    )
    ConvoyShare.objects.create(
        convoy=convoy, organisation=cast.partner_organisation, shares_counts=True
    )
    client.force_login(cast.partner)

    answers = [client.get(reverse("entry", args=[one.pk])) for one in (counted, explained)]

    assert [answer.status_code for answer in answers] == [200, 404]


def test_nobody_elses_organisation_opens_an_entry(
    client: Client, cast: Cast, convoy: Convoy
) -> None:
    client.force_login(cast.outsider)

    statuses = {
        client.get(reverse("entry", args=[event.pk])).status_code
        for event in LogEvent.objects.all()
    }

    assert statuses == {404}


def test_every_kind_and_field_of_the_log_has_words() -> None:
    fields = {name for kind in KINDS.values() for name in kind.data.__struct_fields__}

    assert {*KINDS, CORRECTION_KIND} - set(KIND_WORDS) == set()
    assert fields - set(FIELD_WORDS) == set()
