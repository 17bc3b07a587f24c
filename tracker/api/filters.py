"""Filters of lists that refuse what they cannot read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField

MAX_TEXT = 80


class ListFilter(filters.FilterSet):  # type: ignore[misc]  # published without types
    """The filters of one list."""


class TimeField(IsoDateTimeField):  # type: ignore[misc]  # same
    """A moment with its zone: without one, nobody knows which moment is meant."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment in UTC; raises ValidationError for what is none."""
        if value in self.empty_values:
            return None
        try:
            moment = parse_datetime(str(value).strip())
            if moment is not None and moment.utcoffset() is not None:
                # PostgreSQL knows no zone beyond 16 hours, Python does.
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            # The form of a date, but no such day.
            moment = None
        text = _("Give the time with its zone, such as 2022-04-01T08:00:00+03:00.")
        raise ValidationError(text, code="invalid")


class TimeFilter(filters.IsoDateTimeFilter):  # type: ignore[misc]  # same
    """Filter by a moment."""

    field_class = TimeField


class Since(TimeFilter):
    """Rows from a moment on, the moment included."""

    def __init__(self, field: str) -> None:
        super().__init__(field_name=field, lookup_expr="gte")


class Until(TimeFilter):
    """Rows before a moment."""

    def __init__(self, field: str) -> None:
        super().__init__(field_name=field, lookup_expr="lt")


class Named(filters.CharFilter):  # type: ignore[misc]  # same
    """Rows of this name, slug or code, to the letter."""

    def __init__(self, field: str) -> None:
        super().__init__(field_name=field, lookup_expr="exact", max_length=MAX_TEXT)


class OnCorridor(Named):
    """Rows of one corridor, by its slug."""

    def __init__(self) -> None:
        super().__init__("corridor__slug")
