"""Sign-in for staff: accounts are made by an administrator, never by visitors."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):
    """Keep sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up: an administrator makes the accounts."""
        del request
        return False
