"""Addresses of the API, below /api/v1/."""

from __future__ import annotations

from django.urls import path, re_path

from tracker.api.attempts import AttemptList, AttemptOne
from tracker.api.checkpoints import CheckpointList, CheckpointOne
from tracker.api.convoys import ConvoyList, ConvoyOne
from tracker.api.corridors import CorridorList, CorridorOne
from tracker.api.events import EventMany, EventOne
from tracker.api.incidents import IncidentList, IncidentOne
from tracker.api.schema import SchemaView
from tracker.api.statements import StatementList, StatementOne
from tracker.api.views import Unknown
from tracker.api.windows import WindowList, WindowOne

urlpatterns = [
    path("schema", SchemaView.as_view(), name="api-schema"),
    path("events", EventOne.as_view(), name="api-event"),
    path("events/batch", EventMany.as_view(), name="api-events"),
    path("corridors", CorridorList.as_view(), name="api-corridors"),
    path("corridors/<slug:slug>", CorridorOne.as_view(), name="api-corridor"),
    path("windows", WindowList.as_view(), name="api-windows"),
    path("windows/<uuid:pk>", WindowOne.as_view(), name="api-window"),
    path("statements", StatementList.as_view(), name="api-statements"),
    path("statements/<uuid:pk>", StatementOne.as_view(), name="api-statement"),
    path("checkpoints", CheckpointList.as_view(), name="api-checkpoints"),
    path("checkpoints/<uuid:pk>", CheckpointOne.as_view(), name="api-checkpoint"),
    path("attempts", AttemptList.as_view(), name="api-attempts"),
    path("attempts/<uuid:pk>", AttemptOne.as_view(), name="api-attempt"),
    path("convoys", ConvoyList.as_view(), name="api-convoys"),
    path("convoys/<uuid:pk>", ConvoyOne.as_view(), name="api-convoy"),
    path("incidents", IncidentList.as_view(), name="api-incidents"),
    path("incidents/<uuid:pk>", IncidentOne.as_view(), name="api-incident"),
    re_path(r"^.*$", Unknown.as_view(), name="api-unknown"),
]
