"""Every "may this person do that" in the house; doors ask, rooms and templates do not."""

from __future__ import annotations

from dataclasses import dataclass, fields
from uuid import UUID

from tracker.organisations.models import Organisation, Role, User

STAFF = frozenset(
    {
        Role.ADMINISTRATOR,
        Role.COORDINATOR,
        Role.DISPATCHER,
        Role.MONITOR,
        Role.VERIFIER,
        Role.VIEWER,
    }
)
DESK = frozenset({Role.COORDINATOR, Role.DISPATCHER, Role.VERIFIER})


@dataclass(frozen=True, slots=True)
class May:
    """What one person may do; templates get this and ask nothing else. False by default."""

    see_internal: bool = False
    see_shared: bool = False
    log_field: bool = False
    record_statement: bool = False
    close_corridor: bool = False
    open_corridor: bool = False
    change_window: bool = False
    plan_convoy: bool = False
    decide_attempt: bool = False
    report_incident: bool = False
    verify_incident: bool = False
    correct_entry: bool = False
    take_alert: bool = False
    see_restricted_people: bool = False
    see_messages: bool = False
    manage_devices: bool = False
    sort_reports: bool = False
    set_up_routes: bool = False
    administer: bool = False
    use_api: bool = False


_BY_ROLE: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            "see_internal",
            "administer",
            "see_messages",
            "manage_devices",
            "set_up_routes",
            "use_api",
        }
    ),
    Role.COORDINATOR: frozenset(
        {
            "see_internal",
            "log_field",
            "record_statement",
            "close_corridor",
            "open_corridor",
            "change_window",
            "plan_convoy",
            "decide_attempt",
            "report_incident",
            "verify_incident",
            "correct_entry",
            "take_alert",
            "see_restricted_people",
            "see_messages",
            "manage_devices",
            "sort_reports",
            "set_up_routes",
            "use_api",
        }
    ),
    Role.DISPATCHER: frozenset(
        {
            "see_internal",
            "log_field",
            "record_statement",
            # One tap for the worse: who sees it first shuts the road.
            "close_corridor",
            "change_window",
            "plan_convoy",
            "report_incident",
            "correct_entry",
            "take_alert",
            "see_restricted_people",
            "see_messages",
            "manage_devices",
            "sort_reports",
            "use_api",
        }
    ),
    Role.MONITOR: frozenset(
        {"see_internal", "log_field", "report_incident", "correct_entry", "use_api"}
    ),
    Role.VERIFIER: frozenset(
        {
            "see_internal",
            "record_statement",
            "open_corridor",
            "close_corridor",
            "report_incident",
            "verify_incident",
            "correct_entry",
            "see_messages",
            "use_api",
        }
    ),
    Role.VIEWER: frozenset({"see_internal", "use_api"}),
    Role.PARTNER: frozenset({"see_shared", "use_api"}),
}


def may_of(user: object) -> May:
    """Return what `user` may do; nobody, or somebody without an active account, may do nothing."""
    if not isinstance(user, User) or not user.is_active or user.organisation_id is None:
        administers = isinstance(user, User) and user.is_active and user.is_superuser
        return May(administer=administers)
    allowed = _BY_ROLE.get(user.role, frozenset())
    rights = {field.name: field.name in allowed for field in fields(May)}
    if user.organisation and user.organisation.kind == Organisation.Kind.PARTNER:
        # Whatever the role, people of a partner see and do only what is shared with them.
        rights = {
            name: name in {"see_shared", "use_api"} and value for name, value in rights.items()
        }
        rights["see_shared"] = True
    if user.is_superuser:
        rights["administer"] = True
    return May(**rights)


def may_see_organisation(user: User, organisation_id: UUID) -> bool:
    """Tell whether `user` may see everything that belongs to an organisation."""
    return may_of(user).see_internal and user.organisation_id == organisation_id


# The right that each kind of log event takes, by its name or by the word before the dot. A kind
# that is in neither table (such as alert.acknowledged) is logged by its own page alone.
_RIGHT_BY_KIND: dict[str, str] = {
    "corridor.stated": "record_statement",
    "corridor.confirmed": "open_corridor",
    "corridor.restricted": "close_corridor",
    "corridor.suspended": "close_corridor",
    "corridor.closed": "close_corridor",
    "advisory.issued": "record_statement",
    "agreement.stated": "record_statement",
    "talks.reported": "record_statement",
    "convoy.planned": "plan_convoy",
    "convoy.split": "plan_convoy",
    "convoy.joined": "plan_convoy",
    "vehicle.added": "plan_convoy",
    "vehicle.transferred": "plan_convoy",
    "incident.verified": "verify_incident",
    "silence.declared": "log_field",
    "silence.step_taken": "take_alert",
    "silence.ended": "take_alert",
    "medical.emergency": "log_field",
    "sos": "log_field",
    "note": "log_field",
    "correction": "correct_entry",
}
_RIGHT_BY_GROUP: dict[str, str] = {
    "window": "change_window",
    "attempt": "decide_attempt",
    "checkpoint": "log_field",
    "convoy": "log_field",
    "vehicle": "log_field",
    "people": "log_field",
    "contact": "log_field",
    "reception": "log_field",
    "incident": "report_incident",
}
# To take these back may show a road as open again, so it takes the right to open it.
_BARS_THE_ROAD = frozenset(
    {"corridor.restricted", "corridor.suspended", "corridor.closed", "window.cancelled"}
)
_BARRING_CLAIMS = frozenset({"RESTRICTED", "SUSPENDED", "CLOSED"})


def right_for_kind(kind: str) -> str:
    """Return the name of the right in `May` that logging this kind takes; "" if none suffices."""
    return _RIGHT_BY_KIND.get(kind) or _RIGHT_BY_GROUP.get(kind.partition(".")[0], "")


def may_log(user: User, kind: str) -> bool:
    """Tell whether `user` may log an event of this kind."""
    right = right_for_kind(kind)
    return bool(right) and bool(getattr(may_of(user), right))


def may_correct(user: User, kind: str, *, claims: object = None) -> bool:
    """Tell whether `user` may correct or withdraw an entry of this kind.

    `claims` is the status that a statement asserts: one that calls the road shut takes OPEN away.
    """
    bars = kind in _BARS_THE_ROAD or claims in _BARRING_CLAIMS
    if bars and not may_of(user).open_corridor:
        return False
    return may_of(user).correct_entry and may_log(user, kind)
