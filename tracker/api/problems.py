"""Answer every error as problem+json (RFC 9457) that says what to do."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DataError
from django.utils.translation import gettext as _
from psycopg.errors import DiskFull
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from tracker.api.parsing import StorageFullError, TooLargeError
from tracker.fieldlog.kinds import Finding
from tracker.intake.findings import text_of

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_KEPT_HEADERS = ("WWW-Authenticate", "Retry-After", "Allow")


def named(finding: Finding) -> dict[str, str]:
    """Return a finding as the API names it: its code, its field, and the sentence for a person."""
    return {"code": finding.code, "field": finding.where, "text": text_of(finding)}


def problem(
    *, status: int, detail: str, errors: Sequence[Mapping[str, str]] = (), **more: Any
) -> Response:
    """Return an answer that names one problem and, in `errors`, each field that is part of it."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": list(errors),
        **more,
    }
    return Response(body, status=status, content_type=MEDIA_TYPE)


def _details(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Flatten the nested lists and objects in which DRF keeps its errors."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _details(inner, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list | tuple):
        for inner in detail:
            yield from _details(inner, field)
    else:
        code = detail.code if isinstance(detail, ErrorDetail) else None
        yield {"code": str(code or "invalid"), "field": field, "text": str(detail)}


def _mapped(error: Exception) -> Exception:
    """Return what an error means to its sender; an unknown one is returned as it is."""
    if isinstance(error, RequestDataTooBig):
        return TooLargeError(_("The body is too large. Send the events in several batches."))
    if isinstance(error.__cause__, DiskFull):
        logger.error("The database has no room left", exc_info=error)
        return StorageFullError(
            _("No room is left here and nothing was stored. Keep it on the phone; send it later.")
        )
    if isinstance(error, RecursionError):
        return ParseError(_("What was sent is nested too deeply."))
    # Only the plain class: a missing key or index is a fault of ours, not of the sender.
    if isinstance(error, DataError) or type(error) is LookupError:
        logger.error("The API could not store or read a value", exc_info=error)
        return ParseError(_("A value is out of its range or in an unknown encoding."))
    return error


def _text(errors: Sequence[Mapping[str, str]]) -> str:
    return " ".join(each["text"] for each in errors) or _("The request was refused.")


def as_problem(error: Exception, context: dict[str, Any]) -> Response:
    """Return the answer for an error within an API view; a fault of ours is logged."""
    meant = _mapped(error)
    answer = exception_handler(meant, context)
    if answer is None:
        set_rollback()
        logger.error("The API failed", exc_info=error)
        return problem(
            status=500, detail=_("The server failed; nothing was stored. Send it again later.")
        )
    errors = list(_details(meant.detail)) if isinstance(meant, APIException) else []
    detail = _text(errors) if errors else str(meant) or HTTPStatus(answer.status_code).phrase
    refused = problem(
        status=answer.status_code,
        detail=detail,
        errors=errors if isinstance(meant, ValidationError) else (),
    )
    for name in _KEPT_HEADERS:
        if answer.has_header(name):
            refused[name] = answer[name]
    return refused
