"""Convoys: all to their own organisation, what is shared to a partner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers

from tracker.api.convoy_shares import convoy_for_its_own, convoy_for_partner
from tracker.api.filters import ListFilter, Named, OnCorridor
from tracker.api.views import ListView, OneView
from tracker.convoys.models import Convoy, ConvoyState, Vehicle
from tracker.convoys.queries import convoys_with_parts_seen_by
from tracker.exercises.clock import field_now
from tracker.headcounts.queries import balances_of
from tracker.organisations.models import User
from tracker.organisations.permissions import may_see_organisation


class PeopleSerializer(serializers.Serializer[Any]):
    """People of a convoy; null where nobody reported or nobody shares it, never zero."""

    planned = serializers.IntegerField(allow_null=True)
    on_board_low = serializers.IntegerField(allow_null=True)
    on_board_high = serializers.IntegerField(allow_null=True)
    on_board_is_estimate = serializers.BooleanField(allow_null=True)
    not_accounted_for_low = serializers.IntegerField(allow_null=True)
    not_accounted_for_high = serializers.IntegerField(allow_null=True)


class VehicleSerializer(serializers.Serializer[Vehicle]):
    """A vehicle by its code, from head to tail."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Vehicle.Kind.choices)
    seats = serializers.IntegerField(allow_null=True)
    people_planned = serializers.IntegerField(allow_null=True)
    place_in_column = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Vehicle.State.choices)


class PassageSerializer(serializers.Serializer[Any]):
    """The crossing of one checkpoint."""

    checkpoint = serializers.CharField(source="checkpoint.code")
    arrived_at = serializers.DateTimeField(allow_null=True)
    held_at = serializers.DateTimeField(allow_null=True)
    cleared_at = serializers.DateTimeField(allow_null=True)
    tail_cleared_at = serializers.DateTimeField(allow_null=True)
    turned_back_at = serializers.DateTimeField(allow_null=True)


class ConvoySerializer(serializers.Serializer[Any]):
    """A convoy. To a partner null means “not shared”; a position is never exact on the road."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    organisation = serializers.CharField()
    corridor = serializers.CharField()
    attempt = serializers.UUIDField(allow_null=True)
    state = serializers.ChoiceField(choices=ConvoyState.choices, allow_null=True)
    state_since = serializers.DateTimeField(allow_null=True)
    planned_departure_at = serializers.DateTimeField(allow_null=True)
    departed_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    last_contact_at = serializers.DateTimeField(allow_null=True)
    head_km = serializers.FloatField(allow_null=True)
    tail_km = serializers.FloatField(allow_null=True)
    at_checkpoint = serializers.CharField(allow_null=True)
    held_reason = serializers.CharField(allow_null=True)
    people = PeopleSerializer()
    vehicles = VehicleSerializer(many=True, allow_null=True)
    passages = PassageSerializer(many=True, allow_null=True)


def _shown(convoys: Sequence[Convoy], user: User) -> list[dict[str, Any]]:
    at = field_now()
    balances = balances_of(convoys, at=at)
    return [
        convoy_for_its_own(convoy, balance=balances[convoy.pk], at=at)
        if may_see_organisation(user, convoy.organisation_id)
        else convoy_for_partner(convoy, balance=balances[convoy.pk])
        for convoy in convoys
    ]


class ConvoyFilter(ListFilter):
    """Filters of the list of convoys."""

    corridor = OnCorridor()
    code = Named("code")
    state = filters.ChoiceFilter(
        choices=ConvoyState.choices,
        method="of_own_in_state",
        help_text=_("The last state logged; finds convoys of the key's own organisation only."),
    )

    class Meta:
        model = Convoy
        fields: list[str] = []

    def of_own_in_state(
        self, convoys: QuerySet[Convoy], _name: str, state: str
    ) -> QuerySet[Convoy]:
        """Filter own convoys alone: found by its state, a shared one would give the state away."""
        return convoys.filter(state=state, organisation=self.request.user.organisation_id)


class ConvoyList(ListView):
    """The convoys of the key's own organisation, and those shared with it, by code."""

    queryset = Convoy.objects.none()
    serializer_class = ConvoySerializer
    filterset_class = ConvoyFilter

    def get_queryset(self) -> QuerySet[Convoy]:
        return convoys_with_parts_seen_by(self.person())

    def shown(self, rows: Sequence[Convoy]) -> list[dict[str, Any]]:
        return _shown(rows, self.person())


class ConvoyOne(OneView):
    """One convoy."""

    queryset = Convoy.objects.none()
    serializer_class = ConvoySerializer

    def get_queryset(self) -> QuerySet[Convoy]:
        return convoys_with_parts_seen_by(self.person())

    def shown(self, rows: Sequence[Convoy]) -> list[dict[str, Any]]:
        return _shown(rows, self.person())
