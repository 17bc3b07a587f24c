"""What can be logged of a convoy at a desk: the kinds by group, and the fields that each needs."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracker.convoys.models import Convoy, ConvoyState

Choices = tuple[tuple[str, Promise], ...]

KINDS: tuple[tuple[Promise, Choices], ...] = (
    (
        _("On the road"),
        (
            ("convoy.departed", _("Left")),
            ("convoy.arrived_at", _("Reached a checkpoint")),
            ("convoy.held", _("Held")),
            ("convoy.cleared", _("Let through")),
            ("convoy.arrived", _("Arrived at the destination")),
        ),
    ),
    (
        _("Contact"),
        (
            ("contact.made", _("Word from the convoy")),
            ("contact.lost", _("Contact lost")),
            ("note", _("Note")),
        ),
    ),
    (
        _("People"),
        (
            ("people.boarded", _("Boarded")),
            ("people.counted", _("Counted on board")),
            ("people.arrived", _("Counted on arrival")),
            ("people.left", _("Left by choice")),
            ("people.joined", _("Joined on the road")),
            ("people.moved", _("Moved to another vehicle")),
            ("people.turned_back", _("Turned back by themselves")),
            ("people.hospital", _("Taken to hospital")),
            ("people.detained", _("Detained")),
            ("people.separated", _("Separated from the convoy")),
            ("people.died", _("Died")),
            ("people.explained", _("Missing people explained")),
        ),
    ),
    (
        _("Trouble"),
        (
            ("convoy.took_cover", _("Took cover")),
            ("convoy.night_stop", _("Stopped for the night")),
            ("convoy.diverted", _("Takes another road")),
            ("convoy.sent_back", _("Sent back by a checkpoint")),
            ("convoy.turned_back", _("Turned back")),
            ("vehicle.broke_down", _("Vehicle broke down")),
            ("vehicle.repaired", _("Vehicle goes again")),
            ("medical.emergency", _("Medical emergency")),
            ("sos", _("SOS")),
        ),
    ),
)
# A count told in one breath with a move is an entry of its own.
COUNT_WITH = {
    "convoy.departed": "people.boarded",
    "convoy.arrived_at": "people.counted",
    "convoy.held": "people.counted",
    "convoy.cleared": "people.counted",
    "contact.made": "people.counted",
    "convoy.arrived": "people.arrived",
}
_NEXT = {
    ConvoyState.ASSEMBLING: "convoy.departed",
    ConvoyState.MOVING: "convoy.arrived_at",
    ConvoyState.HELD: "convoy.cleared",
    ConvoyState.TURNED_BACK: "convoy.arrived",
}
WITH_CHECKPOINT = frozenset(
    {"convoy.arrived_at", "convoy.held", "convoy.cleared", "convoy.sent_back", "convoy.turned_back"}
)
NUMBER = ("people", "people_low", "people_high")
# Who told it, for numbers of people.
SOURCE = ("source", "new_source", "new_source_detail", "new_source_party")
_ALWAYS = ("kind", "client_id", "is_confirmed", "occurred_at", "note")
_OF_PEOPLE = ("checkpoint", "place", *NUMBER, "method", "is_follower", "vehicles", "vehicle")
_OF_MOVE = ("part", "reason", *NUMBER, "method")
_OF_TROUBLE = ("part", "reason")
_HELP = ("people", "vehicle")
_FIELDS: dict[str, tuple[str, ...]] = {
    "convoy.departed": _OF_MOVE,
    "convoy.arrived_at": ("checkpoint", *_OF_MOVE),
    "convoy.held": ("checkpoint", *_OF_MOVE),
    "convoy.cleared": ("checkpoint", *_OF_MOVE),
    "convoy.arrived": _OF_MOVE,
    "convoy.took_cover": _OF_TROUBLE,
    "convoy.night_stop": _OF_TROUBLE,
    "convoy.diverted": _OF_TROUBLE,
    "convoy.sent_back": ("checkpoint", *_OF_TROUBLE),
    "convoy.turned_back": ("checkpoint", *_OF_TROUBLE),
    "contact.made": ("vehicles_seen", *NUMBER, "method", "place"),
    "contact.lost": ("reason",),
    "vehicle.broke_down": ("vehicle", "reason"),
    "vehicle.repaired": ("vehicle", "reason"),
    "medical.emergency": _HELP,
    "sos": _HELP,
    "note": (),
    "people.boarded": ("place", *NUMBER, "method", "vehicle"),
    "people.moved": ("vehicle", "to_vehicle", "checkpoint", "place", *NUMBER, "method"),
    "people.explained": NUMBER,
}


# Counts that may be told by age, sex and need.
WITH_GROUPS = frozenset({"people.boarded", "people.counted", "people.arrived"})
# What an entry of a kind cannot do without.
NEEDED: dict[str, tuple[str, ...]] = {
    "convoy.arrived_at": ("checkpoint",),
    "vehicle.broke_down": ("vehicle",),
    "vehicle.repaired": ("vehicle",),
    "people.moved": ("vehicle", "to_vehicle"),
    "note": ("note",),
}
_FOLDED = frozenset(
    {"people_low", "people_high", "is_follower", "vehicles", "vehicle", "vehicles_seen", "place"}
)


def folded_of(kind: str, *, of_followers: bool) -> frozenset[str]:
    """Return the fields that the form of a kind keeps folded: those that few entries need."""
    if kind == "people.explained":
        return frozenset()
    if of_followers:
        return frozenset({"vehicle", "place"})
    return _FOLDED - frozenset(NEEDED.get(kind, ()))


def fields_of(kind: str) -> frozenset[str]:
    """Return the fields that the form of a kind shows; those of any entry for an unknown kind."""
    own = _FIELDS.get(kind, _OF_PEOPLE if kind.startswith("people.") else ())
    source = SOURCE if kind.startswith("people.") else ()
    return frozenset((*_ALWAYS, *source, *own))


def words_of(kind: str) -> str:
    """Return what a kind is called on the form; "" for one that is not logged there."""
    for _group, choices in KINDS:
        for code, words in choices:
            if code == kind:
                return str(words)
    return ""


def likely_kind(convoy: Convoy) -> str:
    """Return what probably happens next to a convoy, for the form to begin with."""
    if convoy.state == ConvoyState.MOVING and convoy.at_checkpoint_id:
        return "convoy.cleared"
    return _NEXT.get(ConvoyState(convoy.state), "contact.made")
