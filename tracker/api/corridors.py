"""Corridors with their status, as the owner of a key may be told it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers

from tracker.api.filters import ListFilter, Named
from tracker.api.views import ListView, OneView
from tracker.corridors.models import Corridor, CorridorStatus
from tracker.corridors.queries import corridors_for, validity_of, verdicts_for
from tracker.exercises.clock import field_now
from tracker.organisations.models import User
from tracker.organisations.permissions import may_see_organisation


class RouteSerializer(serializers.Serializer[Any]):
    """One version of the road; lengths in km by road."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    name = serializers.CharField()
    length_km = serializers.FloatField(allow_null=True)


class CorridorSerializer(serializers.Serializer[Any]):
    """A corridor; its status is derived from statements and from the acts of its operator."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    origin = serializers.CharField()
    destination = serializers.CharField()
    operator = serializers.CharField()
    time_zone = serializers.CharField()
    is_public = serializers.BooleanField()
    moves_from = serializers.TimeField(allow_null=True)
    moves_until = serializers.TimeField(allow_null=True)
    status = serializers.ChoiceField(choices=CorridorStatus.choices)
    status_since = serializers.DateTimeField(allow_null=True)
    status_basis = serializers.CharField(
        help_text=_("Which rule gave the status: operator, announced, contradicted, old or silent.")
    )
    status_event = serializers.UUIDField(
        allow_null=True, help_text=_("The log entry it rests on; null for other organisations.")
    )
    routes = RouteSerializer(many=True)


def _shown(corridors: Sequence[Corridor], user: User) -> list[dict[str, Any]]:
    validity = validity_of(
        passable_h=settings.OPEN_STATUS_HOURS, barred_h=settings.CLOSED_STATUS_HOURS
    )
    verdicts = verdicts_for(user, corridors, validity=validity, at=field_now())
    return [
        {
            "id": corridor.pk,
            "slug": corridor.slug,
            "origin": corridor.origin.name,
            "destination": corridor.destination.name,
            "operator": corridor.operator.name,
            "time_zone": corridor.time_zone,
            "is_public": corridor.is_public,
            "moves_from": corridor.moves_from,
            "moves_until": corridor.moves_until,
            "status": verdicts[corridor.pk].status,
            "status_since": verdicts[corridor.pk].since,
            "status_basis": verdicts[corridor.pk].basis,
            "status_event": verdicts[corridor.pk].event_id
            if may_see_organisation(user, corridor.operator_id)
            else None,
            "routes": sorted(corridor.routes.all(), key=lambda route: -route.version),
        }
        for corridor in corridors
    ]


class CorridorFilter(ListFilter):
    """Filters of the list of corridors."""

    slug = Named("slug")
    is_public = filters.BooleanFilter()

    class Meta:
        model = Corridor
        fields: list[str] = []


class CorridorList(ListView):
    """The corridors that the key's owner may know of: their organisation's and public ones."""

    queryset = Corridor.objects.none()
    serializer_class = CorridorSerializer
    filterset_class = CorridorFilter

    def get_queryset(self) -> QuerySet[Corridor]:
        return corridors_for(self.person()).prefetch_related("routes")

    def shown(self, rows: Sequence[Corridor]) -> list[dict[str, Any]]:
        return _shown(rows, self.person())


class CorridorOne(OneView):
    """One corridor by its slug."""

    queryset = Corridor.objects.none()
    serializer_class = CorridorSerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Corridor]:
        return corridors_for(self.person()).prefetch_related("routes")

    def shown(self, rows: Sequence[Corridor]) -> list[dict[str, Any]]:
        return _shown(rows, self.person())
