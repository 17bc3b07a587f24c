"""The page of a dark convoy shows the ladder; only a named person on it ends the silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.alerts.scenes import MACHINE_NOW, clock
from tests.cast import Cast
from tests.convoys.journeys import MORNING, Column, it_is, planned
from tests.factories import Road
from tests.positions.scenes import at_km, draw_the_road, tracker
from tests.web.sending import filled_in, send
from tests.web.test_convoys import text_of
from tracker.alerts.models import Alert, AlertState, Delivery
from tracker.alerts.operations import take_alert
from tracker.alerts.watching import watch
from tracker.convoys.models import ConvoyShare
from tracker.convoys.queries import is_dark
from tracker.corridors.models import ContactLeg
from tracker.devices.models import Device
from tracker.devices.operations import assign_device
from tracker.fieldlog.models import LogEvent
from tracker.positions.operations import add_fixes

PAGE = "/convoys/M1/"
END = "/convoys/M1/silence/end/"
STEP = "/convoys/M1/silence/steps/CALL/"
REACHED = {"reached": "driver of B1", "means": "PHONE", "km": "150"}


@pytest.fixture
def dark(cast: Cast, road: Road) -> Column:
    """Return a convoy let through at Tokmak at 08:30; it is 10:30 and nobody has heard of it."""
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    column.tell("convoy.cleared", 30, checkpoint=road.tokmak.pk)
    it_is(150)
    return column


def test_the_page_says_since_when_where_it_can_be_and_whose_step_is_next(
    client: Client, cast: Cast, dark: Column
) -> None:
    text = text_of(client, cast.dispatcher, PAGE)

    assert "Dark since 09:15, for 1 h 15: no word for longer than agreed." in text
    assert "Last word that we had: 08:30, Convoy let through." in text
    assert "Somewhere between km 192 and km 262 if it moved" in text
    assert "Call the convoy by every means Dispatcher overdue, due since 09:15" in text
    assert "Decide what to do; ask the parties by the notification channel" in text
    assert "due 11:15, in 4" in text


def test_the_strip_hatches_where_it_can_be_for_staff_alone(
    client: Client, cast: Cast, dark: Column
) -> None:
    ConvoyShare.objects.create(
        convoy=dark.row, organisation=cast.partner_organisation, shares_position=True
    )
    client.force_login(cast.viewer)
    staff = client.get(PAGE).content.decode()
    client.force_login(cast.partner)

    partner = client.get(PAGE).content.decode()

    assert 'class="reach"' in staff
    for secret in ('class="reach"', "Dark since", "Somewhere between", "Call the convoy"):
        assert secret not in partner


def test_a_step_is_an_entry_and_the_next_one_follows(
    client: Client, cast: Cast, dark: Column
) -> None:
    client.force_login(cast.dispatcher)

    answer = send(client, STEP, outcome="NO_ANSWER", words="Rang for ten minutes.")

    assert answer.status_code == 302
    entry = LogEvent.objects.get(kind="silence.step_taken")
    assert (entry.by, entry.data["step"]) == (cast.dispatcher, "CALL")
    text = text_of(client, cast.dispatcher, PAGE)
    assert "10:30 dispatcher: no answer. Rang for ten minutes." in text
    board = text_of(client, cast.dispatcher, reverse("board"))
    assert "Next: Try another device or vehicle of the column, the drivers. Dispatcher." in board
    assert "No word 2 h 00: 2nd device" in board


def test_a_named_confirmation_ends_it_and_says_where_it_is(
    client: Client, cast: Cast, dark: Column
) -> None:
    client.force_login(cast.coordinator)

    answer = send(client, END, **REACHED)

    assert answer.status_code == 302
    row = dark.row
    assert (row.head_km, is_dark(row, at=MORNING + timedelta(minutes=151))) == (150, False)
    text = text_of(client, cast.viewer, PAGE)
    assert "Reached: driver of B1, by telephone. km 150." in text
    assert "Dark from 09:15 to 10:30." in text


def test_what_a_monitor_logs_afterwards_is_confirmed_with_one_tap_by_who_may(
    client: Client, cast: Cast, dark: Column
) -> None:
    dark.tell("convoy.held", 145, via="phone", checkpoint=dark.road.vasylivka.pk)
    by_monitor = text_of(client, cast.monitor, PAGE)
    client.force_login(cast.dispatcher)
    html = client.get(PAGE).content.decode()
    (heard,) = client.get(PAGE).context["page"].silence.heard

    fields = {name: "" if value is None else value for name, value in heard.confirm.items()}
    answers = [client.post(END, fields).status_code for _ in range(2)]

    assert "Confirm in my name" in html
    assert "Confirm in my name" not in by_monitor
    assert answers == [302, 302]
    assert LogEvent.objects.get(kind="silence.ended").checkpoint == dark.road.vasylivka
    assert not is_dark(dark.row, at=MORNING + timedelta(minutes=151))


def test_an_sms_and_a_late_entry_are_shown_and_cannot_be_confirmed_with_one_tap(
    client: Client, cast: Cast, dark: Column
) -> None:
    dark.tell("convoy.arrived_at", 120, via="sms", checkpoint=dark.road.vasylivka.pk)
    dark.tell("contact.made", 60, via="phone", received=140)

    text = text_of(client, cast.dispatcher, PAGE)

    assert "10:00 Convoy reached a checkpoint, km 233, monitor, reported by SMS" in text
    assert "Not confirmed: at km 233 at 10:00, then between km 233 and km 251." in text
    assert "It was silent to us, but was heard of at 09:00." in text
    assert "Confirm in my name: reached" not in text


@pytest.mark.parametrize("who", ["monitor", "verifier", "viewer", "admin", "partner"])
def test_who_may_not_take_alerts_ends_no_silence(
    client: Client, cast: Cast, dark: Column, who: str
) -> None:
    client.force_login(cast.everyone()[who])

    answer = client.post(END, REACHED)

    assert answer.status_code == 403
    assert not LogEvent.objects.filter(kind="silence.ended").exists()


@pytest.mark.parametrize("page", [END, STEP])
def test_nothing_is_said_of_a_silence_that_is_none(
    client: Client, cast: Cast, road: Road, page: str
) -> None:
    planned(cast, road).tell("convoy.departed", 140)
    it_is(150)
    client.force_login(cast.dispatcher)

    answer = send(client, page, **REACHED, outcome="ASKED")

    assert answer.status_code == 422
    assert "was not out of contact then" in answer.content.decode()


def test_an_unknown_step_is_not_found(client: Client, cast: Cast, dark: Column) -> None:
    client.force_login(cast.dispatcher)

    assert client.get("/convoys/M1/silence/steps/PRAY/").status_code == 404


def test_a_declared_silence_keeps_everybody_calm_until_its_end(
    client: Client, cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    it_is(10)
    client.force_login(cast.monitor)

    send(client, "/convoys/M1/silence/declare/", until="13:40", why="No network in the hills.")

    text = text_of(client, cast.viewer, PAGE)
    said = "Silence declared: a word is expected by 13:40. No network in the hills."
    assert said in text
    assert not is_dark(column.row, at=MORNING + timedelta(minutes=355))
    assert is_dark(column.row, at=MORNING + timedelta(minutes=356))


@pytest.mark.parametrize(
    ("until", "why"),
    [("08:00", "lies ahead"), ("2022-04-03 08:00", "at most 24 hours"), ("later", "14:10")],
)
def test_a_declared_silence_has_an_end_that_makes_sense(
    client: Client, cast: Cast, road: Road, until: str, why: str
) -> None:
    planned(cast, road).tell("convoy.departed", 0)
    it_is(10)
    client.force_login(cast.dispatcher)

    answer = send(client, "/convoys/M1/silence/declare/", until=until)

    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_the_reach_is_offered_as_geojson_on_the_line_of_the_road(
    client: Client, cast: Cast, dark: Column
) -> None:
    route = dark.road.route
    route.path = [[37.5, 47.1], [35.1, 47.85]]
    route.save(update_fields=["path"])
    client.force_login(cast.dispatcher)

    answer = client.get("/convoys/M1/silence/reach.geojson")

    feature = answer.json()
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert feature["properties"]["from_km"] == 191.7
    assert len(feature["geometry"]["coordinates"]) == 2


def legs(client: Client, road: Road, **fields: Any) -> Any:
    page = reverse("contact_legs", args=[road.corridor.slug])
    return client.post(page, {**filled_in(client, page), **fields})


def test_a_silence_zone_holds_at_once_for_who_is_on_the_road(
    client: Client, cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    it_is(10)
    client.force_login(cast.coordinator)

    legs(client, road, from_km="0", until_km="95", interval_min="160", is_silence_zone="on")

    until = "No network km 0 to 95: a word is expected by 10:40."
    assert until in text_of(client, cast.viewer, PAGE)
    client.force_login(cast.coordinator)
    leg = ContactLeg.objects.get()
    client.post(reverse("contact_leg_remove", args=[road.corridor.slug, leg.pk]))
    assert column.row.silent_from == MORNING + timedelta(minutes=45)


def test_a_stretch_that_ends_before_it_begins_is_refused(
    client: Client, cast: Cast, road: Road
) -> None:
    client.force_login(cast.coordinator)

    answer = legs(client, road, from_km="95", until_km="60", interval_min="30")

    assert answer.status_code == 422
    assert "Swap them" in answer.content.decode()
    assert not ContactLeg.objects.exists()


def alerted(minute: int) -> list[str]:
    """Watch twice at a minute and return what was written."""
    seen = set(Alert.objects.values_list("pk", flat=True))
    for _ in range(2):
        watch(clock=clock(MORNING + timedelta(minutes=minute)), now=MACHINE_NOW)
    new = Alert.objects.exclude(pk__in=seen).order_by("subject")
    return [str(alert.facts.get("step", alert.kind)) for alert in new]


def test_each_overdue_step_is_one_alert_that_ends_when_it_is_taken(cast: Cast, road: Road) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    alerted(1)

    told = [alerted(minute) for minute in (46, 54, 55, 69, 70)]
    column.tell(
        "silence.step_taken",
        71,
        by=cast.dispatcher,
        data={"step": "CALL", "outcome": "NO_ANSWER"},
    )
    alerted(72)

    assert told == [["convoy.silence"], [], ["CALL"], [], ["SECOND_DEVICE"]]
    steps = Alert.objects.filter(kind="convoy.step", state=AlertState.OPEN)
    assert [alert.facts["step"] for alert in steps] == ["SECOND_DEVICE"]
    mails = Delivery.objects.filter(alert__kind="convoy.step", user=cast.dispatcher)
    assert mails.count() == 2


def test_a_taken_alert_stays_taken_and_all_end_when_the_convoy_is_reached(
    cast: Cast, road: Road
) -> None:
    column = planned(cast, road)
    column.tell("convoy.departed", 0)
    alerted(200)
    step = Alert.objects.get(kind="convoy.step", facts__step="CALL")
    take_alert(alert=step, by=cast.dispatcher, at=MORNING + timedelta(minutes=201), now=MACHINE_NOW)

    again = alerted(205)
    column.tell(
        "silence.ended", 206, by=cast.dispatcher, data={"reached": "driver", "means": "VOICE"}
    )
    alerted(207)

    assert again == []
    standing = Alert.objects.exclude(state=AlertState.RESOLVED)
    assert not standing.filter(kind__in=("convoy.silence", "convoy.step")).exists()


def tracked(dark: Column, minute: float, *, km: float = 150, **more: Any) -> None:
    """Let the tracker of B2 report, so many minutes after the morning."""
    draw_the_road(dark.road)
    device = Device.objects.filter(label="T2").first()
    if device is None:
        device = tracker(dark.cast, "T2")
        assign_device(
            device=device, convoy=dark.row, vehicle=dark.bus(2), at=MORNING, by=dark.cast.dispatcher
        )
    at = MORNING + timedelta(minutes=minute)
    fix = replace(at_km(km, 0, **more), fixed_at=at)
    add_fixes(device=device, fixes=[fix], raw=None, at=at)


def test_what_trackers_said_since_the_last_word_is_shown_with_its_age_and_ends_nothing(
    client: Client, cast: Cast, dark: Column
) -> None:
    tracked(dark, 100, km=140)
    tracked(dark, 138, km=150)

    text = text_of(client, cast.dispatcher, PAGE)

    assert "Also heard tracker T2 of B2, 12 min ago, km 150" in text
    assert text.count("tracker T2 of B2") == 1
    assert "Dark since 09:15" in text
    assert is_dark(dark.row, at=MORNING + timedelta(minutes=150))


@pytest.mark.parametrize(("minute", "more"), [(25, {}), (140, {"is_mock": True})])
def test_a_tracker_heard_before_the_last_word_or_with_a_false_place_tells_nothing(
    client: Client, cast: Cast, dark: Column, minute: float, more: dict[str, Any]
) -> None:
    tracked(dark, minute, **more)

    text = text_of(client, cast.dispatcher, PAGE)

    assert "Dark since 09:15" in text
    assert "Also heard" not in text


def test_what_a_tracker_of_a_dark_convoy_says_is_for_nobody_outside(
    client: Client, cast: Cast, dark: Column
) -> None:
    ConvoyShare.objects.create(
        convoy=dark.row, organisation=cast.partner_organisation, shares_position=True
    )
    tracked(dark, 138)

    text = text_of(client, cast.partner, PAGE)

    assert "T2" not in text
    assert "Also heard" not in text
