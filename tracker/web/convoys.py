"""The list of convoys, the page of one, and whom it is shared with."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tracker.alerts.queries import open_alerts
from tracker.convoys.models import Convoy, ConvoyState
from tracker.convoys.operations import end_share, share_convoy
from tracker.convoys.queries import (
    convoys_seen_by,
    organisations_to_share_with,
    share_with,
    shares_in_order,
    state_at,
)
from tracker.exercises.clock import field_now
from tracker.organisations.models import User
from tracker.organisations.permissions import May, may_of, may_see_organisation
from tracker.web.access import needs, person
from tracker.web.alerts import lines
from tracker.web.convoy_page import coarse_state, page_of, sight_of, situations_of
from tracker.web.convoy_people import coarse_words
from tracker.web.convoy_words import span_words, vehicles_words
from tracker.web.forms_shares import ShareForm

PER_PAGE = 50


def seen_convoy(user: User, code: str) -> Convoy:
    """Return a convoy by its code; 404 where `user` may not see one of that name.

    Two organisations may use one code: the user's own convoy goes before a shared one.
    """
    found = list(convoys_seen_by(user).filter(code=code))
    own = [each for each in found if each.organisation_id == user.organisation_id]
    for convoy in (*own, *found):
        return convoy
    raise Http404


def own_convoy(user: User, code: str) -> Convoy:
    """Return a convoy of the user's own organisation by its code, or 404."""
    convoy = seen_convoy(user, code)
    if not may_see_organisation(user, convoy.organisation_id):
        raise Http404
    return convoy


@dataclass(frozen=True, slots=True)
class Row:
    """One convoy in the list."""

    convoy: Convoy
    state: str
    vehicles: str
    people: str


def _rows(user: User, convoys: list[Convoy]) -> list[Row]:
    now = field_now()
    situations = situations_of(convoys, now=now)
    rows = []
    for convoy in convoys:
        here = situations[convoy.pk]
        is_own = may_see_organisation(user, convoy.organisation_id)
        people = here.balance.on_board
        own_words = span_words(people) if people else ""
        rows.append(
            Row(
                convoy=convoy,
                state=state_at(convoy, at=now) if is_own else coarse_state(convoy),
                vehicles=vehicles_words([each.kind for each in here.vehicles]) if is_own else "",
                people=own_words if is_own else coarse_words(people),
            )
        )
    return rows


@require_safe
@needs("see_internal", "see_shared")
def convoy_list(request: HttpRequest) -> HttpResponse:
    """List the convoys that this person may see, newest first."""
    user = person(request)
    sought = request.GET.get("q", "").strip()
    convoys = convoys_seen_by(user)
    if sought:
        convoys = convoys.filter(code__icontains=sought)
    page = Paginator(convoys.order_by("-event__ordered_at", "code", "id"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "rows": _rows(user, list(page.object_list)),
        "page": page,
        "sought": sought,
        "query": f"q={sought}" if sought else "",
    }
    return render(request, "convoys/list.html", context)


@require_safe
@needs("see_internal", "see_shared")
def convoy_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show one convoy: where it is, when it may arrive, whether everyone is still with it."""
    user = person(request)
    convoy = seen_convoy(user, code)
    sight = sight_of(user, convoy, share=share_with(convoy, user.organisation))
    may = may_of(user)
    context = {
        "convoy": convoy,
        "sight": sight,
        "page": page_of(convoy, sight=sight, now=field_now()),
        "zone": convoy.corridor.time_zone,
        **(_staff_parts(user, convoy, may) if sight.is_own else {}),
    }
    return render(request, "convoys/page.html", context)


def _staff_parts(user: User, convoy: Convoy, may: May) -> dict[str, object]:
    alerts = lines(list(open_alerts(user).filter(convoy=convoy)), may_take=may.take_alert)
    return {
        "alerts": alerts,
        "shares": list(shares_in_order(convoy)),
        "share_form": ShareForm(organisations=organisations_to_share_with(convoy)),
        "can_log": may.log_field,
        "can_plan": may.plan_convoy,
        "is_under_way": convoy.ended_at is None,
        "has_arrived": convoy.state == ConvoyState.ARRIVED,
    }


@require_POST
@needs("plan_convoy")
def share(request: HttpRequest, code: str) -> HttpResponse:
    """Share a convoy with a partner, or change what is shared."""
    convoy = own_convoy(person(request), code)
    form = ShareForm(request.POST, organisations=organisations_to_share_with(convoy))
    if not form.is_valid():
        context = {"form": form, "convoy": convoy}
        return render(request, "convoys/share.html", context, status=422)
    share_convoy(
        convoy=convoy,
        organisation=form.cleaned_data["organisation"],
        shares_position=form.cleaned_data["shares_position"],
        shares_counts=form.cleaned_data["shares_counts"],
    )
    name = form.cleaned_data["organisation"]
    messages.success(request, _("Shared with %(name)s.") % {"name": name})
    return redirect("convoy", code=convoy.code)


@require_POST
@needs("plan_convoy")
def stop_sharing(request: HttpRequest, code: str, share_id: int) -> HttpResponse:
    """Stop sharing a convoy with a partner; at once, and harmless when repeated."""
    convoy = own_convoy(person(request), code)
    for each in shares_in_order(convoy).filter(pk=share_id):
        end_share(convoy=convoy, organisation=each.organisation)
        name = each.organisation
        messages.success(request, _("No longer shared with %(name)s.") % {"name": name})
    return redirect("convoy", code=convoy.code)


urlpatterns = [
    path("convoys/", convoy_list, name="convoy_list"),
    path("convoys/<str:code>/", convoy_page, name="convoy"),
    path("convoys/<str:code>/share/", share, name="convoy_share"),
    path("convoys/<str:code>/share/<int:share_id>/end/", stop_sharing, name="convoy_share_end"),
]
