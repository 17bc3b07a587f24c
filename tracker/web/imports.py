"""Bring in files: a dry run says what is in them and what is wrong, a second step takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tracker.convoys.models import Vehicle
from tracker.exercises.clock import field_now
from tracker.imports.models import Import
from tracker.imports.operations import NotReady, check_route, check_vehicles, take
from tracker.imports.queries import imports_of
from tracker.intake.findings import text_of
from tracker.intake.operations import Refused
from tracker.lib.bounded import Limits
from tracker.organisations.permissions import may_of
from tracker.web.access import needs, own_corridor, person
from tracker.web.convoys import own_convoy
from tracker.web.import_words import problem_words

PER_PAGE = 50
ROWS_SHOWN = 500
_RIGHT = {Import.Kind.VEHICLES: "plan_convoy", Import.Kind.ROUTE: "set_up_routes"}
MOST_BYTES = Limits().body


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(label=gettext_lazy("File"), max_length=200, allow_empty_file=False)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large. Send at most 5 MB."))
        return file


def _form(request: HttpRequest) -> FileForm:
    return FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()


def _upload_page(request: HttpRequest, form: FileForm, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "imports/upload.html", {"form": form, **context}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan_convoy")
def vehicles_import(request: HttpRequest, code: str) -> HttpResponse:
    """Take a vehicle list as a file and show what is in it; nothing is loaded yet."""
    user, form = person(request), _form(request)
    convoy = own_convoy(user, code)
    if form.is_valid():
        file = form.cleaned_data["file"]
        found = check_vehicles(
            body=file.read(), name=file.name, convoy=convoy, by=user, at=timezone.now()
        )
        return redirect("import", import_id=found.pk)
    return _upload_page(request, form, convoy=convoy)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("set_up_routes")
def route_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the line of a corridor's road as a file and show what is in it."""
    user, form = person(request), _form(request)
    corridor = own_corridor(user, slug)
    if form.is_valid():
        file = form.cleaned_data["file"]
        found = check_route(
            body=file.read(), name=file.name, corridor=corridor, by=user, at=timezone.now()
        )
        return redirect("import", import_id=found.pk)
    return _upload_page(request, form, corridor=corridor)


@require_safe
@needs("plan_convoy", "set_up_routes")
def import_list(request: HttpRequest) -> HttpResponse:
    """List the files that came, with what became of them."""
    page = Paginator(imports_of(person(request)), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "machine_now": timezone.now(), "zone": settings.FIELD_TIME_ZONE}
    return render(request, "imports/list.html", context)


def _rows(found: Import) -> list[dict[str, Any]]:
    """Return the vehicles of a list with their kind in words."""
    kinds = dict(Vehicle.Kind.choices)
    rows = found.content.get("rows", [])[:ROWS_SHOWN]
    return [{**row, "kind_words": kinds.get(row["kind"], row["kind"])} for row in rows]


def _shown(found: Import) -> Mapping[str, Any]:
    return {
        "found": found,
        "errors": [problem_words(each) for each in found.problems if not each["is_question"]],
        "questions": [problem_words(each) for each in found.problems if each["is_question"]],
        "rows": _rows(found),
        "left_out": found.content.get("left_out", []),
        "length_km": found.content.get("length_km"),
        "places": found.content.get("places", []),
        "is_reversed": found.content.get("is_reversed", False),
        "is_ready": found.state == Import.State.CHECKED,
        "machine_now": timezone.now(),
        "zone": settings.FIELD_TIME_ZONE,
    }


@require_safe
@needs("plan_convoy", "set_up_routes")
def import_page(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Show what is in a file, what is wrong by row, and whether it was taken."""
    found = get_object_or_404(imports_of(person(request)), pk=import_id)
    return render(request, "imports/page.html", _shown(found))


@require_POST
@needs("plan_convoy", "set_up_routes")
def import_take(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Take a checked file whole; a second press finds it taken."""
    user = person(request)
    found = get_object_or_404(imports_of(user), pk=import_id)
    if not getattr(may_of(user), _RIGHT.get(Import.Kind(found.kind), "plan_convoy")):
        raise PermissionDenied
    try:
        take(found=found, by=user, at=field_now(), now=timezone.now())
    except NotReady:
        messages.info(request, _("This file was taken before, or has errors. See below."))
    except Refused as refused:
        reasons = {text_of(each) for each in refused.findings}
        messages.error(request, " ".join([_("Nothing was taken."), *sorted(reasons)]))
    else:
        messages.success(request, _("Taken, all of it."))
    return redirect("import", import_id=found.pk)


urlpatterns = [
    path("imports/", import_list, name="imports"),
    path("imports/<uuid:import_id>/", import_page, name="import"),
    path("imports/<uuid:import_id>/take/", import_take, name="import_take"),
    path("convoys/<str:code>/vehicles/", vehicles_import, name="vehicles_import"),
    path("staff/corridors/<slug:slug>/route/", route_import, name="route_import"),
]
