"""Sign-in for staff: accounts are made by an administrator, never by visitors."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from tracker.organisations.permissions import may_of


class StaffAccountAdapter(DefaultAccountAdapter):
    """Keep sign-up closed, and lead each person to a page that they may open."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse sign-up: an administrator makes the accounts."""
        del request
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where to go after sign-in: the board, or what is shared where there is none."""
        may = may_of(request.user)
        if may.see_shared and not may.see_internal:
            return reverse("convoy_list")
        address: str = super().get_login_redirect_url(request)
        return address
