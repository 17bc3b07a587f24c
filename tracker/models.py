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
from tracker.convoys.models import Convoy, ConvoyShare, FoldedConvoy, Passage, Vehicle
from tracker.corridors.models import (
    ContactLeg,
    Corridor,
    CorridorState,
    PassageWindow,
    Place,
    Route,
    RoutePoint,
    Statement,
)
from tracker.devices.models import Channel, Device, DeviceAssignment, PaperSheet, RawMessage
from tracker.evidence.models import EvidenceItem
from tracker.exercises.models import Exercise
from tracker.fieldlog.models import LogEvent
from tracker.headcounts.models import PeopleEntry
from tracker.imports.models import Import
from tracker.incidents.models import Claim, Incident
from tracker.organisations.models import ApiKey, Organisation, User
from tracker.outbox.models import Heartbeat, JobSlot, OutboxRow
from tracker.positions.models import PositionFix, VehicleTrack
from tracker.provenance.models import Source
from tracker.reception.models import HandOver, ReceptionCentre
from tracker.situation.models import Publication

__all__ = [
    "AgreementPosition",
    "Alert",
    "ApiKey",
    "Attempt",
    "Channel",
    "Checkpoint",
    "CheckpointReport",
    "CheckpointState",
    "Claim",
    "ConfirmationAsked",
    "ContactLeg",
    "Convoy",
    "ConvoyShare",
    "Corridor",
    "CorridorState",
    "Delivery",
    "Device",
    "DeviceAssignment",
    "EvidenceItem",
    "Exercise",
    "FoldedConvoy",
    "HandOver",
    "Heartbeat",
    "Import",
    "Incident",
    "JobSlot",
    "LogEvent",
    "Organisation",
    "OutboxRow",
    "PaperSheet",
    "Passage",
    "PassageWindow",
    "PeopleEntry",
    "Place",
    "PositionFix",
    "Publication",
    "RawMessage",
    "ReceptionCentre",
    "Route",
    "RoutePoint",
    "Source",
    "Statement",
    "Subscriber",
    "Subscription",
    "User",
    "Vehicle",
    "VehicleTrack",
]
