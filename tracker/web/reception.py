"""Reception centres: who came, how much room is left, and the hand-over of people."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.convoys.models import Convoy
from tracker.convoys.queries import vehicles_in_column
from tracker.corridors.queries import places_in_order
from tracker.exercises.clock import field_now
from tracker.headcounts.queries import balances_of
from tracker.headcounts.spans import Span
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of
from tracker.reception.models import HandOver, ReceptionCentre
from tracker.reception.operations import close_centre, open_centre
from tracker.reception.queries import (
    Closing,
    Intake,
    centres_open,
    centres_seen_by,
    closing_of,
    convoys_on_the_way,
    hand_overs_at,
    hand_overs_of,
    intakes_of,
    people_of,
)
from tracker.web.access import needs, organisation_of, person
from tracker.web.convoy_log import entry_url
from tracker.web.convoy_words import span_words
from tracker.web.convoys import own_convoy
from tracker.web.forms_reception import CentreForm, HandOverForm
from tracker.web.recording import form_page, posted, took

SHOWN = 200


def _words(intake: Intake) -> dict[str, object]:
    return {
        "centre": intake.centre,
        "received": span_words(intake.received),
        "free": span_words(intake.free) if intake.free else "",
        "is_full": intake.is_full,
        "last_at": intake.last_at,
    }


def _lines(hand_overs: list[HandOver]) -> list[dict[str, object]]:
    return [
        {
            "row": each,
            "people": span_words(people_of(each)),
            "url": entry_url(each.event_id),
        }
        for each in hand_overs
    ]


def _as_set_up(user: User, centre_id: str) -> dict[str, object]:
    """Return what the form to change a centre starts from; nothing where there is no such one."""
    try:
        centre = centres_seen_by(user).filter(pk=UUID(centre_id)).first()
    except ValueError:
        return {}
    if centre is None:
        return {}
    return {"name": centre.name, "place": centre.place_id, "capacity": centre.capacity}


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see_internal")
def centre_list(request: HttpRequest) -> HttpResponse:
    """List the reception centres with the room they have left, and set a further one up."""
    user, now = person(request), field_now()
    form = CentreForm(
        posted(request),
        places=places_in_order(),
        initial=_as_set_up(user, request.GET.get("change", "")),
    )
    if form.is_bound and not may_of(user).set_up_routes:
        raise PermissionDenied
    if form.is_valid():
        open_centre(organisation=organisation_of(user), **form.cleaned_data)
        messages.success(request, _("The centre is set up."))
        return redirect("reception")
    intakes = intakes_of(list(centres_seen_by(user)), at=now)
    return form_page(
        request,
        form=form,
        template="reception/list.html",
        rows=[_words(each) for each in intakes],
        zone=settings.FIELD_TIME_ZONE,
    )


def _own_centre(user: User, centre_id: UUID) -> ReceptionCentre:
    return get_object_or_404(centres_seen_by(user), pk=centre_id)


def _expected(centre: ReceptionCentre) -> list[tuple[Convoy, str]]:
    convoys = list(convoys_on_the_way(centre))
    balances = balances_of(convoys, at=field_now())
    found = []
    for convoy in convoys:
        people = balances[convoy.pk].on_board
        found.append((convoy, span_words(people) if people else _("not reported")))
    return found


@require_safe
@needs("see_internal")
def centre_page(request: HttpRequest, centre_id: UUID) -> HttpResponse:
    """Show one centre: what it took in, from whom, and which convoys are on their way to it."""
    centre, now = _own_centre(person(request), centre_id), field_now()
    (intake,) = intakes_of([centre], at=now)
    context = {
        **_words(intake),
        "lines": _lines(list(hand_overs_at(centre, at=now)[:SHOWN])),
        "expected": _expected(centre),
        "zone": settings.FIELD_TIME_ZONE,
    }
    return render(request, "reception/page.html", context)


@require_POST
@needs("set_up_routes")
def centre_close(request: HttpRequest, centre_id: UUID) -> HttpResponse:
    """Note that a centre takes nobody in at present; harmless when repeated."""
    centre = _own_centre(person(request), centre_id)
    close_centre(centre=centre)
    messages.success(request, _("%(name)s takes nobody in at present.") % {"name": centre.name})
    return redirect("reception_centre", centre_id=centre.pk)


def _closed_words(closing: Closing, people: Span | None) -> str:
    """Say whether everybody is signed for, once every vehicle is; "" before.

    `people` are those whom the ledger still has on board.
    """
    if not closing.is_closed:
        return ""
    if people is not None and people.exact == 0:
        return _("Everybody is signed for.")
    if people is not None and people.low:
        return _("%(n)s not signed for.") % {"n": span_words(people)}
    if closing.is_whole:
        return _("Signed for as a whole; whether that was everybody is not known.")
    return _("Every vehicle is signed for; whether that was everybody is not known.")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("log_field")
def hand_over(request: HttpRequest, code: str) -> HttpResponse:
    """Show what of a convoy is signed for, and take a further hand-over."""
    user, now = person(request), field_now()
    convoy = own_convoy(user, code)
    form = HandOverForm(
        posted(request),
        centres=centres_open(convoy.organisation),
        vehicles=vehicles_in_column(convoy),
        zone=ZoneInfo(convoy.corridor.time_zone),
        now=now,
    )
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(convoy, at),
        said=_("Signed for. The entry is in the log."),
    ):
        return redirect("convoy_hand_over", code=convoy.code)
    hand_overs = hand_overs_of(convoy, at=now)
    closing = closing_of(convoy, hand_overs=hand_overs)
    people = balances_of([convoy], at=now)[convoy.pk].on_board
    return form_page(
        request,
        form=form,
        template="reception/hand_over.html",
        convoy=convoy,
        lines=_lines(hand_overs),
        has_centres=centres_open(convoy.organisation).exists(),
        closing=closing,
        handed_over=span_words(closing.handed_over),
        on_board=span_words(people) if people else "",
        closed=_closed_words(closing, people) if hand_overs else "",
        zone=convoy.corridor.time_zone,
    )


urlpatterns = [
    path("reception/", centre_list, name="reception"),
    path("reception/<uuid:centre_id>/", centre_page, name="reception_centre"),
    path("reception/<uuid:centre_id>/close/", centre_close, name="reception_close"),
    path("convoys/<str:code>/hand-over/", hand_over, name="convoy_hand_over"),
]
