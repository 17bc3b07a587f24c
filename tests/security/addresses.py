"""The address of every route in the world of the security tests, for each owner of its object."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLResolver, get_resolver, reverse

from tests.security.world import OTHER, OWN, SHARED, Part, World
from tracker.convoys.models import ConvoyShare
from tracker.fieldlog.models import LogEvent
from tracker.gateways.urls import GATEWAYS

# A route whose object belongs to nobody in particular.
PLAIN = "-"

Address = Callable[[World, Part], str]
ALL = (OWN, SHARED, OTHER)
ROADS = (OWN, OTHER)


def routes(resolver: Any = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Return the name and the pattern of every route but those of the admin."""
    for each in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(each.pattern)
        if pattern.startswith("admin/"):
            continue
        if isinstance(each, URLResolver):
            yield from routes(each, pattern)
        else:
            yield str(each.name or pattern), pattern


def _named(name: str, argument: Callable[[Part], Any]) -> Address:
    return lambda _world, part: reverse(name, args=[argument(part)])


def _slug(part: Part) -> str:
    return part.road.corridor.slug


def _code(part: Part) -> str:
    return part.code


def _entry(name: str) -> Address:
    def address(_world: World, part: Part) -> str:
        held = LogEvent.objects.get(convoy=part.convoy, kind="convoy.held")
        return reverse(name, args=[held.pk])

    return address


def _statement(_world: World, part: Part) -> str:
    first = LogEvent.objects.filter(kind="corridor.stated", corridor=part.road.corridor)
    return reverse("api-statement", args=[first.order_by("id")[0].pk])


def _leg(part: Part) -> str:
    return reverse("contact_leg_remove", args=[part.road.corridor.slug, part.leg])


def _share(_world: World, part: Part) -> str:
    share = ConvoyShare.objects.get()
    return reverse("convoy_share_end", args=[part.code, share.pk])


def _of_device(name: str) -> Address:
    return lambda _world, part: reverse(name, args=[part.link])


def _of_channel(name: str) -> Address:
    return lambda _world, part: reverse(name, args=[part.channel])


def _of_report(name: str) -> Address:
    return lambda _world, part: reverse(name, args=[part.report])


def _alert(name: str) -> Address:
    def address(world: World, part: Part) -> str:
        whose = next(whose for whose, each in world.parts.items() if each is part)
        return reverse(name, args=[world.alert(whose).pk])

    return address


_OF_ROADS: dict[str, Callable[[Part], Any]] = {
    **dict.fromkeys(
        (
            "public-corridor",
            "corridor",
            "corridor_worsen",
            "corridor_confirm",
            "statement_new",
            "window_new",
            "agreement",
            "attempt_list",
            "contact_legs",
            "attempt_new",
            "route_import",
            "api-corridor",
        ),
        _slug,
    ),
    **dict.fromkeys(("window_move", "window_cancel", "api-window"), lambda part: part.window),
    **dict.fromkeys(("checkpoint", "api-checkpoint", "card_new"), lambda part: part.road.tokmak.pk),
    **dict.fromkeys(
        ("attempt", "attempt_start", "attempt_end", "api-attempt"), lambda part: part.attempt
    ),
    **dict.fromkeys(
        ("incident", "claim_new", "incident_verify", "api-incident"), lambda part: part.incident
    ),
    **dict.fromkeys(("reception_centre", "reception_close"), lambda part: part.centre),
    **dict.fromkeys(("import", "import_take"), lambda part: part.file),
}
_OF_CONVOYS: dict[str, Callable[[Part], Any]] = {
    **dict.fromkeys(
        (
            "convoy",
            "convoy_split",
            "convoy_join",
            "convoy_transfer",
            "convoy_share",
            "convoy_positions",
            "convoy_people",
            "position_known",
            "convoy_hand_over",
            "driver_links",
            "sheet_new",
            "silence_declare",
            "silence_end",
            "silence_reach",
            "vehicles_import",
        ),
        _code,
    ),
    "api-convoy": lambda part: part.convoy,
    **dict.fromkeys(("sheet_key", "sheet_print"), lambda part: part.serial),
}
_OF_OTHERS: dict[str, Address] = {
    **{
        name: _of_device(name)
        for name in ("device", "device_assign", "device_release", "device_revoke", "device_lost")
    },
    "device_codes": _named("device_codes", lambda part: part.telephone),
    "my_device_lost": _of_device("my_device_lost"),
    "report": _of_report("report"),
    "report_aside": _of_report("report_aside"),
    "channel": _of_channel("channel"),
    "channel_revoke": _of_channel("channel_revoke"),
    "photo": _named("photo", lambda part: part.photo),
    "entry": _entry("entry"),
    "entry_correct": _entry("entry_correct"),
    "convoy_share_end": _share,
    "vehicle_track": lambda _world, part: reverse(
        "vehicle_track", args=[part.code, part.vehicles[0]]
    ),
    "driver_link_end": lambda _world, part: reverse("driver_link_end", args=[part.code, part.link]),
    "silence_step": lambda _world, part: reverse("silence_step", args=[part.code, "CALL"]),
    "alert_take": _alert("alert_take"),
    "alert_end": _alert("alert_end"),
    "log": lambda _world, part: f"{reverse('log')}?convoy={part.code}",
    "api-event": lambda _world, _part: reverse("api-event"),
    "api-events": lambda _world, _part: reverse("api-events"),
}
# Routes with arguments that name nothing of anybody's.
_ARGUMENTS: dict[str, list[Any]] = {
    "account_confirm_email": ["no-such-key"],
    "account_reset_password_from_key": ["0", "no-such-key"],
    "mfa_remove_webauthn": [1],
    "mfa_edit_webauthn": [1],
    "subscribe_confirm": ["no-such-token"],
    "gpx_check": ["00000000-0000-4000-8000-000000000000"],
    "subscribe_stop": ["no-such-token"],
    **{f"in-{gateway}": ["no-such-token"] for gateway in GATEWAYS},
    "driver": ["no-such-token"],
}
_WRITTEN_OUT = {
    "public-in-language": "/uk/corridors/no-such-road/",
    "feed-in-language": "/feeds/status.uk.json",
    "api-unknown": "/api/v1/nothing-here",
}


def addresses(name: str, world: World) -> dict[str, str]:
    """Return the address of a route for each owner that its object may have."""
    if name in _WRITTEN_OUT:
        return {PLAIN: _WRITTEN_OUT[name]}
    if name in _OF_ROADS:
        of_road = _named(name, _OF_ROADS[name])
        return {whose: of_road(world, world.parts[whose]) for whose in ROADS}
    if name in _OF_CONVOYS:
        of_convoy = _named(name, _OF_CONVOYS[name])
        return {whose: of_convoy(world, world.parts[whose]) for whose in ALL}
    if name in _OF_OTHERS:
        return {whose: _OF_OTHERS[name](world, world.parts[whose]) for whose in ALL}
    if name == "contact_leg_remove":
        return {whose: _leg(world.parts[whose]) for whose in ROADS}
    if name == "api-statement":
        return {whose: _statement(world, world.parts[whose]) for whose in ROADS}
    return {PLAIN: reverse(name, args=_ARGUMENTS.get(name, []))}
