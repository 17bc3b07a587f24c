"""What somebody in a hurry would have built to take events: the measure beside ours."""

from __future__ import annotations

from typing import Any

from django.urls import include, path
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.viewsets import ModelViewSet

from tracker.fieldlog.models import LogEvent
from tracker.organisations.models import ApiKey
from tracker.organisations.queries import hash_of_key


class PlainAuthentication(BaseAuthentication):
    """A key looked up by the ORM."""

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        """Return the key's owner and the key."""
        text = request.headers.get("Authorization", "").partition(" ")[2]
        key = ApiKey.objects.select_related("user").filter(key_hash=hash_of_key(text)).first()
        if key is None:
            raise AuthenticationFailed
        return key.user, key


class PlainSerializer(serializers.ModelSerializer[LogEvent]):
    class Meta:
        model = LogEvent
        exclude = ("stored_at",)


class PlainEvents(ModelViewSet[LogEvent]):
    """Create an entry as a row: no judging, no fold, no promise to anybody."""

    queryset = LogEvent.objects.all()
    serializer_class = PlainSerializer
    authentication_classes = [PlainAuthentication]
    schema = None


urlpatterns = [
    path("plain/", PlainEvents.as_view({"post": "create"})),
    path("", include("config.urls")),
]
