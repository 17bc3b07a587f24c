"""Who may open a page: sign-in, a right, and the corridors of one's own organisation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_run_by
from tracker.organisations.models import Organisation, User
from tracker.organisations.permissions import may_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def needs(*rights: str) -> Callable[[View[P]], View[P]]:
    """Let in who has any of `rights` (fields of `May`); others are asked to sign in, or get 403.

    Raises AttributeError at the first request for a right that nobody has heard of.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            may = may_of(request.user)
            if not any(getattr(may, right) for right in rights):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        signed_in: Any = login_required(guarded)
        return signed_in  # type: ignore[no-any-return]  # the stubs forget the parameters of a view

    return guard


def person(request: HttpRequest) -> User:
    """Return who is signed in; only behind `needs`."""
    assert isinstance(request.user, User)
    return request.user


def organisation_of(user: User) -> Organisation:
    """Return the organisation someone works for; nobody without one has any right."""
    assert user.organisation is not None
    return user.organisation


def own_corridor(user: User, slug: str) -> Corridor:
    """Return a corridor that the organisation of `user` runs; 404 for anybody else's."""
    return get_object_or_404(corridors_run_by(user), slug=slug)
