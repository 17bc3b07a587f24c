"""Photos: taken in sealed from a phone, shown to staff without what the camera wrote in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tracker.evidence.operations import OtherPhoto, keep_photo, read_photo
from tracker.evidence.photos import NOT_A_PHOTO, TOO_MANY_PIXELS
from tracker.evidence.queries import photo_of
from tracker.intake.queries import entries_for
from tracker.lib.bounded import TOO_BIG, TOO_HARD, Unreadable
from tracker.lib.field_sealing import from_base64url
from tracker.lib.sealing import CannotOpen
from tracker.web.access import needs, organisation_of, person
from tracker.web.phone_access import MB, Caller, Refusal, data_address
from tracker.web.phone_shell import field_key
from tracker.web.phone_start import uuid_in

REFUSALS = {
    NOT_A_PHOTO: gettext_lazy("This is no photo that can be kept. Send a JPEG, PNG or WebP."),
    TOO_MANY_PIXELS: gettext_lazy("The photo has too many pixels. Send a smaller one."),
    TOO_BIG: gettext_lazy("The photo is too large. Send a smaller one."),
    TOO_HARD: gettext_lazy("The photo could not be read in time. Send a smaller one."),
}


def _opened(body: Any, photo_id: UUID) -> bytes:
    """Return the bytes of the file that was sealed; raises CannotOpen or ValueError."""
    sealed = body.get("sealed")
    if not isinstance(sealed, str):
        raise Refusal(400, "bad_request", _("Something is missing in what came."))
    return field_key().open(from_base64url(sealed), entry_id=photo_id)


def _outcome(caller: Caller, photo_id: UUID, entry_id: UUID) -> tuple[str, str]:
    try:
        original = _opened(caller.body, photo_id)
    except (CannotOpen, ValueError):
        return "unreadable", _("The photo cannot be opened: it was damaged on its way.")
    try:
        is_new = keep_photo(
            photo=read_photo(body=original),
            client_id=photo_id,
            entry_client_id=entry_id,
            organisation=caller.organisation,
            device=caller.phone,
            by=caller.user,
            at=caller.clock.now,
        )
    except Unreadable as error:
        return "refused", str(REFUSALS.get(error.code, REFUSALS[NOT_A_PHOTO]))
    except OtherPhoto:
        return "refused", _("Another photo stands under this id.")
    return ("received" if is_new else "repeat"), ""


@data_address("POST", limit=6 * MB)
def send_photo(caller: Caller) -> dict[str, Any]:
    """Take one photo of an entry; its original is sealed, its copy carries no place and no name."""
    photo_id, entry_id = uuid_in(caller.body, "id"), uuid_in(caller.body, "entry")
    outcome, problem = _outcome(caller, photo_id, entry_id)
    return {"id": photo_id, "outcome": outcome, "problems": [problem] if problem else []}


@require_safe
@needs("see_internal")
@never_cache
def photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Show the copy of a photo to who may open its entry."""
    user = person(request)
    item = photo_of(organisation_of(user), photo_id=photo_id)
    if item is None or item.shown_copy is None or item.entry_client_id is None:
        raise Http404
    own = entries_for(user).filter(organisation=item.organisation_id)
    if not own.filter(client_id=item.entry_client_id).exists():
        raise Http404
    answer = HttpResponse(bytes(item.shown_copy), content_type="image/jpeg")
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


urlpatterns = [
    path("f/photo", send_photo, name="phone_photo"),
    path("photos/<uuid:photo_id>/", photo, name="photo"),
]
