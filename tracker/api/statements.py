"""Statements: who said what of a corridor, when, and how good it is."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from rest_framework import serializers

from tracker.api.filters import ListFilter, OnCorridor, Since, Until
from tracker.api.views import ListView, OneView
from tracker.corridors.models import CorridorStatus, Statement
from tracker.corridors.queries import statements_for
from tracker.exercises.clock import field_now
from tracker.provenance.models import Party, Reliability


class SourceSerializer(serializers.Serializer[Any]):
    """Who says so, with the reliability from A to F that this house gives them."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    detail = serializers.CharField()
    party = serializers.ChoiceField(choices=Party.choices)
    reliability = serializers.ChoiceField(choices=Reliability.choices)


class StatementSerializer(serializers.Serializer[Statement]):
    """One statement; `claims` is the status that it asserts, not the status of the corridor."""

    id = serializers.UUIDField(source="event_id")
    corridor = serializers.CharField(source="corridor.slug")
    source = SourceSerializer()  # type: ignore[assignment]  # not DRF's own attribute
    claims = serializers.ChoiceField(choices=CorridorStatus.choices)
    says = serializers.CharField()
    said_at = serializers.DateTimeField()
    credibility = serializers.IntegerField(help_text=_("1 confirmed … 5 improbable, 6 unjudged"))
    first_hand = serializers.BooleanField()
    relayed_by = serializers.CharField()
    is_public = serializers.BooleanField()
    is_corrected = serializers.BooleanField()
    source_title = serializers.CharField()
    source_url = serializers.CharField()


class StatementFilter(ListFilter):
    """Filters of the list of statements."""

    corridor = OnCorridor()
    claims = filters.ChoiceFilter(choices=CorridorStatus.choices)
    source = filters.UUIDFilter(field_name="source_id")
    said_since = Since("said_at")
    said_until = Until("said_at")

    class Meta:
        model = Statement
        fields: list[str] = []


class StatementList(ListView):
    """The statements that the key's owner may see, newest first."""

    queryset = Statement.objects.none()
    serializer_class = StatementSerializer
    filterset_class = StatementFilter

    def get_queryset(self) -> QuerySet[Any]:
        return statements_for(self.person()).filter(said_at__lte=field_now())


class StatementOne(OneView):
    """One statement by the id of its log entry."""

    queryset = Statement.objects.none()
    serializer_class = StatementSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return statements_for(self.person()).filter(said_at__lte=field_now())
