"""Every form of staff: where it stands, and a valid filling for it in the world of these tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.security.world import OWN, SHARED, Part, World
from tests.web.phones import Phone
from tests.web.sending import filled_in
from tracker.fieldlog.models import LogEvent

Filling = Callable[[World, Part], dict[str, Any]]


@dataclass(frozen=True)
class StaffForm:
    """A form by the route of its page; `to` is where it is sent, if that is another route."""

    route: str
    address: Callable[[World, Part], str]
    filling: Filling
    to: str = ""

    def page(self, world: World, whose: str = OWN) -> str:
        """Return the address of the page that shows the form."""
        return self.address(world, world.parts[whose])

    def target(self, world: World, whose: str = OWN) -> str:
        """Return the address that the form is sent to."""
        part = world.parts[whose]
        argument = part.code if self.route == "convoy" else part.road.corridor.slug
        return reverse(self.to, args=[argument]) if self.to else self.page(world, whose)

    def filled(self, client: Client, world: World, **typed: Any) -> dict[str, Any]:
        """Return what a browser sends when somebody fills the form in as it should be."""
        shown: dict[str, Any] = {"client_id": str(uuid4())}
        if not self.to:
            shown |= filled_in(client, self.page(world))
        fields = {**shown, **self.filling(world, world.parts[OWN]), **typed}
        return {name: value for name, value in fields.items() if value is not None}

    def send(self, client: Client, world: World, fields: dict[str, Any]) -> HttpResponse:
        """Send these fields."""
        return client.post(self.target(world), fields)


def _of_road(name: str) -> Callable[[World, Part], str]:
    return lambda _world, part: reverse(name, args=[part.road.corridor.slug])


def _of(name: str, attribute: str) -> Callable[[World, Part], str]:
    return lambda _world, part: reverse(name, args=[getattr(part, attribute)])


def _plain(name: str) -> Callable[[World, Part], str]:
    return lambda _world, _part: reverse(name)


def _always(**fields: Any) -> Filling:
    return lambda _world, _part: dict(fields)


def _sourced(**fields: Any) -> Filling:
    return lambda _world, part: {"source": str(part.road.icrc.pk), **fields}


def _hours(_world: World, part: Part) -> dict[str, Any]:
    return {
        "opens_at": f"{part.start:%Y-%m-%dT%H:%M}",
        "closes_at": f"{part.start.replace(hour=23, minute=59):%Y-%m-%dT%H:%M}",
    }


def _plan(_world: World, part: Part) -> dict[str, Any]:
    return {"corridor": str(part.road.corridor.pk), "code": "M9", "vehicles": "A1, 50, 40"}


def _declare(_world: World, _part: Part) -> dict[str, Any]:
    return {"until": f"{timezone.now() + timedelta(hours=6):%Y-%m-%d %H:%M}", "why": "No network."}


def _correct(_world: World, part: Part) -> str:
    counted = LogEvent.objects.get(convoy=part.convoy, kind="people.counted")
    return reverse("entry_correct", args=[counted.pk])


def _alert(world: World, part: Part) -> str:
    whose = next(whose for whose, each in world.parts.items() if each is part)
    return reverse("alert_end", args=[world.alert(whose).pk])


def _split(_world: World, part: Part) -> dict[str, Any]:
    return {"code": "M8", "vehicles": [str(part.vehicles[0])]}


def _into(world: World, _part: Part) -> dict[str, Any]:
    return {"other": str(world.parts[SHARED].convoy)}


def _over(world: World, part: Part) -> dict[str, Any]:
    return {"other": str(world.parts[SHARED].convoy), "vehicle": str(part.vehicles[0])}


def _sorted(_world: World, part: Part) -> dict[str, Any]:
    return {"convoy": part.code, "kind": "contact.made", "note": "They wait for the others."}


def _from_phone(_world: World, part: Part) -> dict[str, Any]:
    plain = {"v": 1, "kind": "contact.made", "at": f"{part.start:%Y-%m-%dT%H:%M:%SZ}", "n": 1}
    entry = Phone().seal(json.dumps(plain | {"convoy": str(part.convoy)}).encode())
    return {"text": f"EVT1.{entry['id']}.1.{entry['sealed']}", "take": "1"}


def _share(world: World, _part: Part) -> dict[str, Any]:
    return {"organisation": str(world.cast.partner_organisation.pk)}


def _hand_over(_world: World, part: Part) -> dict[str, Any]:
    return {
        "centre": str(part.centre),
        "people": "40",
        "receiver_name": "The nurse on duty",
        "is_signed": "on",
    }


FORMS = {
    form.to or form.route: form
    for form in (
        StaffForm("corridor", _of_road("corridor"), _always(act="corridor.closed"),
                  to="corridor_worsen"),
        StaffForm("corridor_confirm", _of_road("corridor_confirm"),
                  _always(reason="Seen by our monitor.", seen_from_field="on")),
        StaffForm("statement_new", _of_road("statement_new"),
                  _sourced(claims="OPEN", says="It is open.")),
        StaffForm("window_new", _of_road("window_new"), _hours),
        StaffForm("window_move", _of("window_move", "window"), _hours),
        StaffForm("window_cancel", _of("window_cancel", "window"), _always(reason="Called off.")),
        StaffForm("agreement", _of_road("agreement"),
                  _sourced(item="AID", party="PARTY_A", position="AGREED")),
        StaffForm("checkpoint", lambda _w, part: reverse("checkpoint", args=[part.road.tokmak.pk]),
                  _sourced(status="OPEN", wait_low_h="1", wait_high_h="2")),
        StaffForm("attempt_new", _of_road("attempt_new"), _always(day="2026-01-31")),
        StaffForm("attempt_start", _of("attempt_start", "attempt"), _always()),
        StaffForm("attempt_end", _of("attempt_end", "attempt"),
                  _always(outcome="FAILED", reason_code="SHELLING")),
        StaffForm("incident_new", _plain("incident_new"), _always(alleged="Shots were heard.")),
        StaffForm("claim_new", _of("claim_new", "incident"),
                  _sourced(stance="CLAIMS", says="We heard shots.")),
        StaffForm("incident_verify", _of("incident_verify", "incident"),
                  _always(verification="DISPUTED", note="Two sources disagree.")),
        StaffForm("convoy_plan", _plain("convoy_plan"), _plan),
        StaffForm("silence_declare", _of("silence_declare", "code"), _declare),
        StaffForm("silence_step", lambda _, part: reverse("silence_step", args=[part.code, "CALL"]),
                  _always(outcome="NO_ANSWER", words="Nobody answers.")),
        StaffForm("silence_end", _of("silence_end", "code"),
                  _always(reached="driver of B1", means="PHONE", km="233")),
        StaffForm("convoy_split", _of("convoy_split", "code"), _split),
        StaffForm("convoy_join", _of("convoy_join", "code"), _into),
        StaffForm("convoy_transfer", _of("convoy_transfer", "code"), _over),
        StaffForm("convoy", _of("convoy", "code"), _share, to="convoy_share"),
        StaffForm("log", lambda _w, part: f"{reverse('log')}?convoy={part.code}&kind=contact.made",
                  _always(kind="contact.made", note="Heard.")),
        StaffForm("entry_correct", _correct, _always(people="90", reason="Counted again.")),
        StaffForm("convoy_hand_over", _of("convoy_hand_over", "code"), _hand_over),
        StaffForm("report", _of("report", "report"), _sorted),
        StaffForm("phone_take", _plain("phone_take"), _from_phone),
        StaffForm("alert_end", _alert, _always(reason="It is over.")),
    )
}  # fmt: skip
