"""What a phone is told once somebody is signed in: their convoy, its road, what needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.utils.translation import gettext as _

from tracker.checkpoints.models import Checkpoint
from tracker.convoys.models import Convoy, ConvoyState, Vehicle
from tracker.convoys.queries import contact_of, next_checkpoint, state_at, vehicles_of
from tracker.devices.operations import assign_device
from tracker.devices.phones import PhoneContext, convoys_to_log, own_convoy, waiting_of
from tracker.web.phone_access import Caller, Refusal, data_address
from tracker.web.phone_words import readable, texts

# More convoys than any operator has on the road at once.
MOST_CONVOYS = 40


def _checkpoints(convoys: Sequence[Convoy]) -> dict[UUID, list[Checkpoint]]:
    found: dict[UUID, list[Checkpoint]] = {each.corridor_id: [] for each in convoys}
    rows = Checkpoint.objects.filter(corridor_id__in=list(found)).order_by("km", "id")
    for row in rows:
        found[row.corridor_id].append(row)
    return found


def _convoy(
    caller: Caller, convoy: Convoy, *, points: Sequence[Checkpoint], vehicles: Sequence[Vehicle]
) -> dict[str, Any]:
    at = caller.clock.now
    state = state_at(convoy, at=at)
    due = contact_of(convoy, at=at).due_at
    ahead = next_checkpoint(convoy, checkpoints=points)
    origin, destination = convoy.corridor.origin.name, convoy.corridor.destination.name
    return {
        "id": convoy.pk,
        "code": convoy.code,
        "title": f"{origin} – {destination}",
        "state": ConvoyState(state).label,
        "status": convoy.state,
        "at": convoy.at_checkpoint_id,
        "next": ahead.pk if ahead else None,
        "since": convoy.state_since,
        "due": due,
        "checkpoints": [{"id": each.pk, "name": each.name, "km": each.km} for each in points],
        "vehicles": [{"id": each.pk, "code": each.code} for each in vehicles],
        "context": PhoneContext(caller.user.pk, caller.phone.code, convoy.pk).sealed(),
    }


def _refused(caller: Caller) -> list[Mapping[str, Any]]:
    waiting = waiting_of(caller.phone)
    return [
        {
            "id": raw.message_id,
            "problems": texts(raw.understood.get("problems") or []),
            "readable": readable(raw.understood, organisation=caller.organisation),
            "at": raw.field_at,
        }
        for raw in waiting
    ]


def _told(caller: Caller) -> dict[str, Any]:
    at = caller.clock.now
    own = own_convoy(phone=caller.phone, user=caller.user, at=at)
    convoys = list(convoys_to_log(caller.user, at=at)[:MOST_CONVOYS])
    if own is not None and own not in convoys:
        convoys.append(own)
    points, vehicles = _checkpoints(convoys), vehicles_of(convoys)
    context = PhoneContext(caller.user.pk, caller.phone.code, own.pk if own else None)
    return {
        "phone": caller.phone.code,
        "now": at,
        # What a right clock says, also in an exercise.
        "clock": caller.now,
        "csrf": get_token(caller.request),
        "context": context.sealed(),
        "convoys": [
            _convoy(caller, each, points=points[each.corridor_id], vehicles=vehicles[each.pk])
            | {"is_own": own is not None and each.pk == own.pk}
            for each in convoys
        ],
        "refused": _refused(caller),
    }


@data_address("GET")
def start(caller: Caller) -> dict[str, Any]:
    """Tell a phone who it is, which convoy is its own, and what waits for its owner."""
    return _told(caller)


def uuid_in(body: Any, name: str) -> UUID:
    """Return an id that a body names; raises Refusal."""
    try:
        return UUID(body[name])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(400, "bad_request", _("Something is missing in what came.")) from error


@data_address("POST")
def choose(caller: Caller) -> dict[str, Any]:
    """Let the phone report for one convoy of its own organisation from now on."""
    at = caller.clock.now
    wanted = uuid_in(caller.body, "convoy")
    convoy = convoys_to_log(caller.user, at=at).filter(pk=wanted).first()
    if convoy is None:
        raise Refusal(404, "no_convoy", _("This convoy is not at work. Choose another one."))
    assign_device(device=caller.phone, convoy=convoy, vehicle=None, at=at, by=caller.user)
    return _told(caller)


@data_address("POST")
def _leave(caller: Caller) -> dict[str, Any]:
    logout(caller.request)
    return {"outcome": "left"}


def leave(request: HttpRequest) -> HttpResponse:
    """End the session of a phone that was wiped, and let its browser forget what is left."""
    answer = _leave(request)
    if answer.status_code == 200:
        answer["Clear-Site-Data"] = '"*"'
    return answer


leave.csrf_exempt = True  # type: ignore[attr-defined]  # checked by the address within


urlpatterns = [
    path("f/start", start, name="phone_start"),
    path("f/choose", choose, name="phone_choose"),
    path("f/leave", leave, name="phone_leave"),
]
