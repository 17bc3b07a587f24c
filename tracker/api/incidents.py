"""Incidents with every claim about them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from tracker.api.filters import ListFilter, OnCorridor, Since, Until
from tracker.api.statements import SourceSerializer
from tracker.api.views import ListView, OneView
from tracker.exercises.clock import field_now
from tracker.incidents.models import Claim, Incident, IncidentKind, Severity
from tracker.incidents.queries import incidents_for
from tracker.organisations.models import User
from tracker.organisations.permissions import may_see_organisation
from tracker.provenance.models import Verification

_FOR_ANYBODY = (
    "id",
    "kind",
    "severity",
    "alleged",
    "place_text",
    "at",
    "is_day_only",
    "verification",
    "is_public",
    "source_title",
    "source_url",
)


class ClaimSerializer(serializers.Serializer[Claim]):
    """One voice; casualties as it names them, null where it names none."""

    id = serializers.UUIDField(source="event_id")
    source = SourceSerializer()  # type: ignore[assignment]  # not DRF's own attribute
    stance = serializers.ChoiceField(choices=Claim.Stance.choices)
    says = serializers.CharField()
    said_at = serializers.DateTimeField(allow_null=True)
    injured = serializers.IntegerField(allow_null=True)
    killed = serializers.IntegerField(allow_null=True)
    is_public = serializers.BooleanField()
    source_title = serializers.CharField()
    source_url = serializers.CharField()


class IncidentSerializer(serializers.Serializer[Any]):
    """What is alleged to have happened; no voice is merged into another."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    alleged = serializers.CharField()
    place = serializers.CharField(allow_null=True)
    place_text = serializers.CharField()
    at = serializers.DateTimeField()
    is_day_only = serializers.BooleanField()
    verification = serializers.ChoiceField(choices=Verification.choices)
    verification_note = serializers.CharField(allow_null=True)
    corridor = serializers.CharField(allow_null=True)
    convoy = serializers.UUIDField(allow_null=True)
    checkpoint = serializers.UUIDField(allow_null=True)
    is_public = serializers.BooleanField()
    source_title = serializers.CharField()
    source_url = serializers.CharField()
    claims = ClaimSerializer(many=True)


def _is_ours(incident: Incident, user: User) -> bool:
    operator_id = incident.corridor.operator_id if incident.corridor else None
    return any(
        may_see_organisation(user, organisation_id)
        for organisation_id in (operator_id, incident.event.organisation_id)
        if organisation_id
    )


def _seen(incident: Incident, user: User) -> dict[str, Any]:
    is_ours = _is_ours(incident, user)
    return {
        **{name: getattr(incident, name) for name in _FOR_ANYBODY},
        "place": incident.place.name if incident.place else None,
        "corridor": incident.corridor.slug if incident.corridor else None,
        # Which convoy it befell, and where it stood, would tell where the convoy was.
        "convoy": incident.convoy_id if is_ours else None,
        "checkpoint": incident.checkpoint_id if is_ours else None,
        "verification_note": incident.verification_note if is_ours else None,
        "claims": incident.claims.all(),
    }


class IncidentFilter(ListFilter):
    """Filters of the list of incidents."""

    corridor = OnCorridor()
    kind = filters.ChoiceFilter(choices=IncidentKind.choices)
    verification = filters.ChoiceFilter(choices=Verification.choices)
    since = Since("at")
    until = Until("at")

    class Meta:
        model = Incident
        fields: list[str] = []


class IncidentList(ListView):
    """The incidents that the key's owner may see, newest first."""

    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer
    filterset_class = IncidentFilter

    def get_queryset(self) -> QuerySet[Incident]:
        return incidents_for(self.person(), at=field_now())

    def shown(self, rows: Sequence[Incident]) -> list[dict[str, Any]]:
        return [_seen(incident, self.person()) for incident in rows]


class IncidentOne(OneView):
    """One incident."""

    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer

    def get_queryset(self) -> QuerySet[Incident]:
        return incidents_for(self.person(), at=field_now())

    def shown(self, rows: Sequence[Incident]) -> list[dict[str, Any]]:
        return [_seen(incident, self.person()) for incident in rows]
