"""Post events: one, or up to 500 of a device at once."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from tracker.api.bodies import Sender, Unreadable, batch_of, single_of
from tracker.api.parsing import LengthMissingError
from tracker.api.problems import named, problem
from tracker.api.receiving import Answer, Post, receive
from tracker.api.views import KeyedView
from tracker.exercises.clock import field_now
from tracker.intake.operations import CONFLICT, CREATED, DUPLICATE, REJECTED

_STATUS_OF = {
    CREATED: status.HTTP_201_CREATED,
    DUPLICATE: status.HTTP_200_OK,
    CONFLICT: status.HTTP_409_CONFLICT,
    REJECTED: status.HTTP_422_UNPROCESSABLE_ENTITY,
}

_OF_RIGHTS = frozenset({"not_permitted", "softens_barred", "opens_unopened", "confirms_window"})

# The bodies are shapes of msgspec, which the generator does not read: `schema.complete` adds them.
_described_by_the_schema = extend_schema(request=OpenApiTypes.OBJECT, responses=OpenApiTypes.OBJECT)


def _told(answer: Answer) -> dict[str, Any]:
    name, key = answer.created or ("", None)
    return {
        "id": answer.id,
        "outcome": answer.outcome,
        "event": answer.event_id,
        "created": {name: key} if name else None,
        "time_disputed": answer.time_disputed,
        "problems": [named(finding) for finding in answer.findings],
    }


def _status_of(answer: Answer) -> int:
    if any(finding.code in _OF_RIGHTS for finding in answer.findings):
        return status.HTTP_403_FORBIDDEN
    return _STATUS_OF[answer.outcome]


def _unreadable(error: Unreadable) -> Response:
    errors = [named(finding) for finding in error.findings]
    return problem(
        status=status.HTTP_422_UNPROCESSABLE_ENTITY,
        detail=" ".join(each["text"] for each in errors),
        errors=errors,
    )


class PostView(KeyedView):
    """An address that takes events."""

    http_method_names = ["post"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a body without its length: it would be read as empty, and the event be lost."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and not request.META.get("CONTENT_LENGTH"):
            raise LengthMissingError(_("Send the body whole, with its Content-Length."))

    def received_from(self, sender: Sender) -> Post:
        """Return the frame of this submission: who, from which device, at which field time."""
        user = self.person()
        assert user.organisation is not None, "nobody without an organisation may use the API"
        return Post(user=user, organisation=user.organisation, sender=sender, at=field_now())


class EventOne(PostView):
    """One event."""

    @_described_by_the_schema
    def post(self, request: Request) -> Response:
        """Log one event: 201 stored, 200 a repeat, 409 another body under its id, 422 refused."""
        try:
            sender, item = single_of(request.data)
        except Unreadable as error:
            return _unreadable(error)
        (answer,) = receive([item], post=self.received_from(sender))
        told = _told(answer)
        code = _status_of(answer)
        if code < status.HTTP_400_BAD_REQUEST:
            return Response(told, status=code)
        problems = told.pop("problems")
        detail = " ".join(each["text"] for each in problems) or _("The event was refused.")
        return problem(status=code, detail=detail, errors=problems, **told)


class EventMany(PostView):
    """Many events."""

    @_described_by_the_schema
    def post(self, request: Request) -> Response:
        """Log up to 500 events of a device, each on its own merits, and answer in their order."""
        try:
            sender, items = batch_of(request.data)
        except Unreadable as error:
            return _unreadable(error)
        answers = receive(items, post=self.received_from(sender))
        return Response({"results": [_told(answer) for answer in answers]})
