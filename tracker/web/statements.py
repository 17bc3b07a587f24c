"""Record what a source says of a corridor."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tracker.exercises.clock import field_now
from tracker.web.access import needs, organisation_of, own_corridor, person
from tracker.web.forms_statements import StatementForm
from tracker.web.recording import form_page, posted, took


@require_http_methods(["GET", "HEAD", "POST"])
@needs("record_statement")
def record_statement(request: HttpRequest, slug: str) -> HttpResponse:
    """Show and take the form for one statement; a party's word for open never opens a corridor."""
    user = person(request)
    corridor = own_corridor(user, slug)
    form = StatementForm(
        posted(request),
        organisation=organisation_of(user),
        zone=ZoneInfo(corridor.time_zone),
        now=field_now(),
    )
    if took(
        request,
        form=form,
        user=user,
        build=lambda at: form.events(corridor, at),
        said=_("The statement is recorded."),
    ):
        return redirect("corridor", slug=slug)
    return form_page(request, form=form, template="statements/new.html", corridor=corridor)


urlpatterns = [
    path("staff/corridors/<slug:slug>/statements/new/", record_statement, name="statement_new"),
]
