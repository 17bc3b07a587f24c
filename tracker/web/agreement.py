"""The eleven points that must be agreed before people move, and each party's word on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from tracker.attempts.agreement import AGREED, CONTESTED, ONE_SIDE, SILENT
from tracker.attempts.models import AgreementItem, AgreementPosition
from tracker.attempts.queries import agreement_of, positions_of
from tracker.corridors.models import Corridor
from tracker.exercises.clock import field_now
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, organisation_of, own_corridor, person
from tracker.web.corridor_page import entry_url
from tracker.web.forms_agreement import PositionForm
from tracker.web.recording import form_page, posted, took

WORDS = {
    AGREED: gettext_lazy("agreed"),
    ONE_SIDE: gettext_lazy("one side only"),
    CONTESTED: gettext_lazy("contested"),
    SILENT: gettext_lazy("nobody has said"),
}


@dataclass(frozen=True, slots=True)
class PointShown:
    """One point as the list shows it."""

    label: str
    detail: str
    state: str
    word: str


@dataclass(frozen=True, slots=True)
class PointsShown:
    """The eleven points, their headline, and every word behind them."""

    headline: str
    items: tuple[PointShown, ...]
    positions: tuple[tuple[AgreementPosition, str], ...]


def _detail(position: AgreementPosition) -> str:
    who = str(position.source) if position.source else position.get_party_display()
    words = f"{who}: {position.get_position_display()}"
    return f"{words}, {position.note}" if position.note else words


def points_of(corridor: Corridor, *, at: datetime) -> PointsShown:
    """Return the points of a corridor as they stand at `at`."""
    positions = list(positions_of(corridor=corridor, at=at))
    agreement = agreement_of(positions)
    items = tuple(
        PointShown(
            label=str(point.item.label),
            detail="; ".join(_detail(position) for position in point.positions),
            state=point.state,
            word=str(WORDS[point.state]),
        )
        for point in agreement.points
    )
    total = len(AgreementItem)
    headline = ngettext(
        "%(agreed)d of %(total)d points is agreed",
        "%(agreed)d of %(total)d points are agreed",
        agreement.agreed,
    ) % {"agreed": agreement.agreed, "total": total}
    words = tuple((position, entry_url(position.event_id)) for position in positions)
    return PointsShown(headline, items, words)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("see_internal")
def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the points with every word behind them, and take a further word."""
    user = person(request)
    corridor = own_corridor(user, slug)
    now = field_now()
    form = PositionForm(
        posted(request),
        organisation=organisation_of(user),
        zone=ZoneInfo(corridor.time_zone),
        now=now,
        initial={"item": request.GET.get("item", "")},
    )
    if form.is_bound and not may_of(user).record_statement:
        raise PermissionDenied
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(corridor, at),
        said=_("The word is recorded."),
    ):
        return redirect("agreement", slug=slug)
    return form_page(
        request,
        form=form,
        template="agreement/page.html",
        corridor=corridor,
        zone=corridor.time_zone,
        points=points_of(corridor, at=now),
    )


urlpatterns = [path("staff/corridors/<slug:slug>/agreement/", agreement, name="agreement")]
