"""Paper when all else fails: print numbered sheets and cards, and key them in later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.checkpoints.models import Checkpoint
from tracker.checkpoints.queries import checkpoints_in_order
from tracker.convoys.queries import convoys_seen_by
from tracker.corridors.models import Corridor
from tracker.corridors.queries import corridors_run_by
from tracker.devices.models import PaperSheet
from tracker.devices.sheets import (
    keyed_in,
    print_checkpoint_card,
    print_log_sheet,
    sheets_of,
)
from tracker.exercises.clock import field_now
from tracker.fieldlog.models import LogEvent
from tracker.intake.judging import Clock
from tracker.intake.operations import CONFLICT, Refused, record
from tracker.lib.qr import qr_address
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, organisation_of, person
from tracker.web.convoy_log import entry_url
from tracker.web.convoy_sayings import say
from tracker.web.convoys import own_convoy
from tracker.web.forms_paper import DayForm, LineForm, line_forms, noon_of, ticks_of
from tracker.web.recording import posted

PER_PAGE = 50
# As many lines at a time as a small screen bears.
AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class Keyed:
    """A line that stands in the log."""

    line: int
    entry: LogEvent
    says: str
    url: str


def _own_sheet(user: User, serial: str) -> PaperSheet:
    return get_object_or_404(sheets_of(organisation_of(user)), serial=serial.upper())


def _corridor_of(sheet: PaperSheet) -> Corridor:
    whose = sheet.convoy or sheet.checkpoint
    assert whose is not None, "a sheet is for a convoy or for a checkpoint"
    return whose.corridor


@require_safe
@needs("log_field")
def sheet_list(request: HttpRequest) -> HttpResponse:
    """List the sheets that were printed, and find one by its serial."""
    user = person(request)
    sought = request.GET.get("serial", "").strip().upper()
    sheets = sheets_of(organisation_of(user))
    if sought and sheets.filter(serial=sought).exists():
        return redirect("sheet_key", serial=sought)
    if sought:
        sheets = sheets.filter(serial__startswith=sought)
    page = Paginator(sheets, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "sought": sought,
        "query": f"serial={sought}" if sought else "",
        "machine_now": timezone.now(),
    }
    return render(request, "paper/list.html", context)


@require_POST
@needs("log_field")
def sheet_new(request: HttpRequest, code: str) -> HttpResponse:
    """Give out a numbered log sheet for a convoy."""
    user = person(request)
    sheet = print_log_sheet(convoy=own_convoy(user, code), by=user, at=timezone.now())
    return redirect("sheet_print", serial=sheet.serial)


@require_POST
@needs("log_field")
def card_new(request: HttpRequest, checkpoint_id: UUID) -> HttpResponse:
    """Give out a numbered card for a checkpoint."""
    user = person(request)
    checkpoint = get_object_or_404(
        Checkpoint, pk=checkpoint_id, corridor__in=corridors_run_by(user)
    )
    sheet = print_checkpoint_card(
        checkpoint=checkpoint, organisation=organisation_of(user), by=user, at=timezone.now()
    )
    return redirect("sheet_print", serial=sheet.serial)


@require_safe
@needs("log_field")
def sheet_print(request: HttpRequest, serial: str) -> HttpResponse:
    """Show a sheet as it is printed: one A4 page."""
    sheet = _own_sheet(person(request), serial)
    corridor = _corridor_of(sheet)
    context = {
        "sheet": sheet,
        "corridor": corridor,
        "checkpoints": checkpoints_in_order(corridor),
        "ticks": [words for _kind, words in ticks_of(sheet.kind)],
        "lines": range(1, sheet.lines + 1),
        "picture": qr_address(sheet.serial),
        "machine_now": timezone.now(),
    }
    return render(request, "paper/print.html", context)


def _shown(entries: dict[int, LogEvent], user: User) -> list[Keyed]:
    sees = may_of(user).see_restricted_people
    return [
        Keyed(
            line,
            entry,
            say(entry, entry.data, reason=entry.reason, sees_restricted=sees).whole,
            entry_url(entry.pk),
        )
        for line, entry in sorted(entries.items())
    ]


def _refuse(lines: Sequence[LineForm], refused: Refused) -> None:
    for form, result in zip(lines, refused.results, strict=True):
        if result.outcome == CONFLICT:
            form.add_error(None, _("This line was keyed in before and says something else now."))
        else:
            form.refuse(result.findings)


def _record(lines: Sequence[LineForm], *, user: User, now: Any) -> bool:
    """Record all lines or none; each refusal stands beside its line."""
    try:
        with transaction.atomic():
            record(
                events=[form.event() for form in lines],
                organisation=organisation_of(user),
                by=user,
                clock=Clock(now=now, is_typed=True),
            )
    except Refused as refused:
        _refuse(lines, refused)
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@needs("log_field")
def sheet_key(request: HttpRequest, serial: str) -> HttpResponse:
    """Show what of a sheet is keyed in, and take further lines with their own times."""
    user, now = person(request), field_now()
    sheet = _own_sheet(user, serial)
    corridor = _corridor_of(sheet)
    zone = ZoneInfo(corridor.time_zone)
    done = keyed_in(sheet)
    day_form = DayForm(posted(request), initial={"day": now.astimezone(zone).date()})
    day = day_form.cleaned_data["day"] if day_form.is_valid() else now.astimezone(zone).date()
    lines = line_forms(
        posted(request),
        sheet=sheet,
        lines=[line for line in range(1, sheet.lines + 1) if line not in done][:AT_ONCE],
        day=noon_of(day, zone),
        zone=zone,
        convoys=convoys_seen_by(user).filter(corridor=corridor),
        checkpoints=checkpoints_in_order(corridor),
    )
    filled = _filled(lines) if day_form.is_valid() else None
    if filled and _record(filled, user=user, now=now):
        said = ngettext("%(n)s line is in the log.", "%(n)s lines are in the log.", len(filled))
        messages.success(request, said % {"n": len(filled)})
        return redirect("sheet_key", serial=sheet.serial)
    if any(f"line{line}-kind" in request.POST for line in done):
        # The same page sent twice: what it said stands above.
        return redirect("sheet_key", serial=sheet.serial)
    context = {
        "sheet": sheet,
        "corridor": corridor,
        "zone": corridor.time_zone,
        "day_form": day_form,
        "lines": lines,
        "keyed": _shown(done, user),
        "nothing": filled is not None and not filled,
    }
    return render(request, "paper/key.html", context, status=422 if day_form.is_bound else 200)


def _filled(lines: Sequence[LineForm]) -> list[LineForm] | None:
    """Return the lines that say something; `None` while one of them is wrong."""
    # Each one is asked, so that every wrong line says so at once.
    are_valid = [form.is_valid() for form in lines]
    if not all(are_valid):
        return None
    return [form for form in lines if not form.is_empty]


urlpatterns = [
    path("paper/", sheet_list, name="paper"),
    path("paper/<str:serial>/", sheet_key, name="sheet_key"),
    path("paper/<str:serial>/print/", sheet_print, name="sheet_print"),
    path("convoys/<str:code>/sheet/", sheet_new, name="sheet_new"),
    path("staff/checkpoints/<uuid:checkpoint_id>/card/", card_new, name="card_new"),
]
