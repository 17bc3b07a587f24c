"""Checkpoints on the corridors that the owner of a key may know of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from tracker.api.filters import ListFilter, Named, OnCorridor
from tracker.api.views import ListView, OneView
from tracker.checkpoints.models import Checkpoint, CheckpointState, CheckpointStatus
from tracker.checkpoints.queries import checkpoints_for
from tracker.organisations.models import User
from tracker.organisations.permissions import may_see_organisation


class CheckpointSerializer(serializers.Serializer[Any]):
    """A controlled point at its km by road; what our log says of it is for its operator's people.

    `status` is null where it is not shown, UNKNOWN where nothing is known.
    """

    id = serializers.UUIDField()
    corridor = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Checkpoint.Kind.choices)
    km = serializers.FloatField()
    opens = serializers.TimeField(allow_null=True)
    closes = serializers.TimeField(allow_null=True)
    status = serializers.ChoiceField(choices=CheckpointStatus.choices, allow_null=True)
    status_since = serializers.DateTimeField(allow_null=True)
    last_word_at = serializers.DateTimeField(allow_null=True)


def _state(checkpoint: Checkpoint, user: User) -> dict[str, Any]:
    if not may_see_organisation(user, checkpoint.corridor.operator_id):
        return {"status": None, "status_since": None, "last_word_at": None}
    state: CheckpointState | None = getattr(checkpoint, "state", None)
    return {
        "status": state.status if state else CheckpointStatus.UNKNOWN,
        "status_since": state.since if state else None,
        "last_word_at": state.last_word_at if state else None,
    }


def _shown(checkpoints: Sequence[Checkpoint], user: User) -> list[dict[str, Any]]:
    return [
        {
            "id": checkpoint.pk,
            "corridor": checkpoint.corridor.slug,
            "code": checkpoint.code,
            "name": checkpoint.name,
            "kind": checkpoint.kind,
            "km": checkpoint.km,
            "opens": checkpoint.opens,
            "closes": checkpoint.closes,
            **_state(checkpoint, user),
        }
        for checkpoint in checkpoints
    ]


class CheckpointFilter(ListFilter):
    """Filters of the list of checkpoints."""

    corridor = OnCorridor()
    code = Named("code")
    kind = filters.ChoiceFilter(choices=Checkpoint.Kind.choices)

    class Meta:
        model = Checkpoint
        fields: list[str] = []


class CheckpointList(ListView):
    """The checkpoints by corridor and km."""

    queryset = Checkpoint.objects.none()
    serializer_class = CheckpointSerializer
    filterset_class = CheckpointFilter

    def get_queryset(self) -> QuerySet[Checkpoint]:
        return checkpoints_for(self.person())

    def shown(self, rows: Sequence[Checkpoint]) -> list[dict[str, Any]]:
        return _shown(rows, self.person())


class CheckpointOne(OneView):
    """One checkpoint."""

    queryset = Checkpoint.objects.none()
    serializer_class = CheckpointSerializer

    def get_queryset(self) -> QuerySet[Checkpoint]:
        return checkpoints_for(self.person())

    def shown(self, rows: Sequence[Checkpoint]) -> list[dict[str, Any]]:
        return _shown(rows, self.person())
