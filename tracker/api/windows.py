"""Passage windows."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers

from tracker.api.filters import ListFilter, OnCorridor, Since, Until
from tracker.api.views import ListView, OneView
from tracker.corridors.models import PassageWindow
from tracker.corridors.queries import windows_for


class WindowSerializer(serializers.Serializer[PassageWindow]):
    """A period [opens_at, closes_at) in which passage is announced or confirmed."""

    id = serializers.UUIDField()
    corridor = serializers.CharField(source="corridor.slug")
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=PassageWindow.State.choices)
    moved_from = serializers.DateTimeField(allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]  # not DRF's own attribute
        source="source.name", default=None, allow_null=True
    )


class WindowFilter(ListFilter):
    """Filters of the list of windows."""

    corridor = OnCorridor()
    state = filters.ChoiceFilter(choices=PassageWindow.State.choices)
    opens_since = Since("opens_at")
    opens_until = Until("opens_at")

    class Meta:
        model = PassageWindow
        fields: list[str] = []


class WindowList(ListView):
    """The windows of the corridors that the key's owner may know of, newest first."""

    queryset = PassageWindow.objects.none()
    serializer_class = WindowSerializer
    filterset_class = WindowFilter

    def get_queryset(self) -> QuerySet[Any]:
        return windows_for(self.person())


class WindowOne(OneView):
    """One passage window."""

    queryset = PassageWindow.objects.none()
    serializer_class = WindowSerializer

    def get_queryset(self) -> QuerySet[Any]:
        return windows_for(self.person())
