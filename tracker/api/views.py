"""What every address of the API does alike: the key, the method, the query, the answer's format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.api.filters import ListFilter
from tracker.api.parsing import require_utf8
from tracker.organisations.models import User


class KeyedView(APIView):
    """An address that a key opens."""

    metadata_class = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a strange character set first: the very query string would be read in it."""
        require_utf8(request.content_type or "")
        super().initial(request, *args, **kwargs)
        self.refuse_unknown_parameters(request)

    def known_parameters(self) -> set[str]:
        """Return the query parameters that this address understands."""
        return set()

    def refuse_unknown_parameters(self, request: Request) -> None:
        """Raise ValidationError for a parameter nobody knows: ignored, it would return too much."""
        known = self.known_parameters()
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            text = _("There is no such parameter here. There are: %(known)s.")
            names = ", ".join(sorted(known)) or "none"
            raise ValidationError({name: [text % {"known": names}] for name in unknown})

    def person(self) -> User:
        """Return the owner of the key."""
        assert isinstance(self.request.user, User)
        return self.request.user


class ListView(KeyedView, ListAPIView[Any]):
    """A page of a list."""

    http_method_names = ["get", "head"]
    filterset_class: type[ListFilter]

    def known_parameters(self) -> set[str]:
        """Return the filters of this list and the two parameters of paging."""
        return {"page", "per_page", *self.filterset_class.get_filters()}

    def shown(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return rows as the owner of the key may see them."""
        return rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one page and how many rows there are in all."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.get_serializer(self.shown(page), many=True).data)


class OneView(KeyedView, RetrieveAPIView[Any]):
    """One of a noun."""

    http_method_names = ["get", "head"]
    filter_backends = []

    def shown(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Return rows as the owner of the key may see them."""
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer with one; 404 alike for what does not exist and for what belongs to others."""
        try:
            found = self.get_object()
        except Http404:
            raise NotFound(_("There is no such entry, or it is not shared with you.")) from None
        return Response(self.get_serializer(self.shown([found])[0]).data)


class Unknown(APIView):
    """Every address below the API that is none."""

    authentication_classes = []
    permission_classes = []
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer 404 to every method."""
        raise NotFound(_("There is no such address. The addresses are listed at /api/v1/schema."))
