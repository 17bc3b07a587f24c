"""Messages to sort: each is seen by its own desk alone, taken once, and inert on the page."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road, log, new_event
from tests.web.sending import filled_in, queries_of, send
from tracker.convoys.models import Convoy
from tracker.devices.models import Device, RawMessage
from tracker.devices.operations import Sender, add_device, keep_raw, settle
from tracker.devices.sorting import AlreadySorted, set_aside, take
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import Organisation

LIST = "/reports/"
State = RawMessage.State


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    """Return the dispatcher's browser."""
    client.force_login(cast.dispatcher)
    return client


@pytest.fixture
def convoy(cast: Cast, road: Road) -> Convoy:
    """Let a convoy have left an hour ago."""
    convoy, at = uuid4(), field_now() - timedelta(hours=1)
    log(
        new_event(
            "convoy.planned", at=at, data={"code": "M1"}, convoy=convoy, corridor=road.corridor.pk
        ),
        new_event("convoy.departed", at=at + timedelta(seconds=1), convoy=convoy),
        organisation=cast.organisation,
        by=cast.coordinator,
        now=at,
    )
    return Convoy.objects.get(pk=convoy)


@pytest.fixture
def telephone(cast: Cast) -> Device:
    """Return the telephone of the monitor."""
    return add_device(
        kind=Device.Kind.SMS,
        organisation=cast.organisation,
        by=cast.coordinator,
        at=timezone.now(),
        label="Bus 7",
        number="+380 50 123 45 67",
        user=cast.monitor,
    )[0]


def waiting(organisation: Organisation, body: str | bytes = "Where are you?", **more: Any) -> Any:
    """Let a message wait, that came `minutes` ago, and return it."""
    ago = timedelta(minutes=more.get("minutes", 10))
    device = more.get("device")
    raw, _is_new = keep_raw(
        sender=Sender(organisation=organisation, device=device),
        gateway=more.get("gateway", "sms"),
        body=body.encode() if isinstance(body, str) else body,
        received_at=timezone.now() - ago,
        field_at=field_now() - ago,
        content_type=more.get("content_type", "text/plain"),
        message_id=more.get("message_id", ""),
    )
    settle(
        raw=raw,
        state=State.QUARANTINED,
        reason=more.get("reason", "free_text"),
        understood=more.get("understood"),
    )
    return RawMessage.objects.get(pk=raw.pk)


def text_of(answer: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def page_of(raw: RawMessage) -> str:
    return reverse("report", args=[raw.pk])


def entries_of(convoy: Convoy) -> list[LogEvent]:
    return list(LogEvent.objects.filter(convoy=convoy, via="sms").order_by("id"))


def test_calls_for_help_stand_on_top_then_what_has_waited_longest(desk: Client, cast: Cast) -> None:
    waiting(cast.organisation, "the newer", minutes=5)
    waiting(cast.organisation, "the older", minutes=50)
    waiting(cast.organisation, "the call", minutes=1, reason="sos_device_unknown")

    page = text_of(desk.get(LIST))

    assert page.index("the call") < page.index("the older") < page.index("the newer")
    assert "A call for help of a device that is not registered" in page


def test_a_telephone_number_shows_its_last_two_digits_alone(
    desk: Client, cast: Cast, telephone: Device
) -> None:
    body = "From=%2B380501234567&Body=Call+me+at+%2B380+67+111+22+33"
    form = "application/x-www-form-urlencoded"
    raw = waiting(cast.organisation, body, device=telephone, content_type=form)

    for page in (text_of(desk.get(LIST)), text_of(desk.get(page_of(raw)))):
        assert "Bus 7 (•••67)" in page
        assert "Call me at •••33" in page
        assert "12345" not in page.replace(" ", "")
        assert "38067" not in page.replace(" ", "")


@pytest.mark.parametrize(
    "body", ["From: +380501234567 {", '{"from": "+380501234567", "n": 380501234567}']
)
def test_a_body_of_no_known_shape_is_masked_as_well(desk: Client, cast: Cast, body: str) -> None:
    waiting(cast.organisation, body, content_type="application/json")

    page = text_of(desk.get(LIST))

    assert "•••67" in page
    assert "050123" not in page


def test_hostile_text_is_inert_short_and_in_its_own_order(desk: Client, cast: Cast) -> None:
    hostile = "<script>alert(1)</script>\u202eNEPO\u2066 {{ 7|add:7 }} " + "x" * 5000
    raw = waiting(cast.organisation, json.dumps({"text": hostile}))
    waiting(cast.organisation, bytes(range(256)), understood={"note": "<img src=x>\u202e"})

    for answer in (desk.get(LIST), desk.get(page_of(raw))):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "\u202e" not in page
        assert "\u2066" not in page
        assert "x" * 1001 not in page


def test_a_message_becomes_an_entry_of_the_sorter_with_the_way_it_came(
    desk: Client, cast: Cast, convoy: Convoy, road: Road, telephone: Device
) -> None:
    raw = waiting(cast.organisation, "stuck at tokmak since long", device=telephone)

    answer = send(
        desk,
        page_of(raw),
        convoy="M1",
        kind="convoy.held",
        checkpoint=str(road.tokmak.pk),
        people="40",
        note="Held, they say.",
    )

    assert answer.status_code == 302
    held, counted = sorted(entries_of(convoy), key=lambda entry: entry.kind)
    assert (held.kind, held.by, held.device_id) == ("convoy.held", cast.dispatcher, telephone.code)
    assert held.occurred_at == raw.field_at
    assert held.data["note"] == "Held, they say.\nSorted from a message."
    assert (counted.kind, counted.data["people"]) == ("people.counted", 40)
    raw.refresh_from_db()
    assert (raw.state, raw.sorted_by) == (State.TAKEN, cast.dispatcher)
    assert "Nothing waits" in text_of(desk.get(LIST))


def test_the_form_begins_with_what_was_read_of_the_message(
    desk: Client, cast: Cast, convoy: Convoy
) -> None:
    raw = waiting(
        cast.organisation,
        "M1 HELD 38/40",
        understood={"word": "HELD", "convoy": "M1", "people": 40},
    )

    shown = filled_in(desk, page_of(raw))

    assert (shown["convoy"], shown["kind"], shown["people"]) == ("M1", "convoy.held", 40)


def test_a_refused_entry_leaves_the_message_waiting_and_the_form_filled(
    desk: Client, cast: Cast, convoy: Convoy
) -> None:
    raw = waiting(cast.organisation)

    answer = send(desk, page_of(raw), convoy="M1", kind="convoy.arrived_at", note="At the bridge.")

    raw.refresh_from_db()
    assert answer.status_code == 422
    assert "At the bridge." in answer.content.decode()
    assert raw.state == State.QUARANTINED
    assert entries_of(convoy) == []


def test_two_people_who_sort_one_message_at_once_make_one_entry(
    desk: Client, cast: Cast, convoy: Convoy
) -> None:
    raw = waiting(cast.organisation)
    other = Client()
    other.force_login(cast.coordinator)
    mine = filled_in(desk, page_of(raw)) | {"convoy": "M1", "kind": "contact.made"}
    theirs = filled_in(other, page_of(raw)) | {"convoy": "M1", "kind": "contact.lost"}

    desk.post(page_of(raw), mine)
    answer = other.post(page_of(raw), theirs, follow=True)

    assert [entry.kind for entry in entries_of(convoy)] == ["contact.made"]
    assert "has sorted this message already" in text_of(answer)


def test_a_message_that_is_taken_between_reading_and_writing_is_not_taken_again(
    cast: Cast,
) -> None:
    raw = waiting(cast.organisation)
    first, second = RawMessage.objects.get(pk=raw.pk), RawMessage.objects.get(pk=raw.pk)
    take(raw=first, by=cast.dispatcher, at=timezone.now())

    with pytest.raises(AlreadySorted):
        take(raw=second, by=cast.coordinator, at=timezone.now())
    with pytest.raises(AlreadySorted):
        set_aside(raw=second, by=cast.coordinator, at=timezone.now(), reason="aside_trial")

    raw.refresh_from_db()
    assert (raw.state, raw.sorted_by) == (State.TAKEN, cast.dispatcher)


def test_the_same_form_sent_twice_is_one_entry(desk: Client, cast: Cast, convoy: Convoy) -> None:
    raw = waiting(cast.organisation)
    filled = filled_in(desk, page_of(raw)) | {"convoy": "M1", "kind": "contact.made"}

    answers = [desk.post(page_of(raw), filled) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert len(entries_of(convoy)) == 1


def test_what_is_set_aside_keeps_why_it_waited_and_enters_no_log(
    desk: Client, cast: Cast, convoy: Convoy
) -> None:
    raw = waiting(cast.organisation, reason="sos_unassigned")
    to = reverse("report_aside", args=[raw.pk])

    without = desk.post(to, {})
    answers = [desk.post(to, {"reason": "aside_trial"}) for _time in range(2)]

    raw.refresh_from_db()
    assert without.status_code == 422
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (raw.state, raw.reason, raw.sorted_by) == (
        State.IGNORED,
        "aside_trial",
        cast.dispatcher,
    )
    assert raw.understood == {"waited_for": "sos_unassigned"}
    assert entries_of(convoy) == []
    assert "It was a trial" in text_of(desk.get(page_of(raw)))


def test_a_refused_entry_of_a_phone_shows_what_it_says_and_why_it_waits(
    desk: Client, cast: Cast, convoy: Convoy, road: Road
) -> None:
    says = {
        "kind": "convoy.held",
        "convoy": str(convoy.pk),
        "checkpoint": str(road.tokmak.pk),
        "at": "2022-04-01T10:00:00Z",
        "people": 40,
        "note": "No way on.",
    }
    raw = waiting(
        cast.organisation,
        b"\x01sealed",
        gateway="phone",
        message_id=str(uuid4()),
        reason="sealed_unreadable",
        understood={
            "entry": "x",
            "problems": [
                {"code": "sealed_unreadable", "where": "", "values": {}, "question": False}
            ],
            "says": says,
        },
    )

    page, shown = text_of(desk.get(page_of(raw))), filled_in(desk, page_of(raw))

    assert "M1" in page
    assert road.tokmak.name in page
    assert "No way on." in page
    assert "\x01sealed" not in page
    assert (shown["convoy"], shown["kind"], shown["note"]) == ("M1", "convoy.held", "No way on.")


def test_another_organisation_finds_no_message_and_a_monitor_may_not_look(
    client: Client, cast: Cast
) -> None:
    raw = waiting(cast.organisation, "for our desk only")
    to = reverse("report_aside", args=[raw.pk])

    client.force_login(cast.outsider)
    found = [client.get(page_of(raw)), client.post(to, {"reason": "aside_trial"})]
    listed = text_of(client.get(LIST))
    client.force_login(cast.monitor)
    forbidden = [client.get(LIST), client.get(page_of(raw)), client.post(to, {})]

    assert [answer.status_code for answer in found] == [404, 404]
    assert "for our desk only" not in listed
    assert [answer.status_code for answer in forbidden] == [403, 403, 403]
    raw.refresh_from_db()
    assert raw.state == State.QUARANTINED


def test_a_convoy_of_others_cannot_be_chosen(desk: Client, cast: Cast, convoy: Convoy) -> None:
    raw = waiting(cast.organisation)
    Convoy.objects.filter(pk=convoy.pk).update(organisation=cast.other_organisation)

    answer = send(desk, page_of(raw), convoy="M1", kind="contact.made")

    assert answer.status_code == 422
    assert entries_of(convoy) == []


def test_the_list_is_paged_and_takes_as_many_queries_for_one_as_for_many(
    desk: Client, cast: Cast, telephone: Device
) -> None:
    waiting(cast.organisation, device=telephone)
    for_one = queries_of(desk, LIST)
    for number in range(30):
        waiting(cast.organisation, f"message {number}", device=telephone)

    for_many = queries_of(desk, LIST)

    assert for_many <= for_one + 1
    assert "message 29" not in text_of(desk.get(LIST))
    assert "message 29" in text_of(desk.get(f"{LIST}?page=2"))
