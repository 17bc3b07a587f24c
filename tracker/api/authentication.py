"""Who calls the API: the owner of a key, never of a session cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tracker.organisations.models import ApiKey, User
from tracker.organisations.operations import LOG, READ
from tracker.organisations.permissions import may_of
from tracker.organisations.queries import key_in_force

if TYPE_CHECKING:
    # Views read their classes, this one among them, from the settings as they are imported.
    from rest_framework.views import APIView


class KeyAuthentication(BaseAuthentication):
    """Take `Authorization: Bearer evt_…`.

    Nothing is written on use: a read must not cost a write, and must work on a full disk.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the key's owner and the key; raises AuthenticationFailed for a bad key."""
        scheme, _blank, key = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer":
            raise AuthenticationFailed(_("Send the key as “Authorization: Bearer evt_…”."))
        found = key_in_force(key.strip(), at=timezone.now())
        if found is None:
            raise AuthenticationFailed(
                _("This key is not in force. Ask an administrator for a new one.")
            )
        return found.user, found

    def authenticate_header(self, request: Request) -> str:
        """Return how a client is asked for a key."""
        return 'Bearer realm="api"'


class KeyMay(BasePermission):
    """Let a key do what its scopes and its owner's role allow: read, or log."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Tell whether this key may make this kind of request at all."""
        if not isinstance(request.auth, ApiKey):
            return False
        needed = READ if request.method in SAFE_METHODS else LOG
        if needed not in request.auth.scopes:
            self.message = _("This key lacks the scope “%(scope)s”.") % {"scope": needed}
            return False
        self.message = _("The owner of this key may not use the API.")
        return may_of(request.user).use_api
