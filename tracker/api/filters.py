"""Filters of lists that refuse what they cannot read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField

from tracker.intake.times import time_findings


class ListFilter(filters.FilterSet):  # type: ignore[misc]  # published without types
    """The filters of one list."""


class TimeField(IsoDateTimeField):  # type: ignore[misc]  # same
    """A moment with its zone, between the years 1900 and 2200."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the moment; raises ValidationError for what is none."""
        try:
            moment: datetime | None = super().to_python(value)
        except (OverflowError, ValueError) as error:
            raise ValidationError(_("Give a time between the years 1900 and 2200.")) from error
        if moment is not None and time_findings(moment):
            raise ValidationError(
                _("Give the time with its zone, such as 2022-04-01T08:00:00+03:00.")
            )
        return moment


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


class OnCorridor(filters.CharFilter):  # type: ignore[misc]  # same
    """Rows of one corridor, by its slug."""

    def __init__(self) -> None:
        super().__init__(field_name="corridor__slug", lookup_expr="exact", max_length=80)
