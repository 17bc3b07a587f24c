"""6 and 20 April 2022 as they were told: entered through the pages, read back in words."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import Cast
from tests.factories import Road
from tests.stories.day import KYIV, signed_in
from tests.web.sending import send
from tracker.attempts.models import Attempt
from tracker.convoys.models import Convoy
from tracker.exercises.operations import begin_exercise


def it_is(day: int, hour: int) -> None:
    """Let field time stand at this hour of a day of April 2022 in Kyiv."""
    begin_exercise(
        name="April 2022",
        starts_at=datetime(2022, 4, day, hour, 0, tzinfo=KYIV),
        speed=1,
        machine_now=timezone.now(),
    )


def plan(cast: Cast, road: Road, *, code: str, buses: int, attempt: str = "") -> Client:
    """Plan a convoy of so many buses, whose seats nobody named."""
    coordinator = signed_in(cast.coordinator)
    answer = send(
        coordinator,
        reverse("convoy_plan"),
        corridor=str(road.corridor.pk),
        attempt=attempt,
        code=code,
        vehicles="\n".join(f"B{number}" for number in range(1, buses + 1)),
    )
    assert answer.status_code == 302, answer.context["form"].errors
    return coordinator


def tell(monitor: Client, code: str, kind: str, *, who: str = "", **typed: str) -> None:
    """Choose a kind on the log page, fill its form in and send it."""
    chosen = f"kind={kind}" + (f"&amp;who={who}" if who else "")
    choice = monitor.get(f"{reverse('log')}?convoy={code}").content.decode()
    assert f'href="?convoy={code}&amp;{chosen}"' in choice
    page = f"{reverse('log')}?convoy={code}&{chosen.replace('&amp;', '&')}"
    answer = send(monitor, page, **typed)
    assert answer.status_code == 302, answer.context["form"].errors


def words_on(client: Client, page: str) -> str:
    """Return what a page says, without its marks and in one line."""
    text = re.sub(r"<[^>]+>", " ", client.get(page).content.decode())
    return re.sub(r"\s+([.,;])", r"\1", " ".join(text.split()))


@pytest.mark.django_db
def test_500_counted_on_6_april_stay_500_when_forty_cars_follow_and_about_1000_are_said(
    cast: Cast, road: Road
) -> None:
    it_is(6, 8)
    coordinator = plan(cast, road, code="K6", buses=7)
    monitor = signed_in(cast.monitor)
    tell(monitor, "K6", "convoy.departed")
    it_is(6, 12)
    tell(monitor, "K6", "people.counted", people="500", method="HEADCOUNT", place="Berdiansk")
    page = reverse("convoy", args=["K6"])

    tell(monitor, "K6", "people.counted", who="followers", vehicles="40", people="")
    cars_alone = words_on(coordinator, page)
    it_is(6, 20)
    tell(monitor, "K6", "people.counted", people="1000", method="ESTIMATE")
    tell(
        monitor, "K6", "people.counted", who="followers", vehicles="40", people="500",
        method="ESTIMATE",
    )  # fmt: skip
    in_all = words_on(coordinator, page)
    tell(monitor, "K6", "convoy.arrived")
    arrived = words_on(coordinator, page)

    assert "7 buses" in in_all
    assert "40 private cars follow, nobody said with how many people" in cars_alone
    assert "not accounted for" not in in_all + arrived
    for text in (in_all, arrived):
        assert "500 counted in Berdiansk." in text
        assert "Since then an estimate: about 1,000. It does not replace the count." in text
        assert "About 500 people in 40 private cars follow; not counted with the convoy." in text
        assert "With them about 1,000." in text


@pytest.mark.django_db
def test_79_people_of_20_april_arrive_in_three_or_four_buses_and_both_words_stand(
    cast: Cast, road: Road
) -> None:
    it_is(20, 8)
    coordinator = signed_in(cast.coordinator)
    planned = send(
        coordinator,
        reverse("attempt_new", args=[road.corridor.slug]),
        buses="90",
        people_planned="6000",
    )
    attempt = str(Attempt.objects.get().pk)
    plan(cast, road, code="K20", buses=4, attempt=attempt)
    monitor = signed_in(cast.monitor)
    it_is(20, 16)
    tell(monitor, "K20", "convoy.departed")
    tell(monitor, "K20", "convoy.night_stop", reason="Night in Berdiansk.")

    it_is(21, 17)
    tell(monitor, "K20", "convoy.arrived", people="79", method="REPORTED")
    tell(monitor, "K20", "note", note="In 3 buses (AFP).")
    tell(monitor, "K20", "note", note="In 4 buses (LB.ua; P. Kyrylenko).")

    text = words_on(coordinator, reverse("convoy", args=["K20"]))
    assert planned.status_code == 302
    assert (Attempt.objects.get().buses, Attempt.objects.get().people_planned) == (90, 6000)
    assert Convoy.objects.get().people_planned is None
    assert "4 buses" in text
    assert "79 counted on arrival." in text
    assert "In 3 buses (AFP)." in text
    assert "In 4 buses (LB.ua; P. Kyrylenko)." in text
    assert "not accounted for" not in text


@pytest.mark.django_db
def test_a_gap_is_explained_from_its_own_link_and_another_count_opens_it_again(
    cast: Cast, road: Road
) -> None:
    it_is(6, 8)
    plan(cast, road, code="K6", buses=7)
    monitor = signed_in(cast.monitor)
    tell(monitor, "K6", "convoy.departed", people="340", method="MANIFEST")
    it_is(6, 12)
    tell(monitor, "K6", "people.counted", people="330", method="HEADCOUNT")
    page = reverse("convoy", args=["K6"])
    short = monitor.get(page).content.decode()
    form = words_on(monitor, f"{reverse('log')}?convoy=K6&kind=people.explained")

    tell(monitor, "K6", "people.explained", people="10", note="Never boarded, says the driver.")
    explained = words_on(monitor, page)
    it_is(6, 14)
    tell(monitor, "K6", "people.counted", people="327", method="HEADCOUNT")
    again = words_on(monitor, page)

    assert "10 not accounted for since 12:00." in short
    assert f'href="{reverse("log")}?convoy=K6&amp;kind=people.explained"' in short
    assert "10 not accounted for since 12:00." in form
    assert "not accounted for" not in explained
    assert "10 of those missing are explained." in explained
    assert "13 not accounted for since 12:00." in again
