"""Staff pages of corridors: who says so, one tap for the worse, confirming open, the history."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.web.sending import filled_in, queries_of, send
from tracker.corridors.models import Corridor, CorridorStatus
from tracker.corridors.queries import corridor_verdict
from tracker.fieldlog.models import LogEvent
from tracker.web.corridor_page import validity

NOW = timezone.now()


def status_of(corridor: Corridor) -> str:
    fresh = Corridor.objects.select_related("state").get(pk=corridor.pk)
    return corridor_verdict(fresh, validity=validity(), at=timezone.now()).status


def page_of(road: Road) -> str:
    return reverse("corridor", args=[road.corridor.slug])


def worsen(client: Client, road: Road, act: str, **typed: Any) -> Any:
    to = reverse("corridor_worsen", args=[road.corridor.slug])
    return send(client, page_of(road), to=to, act=f"corridor.{act}", **typed)


def confirm(client: Client, road: Road, **typed: Any) -> Any:
    return send(client, reverse("corridor_confirm", args=[road.corridor.slug]), **typed)


@pytest.mark.parametrize(
    ("act", "status"),
    [
        ("closed", CorridorStatus.CLOSED),
        ("suspended", CorridorStatus.SUSPENDED),
        ("restricted", CorridorStatus.RESTRICTED),
    ],
)
def test_bad_news_takes_one_tap_and_no_reason(
    client: Client, cast: Cast, road: Road, act: str, status: str
) -> None:
    client.force_login(cast.coordinator)
    confirm(client, road, reason="Seen from Tokmak.", seen_from_field="on")
    client.force_login(cast.dispatcher)

    answer = worsen(client, road, act)

    assert answer.status_code == 302
    assert status_of(road.corridor) == status


def test_a_road_of_which_nothing_is_known_is_made_passable_only_by_who_may_open_it(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.dispatcher)

    refused = worsen(client, road, "restricted", reason="some are said to pass")

    assert refused.status_code == 422
    assert "Nobody has confirmed the corridor open" in refused.content.decode()
    assert status_of(road.corridor) == CorridorStatus.UNKNOWN


@pytest.mark.parametrize("shut", ["closed", "suspended"])
def test_a_road_that_is_shut_is_made_passable_only_by_who_may_open_it(
    client: Client, cast: Cast, road: Road, shut: str
) -> None:
    client.force_login(cast.dispatcher)
    worsen(client, road, shut)

    refused = worsen(client, road, "restricted", reason="one lane is free")
    after_refusal = status_of(road.corridor)
    client.force_login(cast.coordinator)
    taken = worsen(client, road, "restricted", reason="one lane is free")

    assert refused.status_code == 422
    assert "takes the right to open it" in refused.content.decode()
    assert "one lane is free" in refused.content.decode()
    assert after_refusal == shut.upper()
    assert taken.status_code == 302
    assert status_of(road.corridor) == CorridorStatus.RESTRICTED


def test_a_tap_that_arrives_twice_is_one_entry(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.dispatcher)
    to = reverse("corridor_worsen", args=[road.corridor.slug])
    sent = {**filled_in(client, page_of(road)), "act": "corridor.closed"}

    answers = [client.post(to, sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert LogEvent.objects.filter(kind="corridor.closed").count() == 1


def test_a_form_sent_again_with_other_words_is_not_swallowed(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.dispatcher)
    to = reverse("corridor_worsen", args=[road.corridor.slug])
    sent = {**filled_in(client, page_of(road)), "act": "corridor.closed"}
    client.post(to, sent)

    answer = client.post(to, {**sent, "act": "corridor.suspended", "reason": "talks"})
    again = client.post(
        to,
        {
            **sent,
            "act": "corridor.suspended",
            "reason": "talks",
            "client_id": answer.context["form"]["client_id"].value(),
        },
    )

    assert answer.status_code == 422
    assert "was recorded before" in answer.content.decode()
    assert again.status_code == 302
    assert LogEvent.objects.filter(kind="corridor.suspended").count() == 1


def test_an_act_that_nobody_offers_is_refused(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.dispatcher)

    answer = worsen(client, road, "confirmed")

    assert answer.status_code == 422
    assert status_of(road.corridor) == CorridorStatus.UNKNOWN


def test_a_partys_claim_never_shows_the_corridor_as_open(
    client: Client, cast: Cast, road: Road
) -> None:
    claim = new_event(
        "corridor.stated",
        at=NOW,
        data={"says": "It is open.", "claims": "OPEN", "credibility": 4},
        source=road.russia,
        corridor=road.corridor.pk,
    )
    log(claim, organisation=cast.organisation, now=NOW)
    client.force_login(cast.viewer)

    text = client.get(page_of(road)).content.decode()

    assert '<span class="pill big" data-s="announced">' in text
    assert "none of our people has seen it open" in text
    assert "D 4" in text


def test_confirming_open_takes_what_was_seen_and_the_tick(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.verifier)

    without_tick = confirm(client, road, reason="Seen at Vasylivka.")
    without_words = confirm(client, road, seen_from_field="on")
    full = confirm(client, road, reason="M-2 saw buses pass Vasylivka.", seen_from_field="on")

    assert (without_tick.status_code, without_words.status_code) == (422, 422)
    assert "A claim alone never opens a corridor" in without_tick.content.decode()
    assert "Seen at Vasylivka." in without_tick.content.decode()
    assert full.status_code == 302
    assert status_of(road.corridor) == CorridorStatus.OPEN


def test_the_confirm_page_shows_what_it_would_rest_on(
    client: Client, cast: Cast, road: Road
) -> None:
    claim = new_event(
        "corridor.stated",
        at=NOW,
        data={"says": "Not every detail is settled.", "claims": "UNKNOWN", "credibility": 2},
        source=road.icrc,
        corridor=road.corridor.pk,
    )
    log(claim, organisation=cast.organisation, now=NOW)
    client.force_login(cast.coordinator)

    text = client.get(reverse("corridor_confirm", args=[road.corridor.slug])).content.decode()

    assert "Not every detail is settled." in text
    assert "B 2" in text
    assert "0 of 11 points are agreed" in text


def test_a_confirmation_in_the_future_is_refused_with_the_reason(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    answer = confirm(client, road, reason="Buses pass.", seen_from_field="on", occurred_at=tomorrow)

    assert answer.status_code == 422
    assert "has not come yet" in answer.content.decode()
    assert status_of(road.corridor) == CorridorStatus.UNKNOWN


def test_the_page_says_who_changed_the_status_and_when(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    confirm(client, road, reason="M-2 saw buses pass.", seen_from_field="on")
    worsen(client, road, "closed", reason="Shelling at Kamianske.")

    page = client.get(page_of(road))
    history = page.context["standing"].history

    assert [(turn.status, turn.who) for turn in history] == [
        (CorridorStatus.CLOSED, "coordinator"),
        (CorridorStatus.OPEN, "coordinator"),
    ]
    assert "Shelling at Kamianske." in history[0].text
    event = LogEvent.objects.get(kind="corridor.closed")
    assert reverse("entry", args=[event.pk]) in page.content.decode()


def test_both_sides_stand_when_a_source_contradicts_our_operator(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    confirm(client, road, reason="M-2 saw buses pass.", seen_from_field="on")
    shut = new_event(
        "corridor.stated",
        at=timezone.now(),
        data={"says": "Nobody is let through.", "claims": "CLOSED"},
        source=road.icrc,
        corridor=road.corridor.pk,
    )
    log(shut, organisation=cast.organisation)

    text = client.get(page_of(road)).content.decode()

    assert '<span class="pill big" data-s="unknown">' in text
    assert "Nobody is let through." in text
    assert "M-2 saw buses pass." in text
    assert "nobody may rely on it" in text


def test_the_list_takes_the_same_number_of_queries_for_many_corridors(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.viewer)
    before = queries_of(client, reverse("corridor_list"))
    for number in range(20):
        Corridor.objects.create(
            slug=f"c{number}",
            operator=cast.organisation,
            origin=road.corridor.origin,
            destination=road.corridor.destination,
        )

    after = queries_of(client, reverse("corridor_list"))

    assert before == after <= 8


def test_the_page_takes_the_same_number_of_queries_for_many_statements(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)
    words = [
        new_event(
            "corridor.stated",
            at=NOW - timedelta(minutes=number),
            data={"says": f"Word {number}", "claims": "CLOSED" if number % 2 else "OPEN"},
            source=road.russia,
            corridor=road.corridor.pk,
        )
        for number in range(40)
    ]
    log(*words[:3], organisation=cast.organisation, by=cast.verifier, now=NOW)
    before = queries_of(client, page_of(road))
    log(*words[3:], organisation=cast.organisation, by=cast.verifier, now=NOW)

    after = queries_of(client, page_of(road))

    assert before == after <= 32


@pytest.mark.django_db(transaction=True)
def test_taps_that_arrive_at_once_are_one_entry(client: Client, cast: Cast, road: Road) -> None:
    client.force_login(cast.dispatcher)
    to = reverse("corridor_worsen", args=[road.corridor.slug])
    sent = {**filled_in(client, page_of(road)), "act": "corridor.closed"}

    def tap(_number: int) -> int:
        hand = Client()
        hand.cookies = client.cookies
        try:
            return hand.post(to, sent).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(tap, range(4)))

    assert answers == [302, 302, 302, 302]
    assert LogEvent.objects.filter(kind="corridor.closed").count() == 1


def test_what_was_said_more_than_three_days_ago_is_folded_away(
    client: Client, cast: Cast, road: Road
) -> None:
    said = {"claims": "UNKNOWN", "credibility": 4}
    for words, days in (("Said today.", 0), ("Said last week.", 7)):
        spoken = new_event(
            "corridor.stated",
            corridor=road.corridor.pk,
            source=road.icrc,
            at=NOW - timedelta(days=days),
            data={**said, "says": words},
        )
        log(spoken, organisation=cast.organisation, now=NOW)
    client.force_login(cast.coordinator)

    page = client.get(page_of(road)).content.decode()

    unfolded, folded = page.split("<details", 1)
    assert "Said today." in unfolded
    assert "Said last week." in folded
    assert "One older statement" in folded
