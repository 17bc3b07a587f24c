"""The index of tables: imports and nothing else."""

from tracker.alerts.models import (
    Alert,
    ConfirmationAsked,
    Delivery,
    Subscriber,
    Subscription,
)
from tracker.attempts.models import AgreementPosition, Attempt
from tracker.checkpoints.models import Checkpoint, CheckpointReport, CheckpointState
from tracker.convoys.models import Convoy, ConvoyShare, Passage, Vehicle
from tracker.corridors.models import (
    Corridor,
    CorridorState,
    PassageWindow,
    Place,
    Route,
    RoutePoint,
    Statement,
)
from tracker.exercises.models import Exercise
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.models import PeopleEntry
from tracker.incidents.models import Claim, Incident
from tracker.organisations.models import ApiKey, Organisation, User
from tracker.outbox.models import Heartbeat, JobSlot, OutboxRow
from tracker.provenance.models import Source
from tracker.situation.models import Publication

__all__ = [
    "AgreementPosition",
    "Alert",
    "ApiKey",
    "Attempt",
    "Checkpoint",
    "CheckpointReport",
    "CheckpointState",
    "Claim",
    "ConfirmationAsked",
    "Convoy",
    "ConvoyShare",
    "Corridor",
    "CorridorState",
    "Delivery",
    "Exercise",
    "Heartbeat",
    "Incident",
    "JobSlot",
    "LogEvent",
    "Organisation",
    "OutboxRow",
    "Passage",
    "PassageWindow",
    "PeopleEntry",
    "Place",
    "Publication",
    "Route",
    "RoutePoint",
    "Source",
    "Statement",
    "Subscriber",
    "Subscription",
    "User",
    "Vehicle",
]
