"""Who may speak at the phone page's addresses, how it is refused, and what a lost phone is told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road
from tests.web.phones import Phone
from tests.web.test_phone_send import plan
from tracker.devices.models import Device, DeviceAssignment, RawMessage
from tracker.devices.operations import lose_device, revoke_device
from tracker.exercises.clock import field_now
from tracker.exercises.operations import begin_exercise
from tracker.fieldlog.models import LogEvent

POSTS = ("phone_send", "phone_choose", "phone_drop", "phone_photo", "phone_leave")


@pytest.fixture
def convoy(cast: Cast, road: Road) -> UUID:
    return plan(cast, road)


@pytest.fixture
def phone(cast: Cast, convoy: UUID) -> Phone:
    return Phone().sign_in(cast.monitor)


def the_phone() -> Device:
    return Device.objects.get(kind=Device.Kind.PHONE)


def test_the_shell_is_the_same_bytes_for_everybody(phone: Phone) -> None:
    stranger = Client()

    for name in ("phone", "phone_worker", "phone_manifest"):
        mine, theirs = phone.browser.get(reverse(name)), stranger.get(reverse(name))
        assert mine.content == theirs.content
        assert mine["Cache-Control"] == "no-cache"
        assert not theirs.cookies
    assert b"M1" not in mine.content


def test_the_shell_answers_in_any_language_a_phone_asks_for() -> None:
    answer = Client().get(reverse("phone"), headers={"Accept-Language": "ar"})

    assert answer.status_code == 200


def test_a_phone_is_told_its_convoy_and_its_road(phone: Phone, road: Road, convoy: UUID) -> None:
    (told,) = phone.started["convoys"]

    assert (told["id"], told["code"], told["is_own"]) == (str(convoy), "M1", True)
    assert (told["state"], told["status"]) == ("moving", "MOVING")
    assert told["next"] == str(road.tokmak.pk)
    assert [each["name"] for each in told["checkpoints"]] == ["Tokmak", "Vasylivka", "Kamianske"]
    assert [each["code"] for each in told["vehicles"]] == ["B1"]
    assert len(told["context"]) <= 400
    assert "M1" not in told["context"]


def test_the_cookie_of_a_phone_is_for_its_page_alone(phone: Phone) -> None:
    cookie = phone.browser.cookies["phone"]

    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/f/")
    assert cookie["secure"] == ("" if not settings.HTTPS else True)
    assert the_phone().token_hash != cookie.value


def test_a_phone_that_starts_again_is_the_same_phone(phone: Phone) -> None:
    phone.start()

    assert Device.objects.filter(kind=Device.Kind.PHONE).count() == 1


def test_nobody_signed_in_is_answered_in_json_and_keeps_the_entry(phone: Phone) -> None:
    tapped = phone.entry("convoy.held", next=True)
    phone.browser.logout()

    refused = phone.send(tapped)
    page = phone.browser.get(reverse("phone"))

    assert (refused.status_code, refused["Content-Type"]) == (401, "application/json")
    assert refused.json()["sign_in"] == "/accounts/login/?next=/f/"
    assert page.status_code == 200
    assert not LogEvent.objects.filter(via="phone").exists()


def test_after_the_session_expired_the_same_phone_sends_on(phone: Phone, cast: Cast) -> None:
    tapped = phone.entry("convoy.held", next=True)
    phone.browser.cookies.pop("sessionid")
    expired = phone.send(tapped)

    phone.sign_in(cast.monitor)
    taken = phone.results(tapped)

    assert expired.status_code == 401
    assert taken[0]["outcome"] == "received"
    assert LogEvent.objects.get(via="phone").device_id == the_phone().code


@pytest.mark.parametrize("name", POSTS)
def test_a_post_without_the_token_does_nothing_and_brings_a_fresh_one(
    phone: Phone, name: str
) -> None:
    phone.started["csrf"] = "x" * 64

    refused = phone.post(name, {})

    assert (refused.status_code, refused.json()["problem"]) == (403, "csrf")
    phone.started["csrf"] = refused.json()["csrf"]
    assert phone.results(phone.entry("convoy.held"))[0]["outcome"] == "received"


@pytest.mark.parametrize("who", ["viewer", "verifier", "partner", "admin"])
def test_who_may_not_log_is_refused_in_json(cast: Cast, convoy: UUID, who: str) -> None:
    phone = Phone()
    phone.browser.force_login(getattr(cast, who))

    answer = phone.start()

    assert (answer.status_code, answer.json()["problem"]) == (403, "not_permitted")
    assert not Device.objects.exists()


def test_a_lost_phone_is_told_to_forget_and_its_holder_is_signed_out_everywhere(
    phone: Phone,
) -> None:
    lose_device(device=the_phone(), at=timezone.now())
    board = phone.browser.get(reverse("board"))

    answers = [phone.start(), phone.send(phone.entry("convoy.held")), phone.start()]

    assert board.status_code == 302
    assert {(each.status_code, each["Clear-Site-Data"]) for each in answers} == {(410, '"*"')}
    assert not LogEvent.objects.filter(via="phone").exists()


def test_a_phone_out_of_use_is_refused_and_forgets_nothing(phone: Phone) -> None:
    revoke_device(device=the_phone(), at=timezone.now())

    answer = phone.start()

    assert (answer.status_code, answer.json()["problem"]) == (403, "phone_out_of_use")
    assert "Clear-Site-Data" not in answer


def test_a_wiped_phone_ends_its_session(phone: Phone) -> None:
    answer = phone.post("phone_leave", {})

    assert (answer.status_code, answer["Clear-Site-Data"]) == (200, '"*"')
    assert phone.start().status_code == 401


def test_who_chooses_a_convoy_reports_for_it_from_now_on(
    phone: Phone, cast: Cast, road: Road
) -> None:
    other = plan(cast, road, code="M2")
    uncertain = phone.start().json()

    told = phone.post("phone_choose", {"convoy": str(other)}).json()

    assert [each["is_own"] for each in uncertain["convoys"]] == [False, False]
    assert [each["code"] for each in told["convoys"] if each["is_own"]] == ["M2"]
    assert DeviceAssignment.objects.get().convoy_id == other


def test_nobody_chooses_a_convoy_of_another_organisation(cast: Cast, convoy: UUID) -> None:
    theirs = Phone().sign_in(cast.outsider)

    answer = theirs.post("phone_choose", {"convoy": str(convoy)})

    assert answer.status_code == 404
    assert theirs.started["convoys"] == []


def test_nobody_logs_for_a_convoy_of_another_organisation(cast: Cast, convoy: UUID) -> None:
    theirs = Phone().sign_in(cast.outsider)

    (result,) = theirs.results(theirs.entry("convoy.held", convoy=str(convoy)))

    assert result["outcome"] == "needs_you"
    assert result["readable"]["convoy_code"] == ""
    assert not LogEvent.objects.filter(via="phone").exists()


def test_a_convoy_that_nobody_can_be_sure_of_is_asked_for(
    phone: Phone, cast: Cast, road: Road
) -> None:
    plan(cast, road, code="M2")
    phone.start()

    held, sos = phone.results(phone.entry("convoy.held"), phone.entry("sos"))

    assert (held["outcome"], sos["outcome"]) == ("needs_you", "needs_you")
    assert "Which convoy?" in held["problems"][0]
    assert set(RawMessage.objects.values_list("reason", flat=True)) == {
        "convoy_uncertain",
        "sos_unassigned",
    }


def test_an_entry_that_was_given_up_is_set_aside_and_not_gone(phone: Phone) -> None:
    slip = phone.entry("people.counted", people=3000)
    phone.send(slip)

    dropped = phone.post("phone_drop", {"id": slip["id"]}).json()

    assert dropped["outcome"] == "dropped"
    assert phone.start().json()["refused"] == []
    assert RawMessage.objects.get().state == RawMessage.State.IGNORED


def test_in_an_exercise_an_hour_of_the_phone_is_as_many_hours_as_it_is_fast(
    cast: Cast, road: Road
) -> None:
    begun = field_now()
    begin_exercise(name="Drill", starts_at=begun, speed=60, machine_now=begun)
    plan(cast, road)
    phone = Phone(wrong=timedelta(hours=5)).sign_in(cast.monitor)

    phone.send(
        phone.entry("convoy.held", ago=timedelta(minutes=2)),
        phone.entry("contact.made", age_ms=60_000, ago=timedelta(hours=9)),
    )

    now = field_now()
    held = LogEvent.objects.get(kind="convoy.held", via="phone")
    made = LogEvent.objects.get(kind="contact.made", via="phone")
    assert abs(now - timedelta(hours=2) - held.ordered_at) < timedelta(minutes=5)
    assert abs(now - timedelta(hours=1) - made.ordered_at) < timedelta(minutes=5)


def test_each_answer_is_kept_by_no_cache(phone: Phone) -> None:
    answers: list[Any] = [phone.start(), phone.send(), phone.post("phone_drop", {})]

    assert all("no-store" in answer["Cache-Control"] for answer in answers)


def test_the_timeline_says_that_the_server_worked_the_checkpoint_out(
    phone: Phone, cast: Cast
) -> None:
    phone.send(phone.entry("convoy.arrived_at", next=True))
    desk = Client()
    desk.force_login(cast.dispatcher)

    page = desk.get(reverse("convoy", args=["M1"])).content.decode()

    assert re.search(r"Reached Tokmak\.\s+Checkpoint worked out by the server", page)
