"""Pages of a list, with how many there are in all."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

MAX_PER_PAGE = 200
_MAX_DIGITS = 9


def _positive(request: Request, name: str, otherwise: int) -> int:
    """Return a query parameter as a number above zero; raises ValidationError for anything else."""
    text = request.query_params.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and int(text)):
        raise ValidationError({name: [_("Give a whole number above zero.")]})
    return int(text)


class Pages(PageNumberPagination):
    """Number pages from 1 and refuse a number that is none, where DRF falls back in silence."""

    page_size = 50
    page_size_query_param = "per_page"
    max_page_size = MAX_PER_PAGE

    def get_page_size(self, request: Request) -> int:
        """Return how many rows a page holds, at most 200."""
        return min(_positive(request, self.page_size_query_param, self.page_size), MAX_PER_PAGE)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        """Return the number of the page asked for."""
        return _positive(request, self.page_query_param, 1)

    invalid_page_message = _("There is no such page. The first one is page 1.")  # type: ignore[assignment]  # lazy text is text
