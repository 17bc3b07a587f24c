"""Attempts to use a corridor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from tracker.api.filters import ListFilter, OnCorridor
from tracker.api.views import ListView, OneView
from tracker.attempts.models import Agreed, Attempt, AttemptStatus, ReasonCode, Stage
from tracker.attempts.queries import attempts_for
from tracker.exercises.clock import field_now
from tracker.organisations.models import User
from tracker.organisations.permissions import may_see_organisation
from tracker.provenance.models import Party

_FOR_ANYBODY = (
    "id",
    "day",
    "status",
    "stage",
    "reason",
    "reason_code",
    "reason_party",
    "agreed",
    "announced_by",
    "buses",
    "private_cars",
    "people_planned",
    "people_arrived",
    "counted_by",
    "is_public",
    "source_title",
    "source_url",
)
# The hour of a departure and our own remarks are for our own people.
_FOR_OUR_PEOPLE = ("started_at", "ended_at", "note")


class AttemptSerializer(serializers.Serializer[Any]):
    """One try to use a corridor; a number is null where nobody reported it, never zero."""

    id = serializers.UUIDField()
    corridor = serializers.CharField()
    day = serializers.DateField()
    status = serializers.ChoiceField(choices=AttemptStatus.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    reason = serializers.CharField()
    reason_code = serializers.ChoiceField(choices=ReasonCode.choices)
    reason_party = serializers.ChoiceField(choices=[("", ""), *Party.choices])
    agreed = serializers.ChoiceField(choices=Agreed.choices)
    announced_by = serializers.CharField()
    buses = serializers.IntegerField(allow_null=True)
    private_cars = serializers.IntegerField(allow_null=True)
    people_planned = serializers.IntegerField(allow_null=True)
    people_arrived = serializers.IntegerField(allow_null=True)
    counted_by = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    is_public = serializers.BooleanField()
    source_title = serializers.CharField()
    source_url = serializers.CharField()


def _seen(attempt: Attempt, user: User) -> dict[str, Any]:
    is_ours = may_see_organisation(user, attempt.corridor.operator_id)
    return {
        "corridor": attempt.corridor.slug,
        **{name: getattr(attempt, name) for name in _FOR_ANYBODY},
        **{name: getattr(attempt, name) if is_ours else None for name in _FOR_OUR_PEOPLE},
    }


class AttemptFilter(ListFilter):
    """Filters of the list of attempts."""

    corridor = OnCorridor()
    status = filters.ChoiceFilter(choices=AttemptStatus.choices)
    reason_code = filters.ChoiceFilter(choices=ReasonCode.choices)
    day_since = filters.DateFilter(field_name="day", lookup_expr="gte")
    day_until = filters.DateFilter(field_name="day", lookup_expr="lte")

    class Meta:
        model = Attempt
        fields: list[str] = []


class AttemptList(ListView):
    """The attempts that the key's owner may see, by day."""

    queryset = Attempt.objects.none()
    serializer_class = AttemptSerializer
    filterset_class = AttemptFilter

    def get_queryset(self) -> QuerySet[Attempt]:
        return attempts_for(self.person(), at=field_now())

    def shown(self, rows: Sequence[Attempt]) -> list[dict[str, Any]]:
        return [_seen(attempt, self.person()) for attempt in rows]


class AttemptOne(OneView):
    """One attempt."""

    queryset = Attempt.objects.none()
    serializer_class = AttemptSerializer

    def get_queryset(self) -> QuerySet[Attempt]:
        return attempts_for(self.person(), at=field_now())

    def shown(self, rows: Sequence[Attempt]) -> list[dict[str, Any]]:
        return [_seen(attempt, self.person()) for attempt in rows]
