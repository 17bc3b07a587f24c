"""Hand what a form says to the log, and turn a refusal into words beside the fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from msgspec.structs import replace

from tracker.fieldlog.kinds import NewEvent
from tracker.fieldlog.queries import time_of_entry
from tracker.intake.judging import Clock
from tracker.intake.operations import CONFLICT, Refused, record
from tracker.organisations.models import User
from tracker.organisations.permissions import may_of
from tracker.web.access import organisation_of
from tracker.web.forms_log import LogForm

Build = Callable[[datetime], Sequence[NewEvent]]


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was sent, or `None` where the page was only asked for."""
    return request.POST if request.method == "POST" else None


def subject_id(form: LogForm, name: str) -> UUID:
    """Return the id of a subject that a form brings into being; the same for each repeat."""
    return uuid5(form.sent_id, name)


def _happened_at(form: LogForm, user: User) -> datetime:
    """Return the typed time; else that of the entry which a first sending left; else now."""
    typed: datetime | None = form.cleaned_data.get("occurred_at")
    if typed is not None:
        return typed
    standing = time_of_entry(organisation=organisation_of(user), client_id=form.sent_id)
    return standing or form.now


def _try(form: LogForm, user: User, build: Build) -> tuple[datetime, Refused | None]:
    at = _happened_at(form, user)
    may_open = may_of(user).open_corridor
    try:
        # The source that a form names for the first time goes with a refusal, too.
        with transaction.atomic():
            record(
                events=[replace(event, may_open=may_open) for event in build(at)],
                organisation=organisation_of(user),
                by=user,
                clock=Clock(now=form.now, is_typed=True),
            )
    except Refused as refused:
        return at, refused
    return at, None


def took(request: HttpRequest, *, form: LogForm, user: User, build: Build, said: str) -> bool:
    """Record what was sent and say so on the next page; `False` where nothing valid was sent."""
    if form.is_valid() and recorded(form=form, user=user, build=build):
        messages.success(request, said)
        return True
    return False


def recorded(*, form: LogForm, user: User, build: Build) -> bool:
    """Record what a valid form says; `False` when refused, with each reason on the form.

    `build` is given the time of the events and is called within the transaction. A form that is
    sent twice at once waits for itself and then finds its own entry.
    """
    at, refused = _try(form, user, build)
    if refused and _is_conflict(refused) and _happened_at(form, user) != at:
        at, refused = _try(form, user, build)
    if refused is None:
        return True
    if _is_conflict(refused):
        form.refuse_stale()
    else:
        form.refuse(refused.findings)
    return False


def _is_conflict(refused: Refused) -> bool:
    return any(result.outcome == CONFLICT for result in refused.results)


def form_page(
    request: HttpRequest, *, form: forms.Form, template: str, **context: Any
) -> HttpResponse:
    """Show a form; with 422 where it was sent and refused, everything typed kept."""
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)
