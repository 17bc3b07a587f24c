"""1 April 2022, from the announcement to "we do not know when they arrive", with real Celery."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from config.celery import app
from tests.api.callers import Caller, caller_for, event
from tests.cast import Cast
from tests.factories import Road
from tests.stories.day import (
    FEEDS,
    KYIV,
    SOON_S,
    START_S,
    Outside,
    it_is,
    mails_to,
    on_the_day,
    public_bytes,
    signed_in,
)
from tests.stories.processes import celery_worker
from tests.waiting import until
from tests.web.sending import send
from tracker.attempts.models import Attempt
from tracker.incidents.models import Incident
from tracker.provenance.models import Source

pytestmark = pytest.mark.django_db(transaction=True)
RELATIVE = "somebody.waiting@example.net"
BUSES = "\n".join(f"B{number}, 80, 75" for number in range(1, 41))


@dataclass(frozen=True)
class Day:
    """Everyone who takes part in the day."""

    cast: Cast
    road: Road
    outside: Outside
    verifier: Client
    coordinator: Client
    dispatcher: Client
    phone: Caller

    @property
    def slug(self) -> str:
        return self.road.corridor.slug

    def log(self, kind: str, at: datetime, **more: Any) -> None:
        """Log one event through the API, as a monitor's device does."""
        answer = self.phone.post("events", event(kind, at=at, convoy="M1", **more))
        assert answer.status_code == 201, answer.content


@pytest.fixture
def day(cast: Cast, road: Road, tmp_path: Path) -> Iterator[Day]:
    """Begin the day at six in the morning, with a Celery worker running."""
    it_is(6, 0)
    world = Day(
        cast=cast,
        road=road,
        outside=Outside(Client()),
        verifier=signed_in(cast.verifier),
        coordinator=signed_in(cast.coordinator),
        dispatcher=signed_in(cast.dispatcher),
        phone=caller_for(cast.monitor),
    )
    with celery_worker(log=tmp_path / "worker.log"):
        yield world


def state(day: Day, source: Source, claims: str, says: str) -> None:
    page = reverse("statement_new", args=[day.slug])
    answer = send(
        day.verifier, page, source=str(source.pk), claims=claims, says=says, is_public="on"
    )
    assert answer.status_code == 302


def announce(day: Day) -> None:
    """The Russian side announces, the ICRC does not know, nobody has seen anything."""
    # What beat sends on its tick; the day itself runs without it, so that only facts publish.
    app.send_task("tracker.tasks.situation.publish")
    until(day.outside.is_published, within_s=START_S, what="a page is published")
    state(day, day.road.russia, "ANNOUNCED", "The corridor is to reopen on Friday morning.")
    state(day, day.road.icrc, "UNKNOWN", "It is not yet clear whether it will take place today.")

    page = day.outside.wait_for("It is not yet clear", f"/corridors/{day.slug}/")

    assert "The corridor is to reopen on Friday morning." in page
    assert "Russian Ministry of Defence" in page
    assert set(day.outside.statuses(day.slug).values()) & {"OPEN"} == set()
    assert day.outside.statuses(day.slug)["json"] == "ANNOUNCED"
    assert "No corridor is confirmed open" in day.outside.page()


def subscribe(day: Day) -> None:
    """A relative subscribes; only the button in the mailed page counts."""
    day.outside.client.post("/subscribe/", {"email": RELATIVE, "corridor": day.slug})
    (mail,) = until(
        lambda: mails_to(RELATIVE, "/subscribe/confirm/"),
        within_s=SOON_S,
        what="the mail to confirm is written",
    )
    found = re.search(r"http\S+(/subscribe/confirm/\S+/)", mail.get_content())
    assert found

    answer = day.outside.client.post(found[1])

    assert answer.status_code == 302


def set_out(day: Day) -> None:
    """An attempt is opened, about 40 buses are planned, boarded and gone, by page and by API."""
    it_is(7, 0)
    planned = send(
        day.coordinator,
        reverse("attempt_new", args=[day.slug]),
        day="2022-04-01",
        agreed="CONTESTED",
        buses="40",
        people_planned="3000",
    )
    assert planned.status_code == 302
    convoy = send(
        day.coordinator,
        reverse("convoy_plan"),
        corridor=str(day.road.corridor.pk),
        attempt=str(Attempt.objects.get().pk),
        code="M1",
        vehicles=BUSES,
        people_planned="3000",
    )
    assert convoy.status_code == 302
    it_is(8, 5)
    day.log("people.boarded", on_the_day(7, 55), data={"people": 3000, "place": "Berdiansk"})
    day.log("convoy.departed", on_the_day(8, 0))
    until(
        lambda: mails_to(day.cast.dispatcher.email, "M1 has departed"),
        within_s=SOON_S,
        what="the dispatcher is told of the departure",
    )


def hold(day: Day) -> None:
    """Vasylivka holds the convoy, which nobody had heard of, and 39 people are missing."""
    it_is(14, 31)
    day.log("convoy.arrived_at", on_the_day(14, 0), checkpoint="CP2")
    day.log("convoy.held", on_the_day(14, 0), checkpoint="CP2", reason="no reason given")
    day.log("people.counted", on_the_day(14, 20), checkpoint="CP2", data={"people": 2961})
    dispatcher = day.cast.dispatcher.email
    until(lambda: mails_to(dispatcher, "held"), within_s=SOON_S, what="staff hear of the hold")
    until(lambda: mails_to(dispatcher, "39"), within_s=SOON_S, what="staff hear of 39 missing")

    dark = day.dispatcher.get(reverse("convoy", args=["M1"])).content.decode()
    end = reverse("silence_end", args=["M1"])
    send(day.dispatcher, end, reached="team leader at the barrier", means="PHONE")
    page = day.dispatcher.get(reverse("convoy", args=["M1"])).content.decode()
    board = day.dispatcher.get(reverse("board")).content.decode()

    assert "Dark since 08:45" in dark
    assert "Dark from 08:45 to 14:31." in page
    assert "2,961" in page
    assert "39 not accounted for" in page
    assert "39" in board


def accuse(day: Day) -> None:
    """One side claims, another denies, a third does neither: side by side, and none believed."""
    reported = send(
        day.verifier,
        reverse("incident_new"),
        alleged="Fuel depot in Belgorod set on fire, said to be an air strike",
        kind="AIR_STRIKE",
        corridor=str(day.road.corridor.pk),
        is_public="on",
    )
    assert reported.status_code == 302
    incident = Incident.objects.get()
    for name, stance, says in (
        ("V. Gladkov", "CLAIMS", "Two helicopters came in low and set the depot on fire."),
        ("O. Danilov", "DENIES", "They say that we did it; by our information that is not so."),
        ("D. Kuleba", "NEITHER", "Can neither confirm nor reject it."),
    ):
        claim(day, incident.pk, name, stance, says)

    page = day.outside.wait_for("Can neither confirm nor reject it.", f"/corridors/{day.slug}/")

    assert "Two helicopters came in low" in page
    assert "by our information that is not so" in page
    assert "not verified" in page


def claim(day: Day, incident_id: UUID, name: str, stance: str, says: str) -> None:
    source = Source.objects.create(name=name)
    page = reverse("claim_new", args=[incident_id])
    answer = send(
        day.verifier, page, source=str(source.pk), stance=stance, says=says, is_public="on"
    )
    assert answer.status_code == 302


def close(day: Day) -> None:
    """The dispatcher closes the corridor in one tap: page, three feeds and mail say so."""
    it_is(16, 40)
    day.dispatcher.get(reverse("corridor", args=[day.slug]))
    answer = send(
        day.dispatcher,
        reverse("corridor", args=[day.slug]),
        to=reverse("corridor_worsen", args=[day.slug]),
        act="corridor.closed",
        reason="shelling near Kamianske",
    )
    assert answer.status_code == 302

    until(
        lambda: day.outside.statuses(day.slug)["json"] == "CLOSED",
        within_s=SOON_S,
        what="the corridor is closed in public",
    )
    told = until(lambda: mails_to(RELATIVE, "closed"), within_s=SOON_S, what="the relative is told")

    statuses = day.outside.statuses(day.slug)
    assert statuses["geojson"] == "CLOSED"
    assert "closed" in statuses["atom"].lower()
    assert "Closed" in day.outside.page(f"/corridors/{day.slug}/")
    assert len(told) == 1
    assert "List-Unsubscribe-Post" in told[0]


def wait_in_the_evening(day: Day) -> None:
    """Nobody knows when they arrive, and the page says so."""
    it_is(20, 0)

    page = day.dispatcher.get(reverse("convoy", args=["M1"])).content.decode()

    assert "it depends on the checkpoints" in page
    assert "EXERCISE" in page.upper()
    for path in FEEDS:
        assert "M1" not in day.outside.page(path)


def test_the_day_from_the_announcement_to_not_knowing_when_they_arrive(day: Day) -> None:
    announce(day)
    subscribe(day)
    before = public_bytes()
    set_out(day)
    hold(day)
    assert public_bytes() == before
    accuse(day)
    close(day)
    wait_in_the_evening(day)
    assert mails_to(RELATIVE, "M1") == []
    assert on_the_day(20, 0).tzinfo == KYIV
