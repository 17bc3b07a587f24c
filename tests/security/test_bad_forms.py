"""Whatever is sent to a form of staff is taken or refused in words; nothing ever fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.forms import CharField, Field, ModelChoiceField
from django.test import Client
from django.utils import timezone

from tests.security.forms import FORMS, StaffForm
from tests.security.world import OTHER, World
from tracker.convoys.models import ConvoyShare
from tracker.fieldlog.models import LogEvent
from tracker.provenance.models import Source

ANSWERS = {200, 302, 403, 404, 422}
ODD = {
    "empty": "",
    "negative": "-1",
    "huge": "1" + "0" * 30,
    "not a number": "NaN",
    "no such day": "2026-02-31T12:00",
    "the year 9999": "9999-12-31T23:59",
    "the year 1": "0001-01-01T00:00",
    "an id of nothing": "6f1a4f4c-0000-4000-8000-000000000000",
    "digits of another script": "١٢٣",
    "a fraction": "1.5e308",
}
# Left alone here: the token of the page, and what has tests of its own.
KEPT = {"client_id", "is_confirmed"}


@pytest.fixture
def desk(world: World) -> Client:
    """Return the coordinator's browser."""
    return world.client("coordinator")


def stored() -> tuple[int, int, int]:
    """Return how much there is of what a form could have written."""
    return LogEvent.objects.count(), Source.objects.count(), ConvoyShare.objects.count()


def fields_of(form: StaffForm, desk: Client, world: World) -> dict[str, Field]:
    """Return the fields of a form as its page declares them."""
    shown = desk.get(form.page(world)).context
    found = shown.get("form") or shown.get("worse") or shown.get("share_form")
    if form.to == "convoy_share":
        found = shown["share_form"]
    return dict(found.fields)


def complaint(answer: Any) -> str:
    """Return what a refused form says above its fields, without the marks of the page."""
    found = re.search(
        r'<div class="sum-err" role="alert">(.*?)</div>', answer.content.decode(), re.DOTALL
    )
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def says_why(answer: Any) -> bool:
    """Tell whether a refused form says more than that it is refused."""
    return len(complaint(answer)) > len("Not saved yet") + 20


@pytest.mark.parametrize("name", FORMS)
def test_a_form_filled_in_as_it_should_be_is_taken(name: str, desk: Client, world: World) -> None:
    form, before = FORMS[name], stored()

    answer = form.send(desk, world, form.filled(desk, world))

    assert answer.status_code == 302
    assert stored() != before


@pytest.mark.parametrize("name", FORMS)
def test_an_empty_form_is_refused_with_words_and_stores_nothing(
    name: str, desk: Client, world: World
) -> None:
    before = stored()

    answer = FORMS[name].send(desk, world, {})

    assert answer.status_code == 422
    assert says_why(answer)
    assert stored() == before


def _oddities(form: StaffForm, desk: Client, world: World) -> Iterator[tuple[str, str, Any]]:
    """Send each odd value in each field, alone among good ones, and undo what was stored."""
    good = form.filled(desk, world)
    for field in fields_of(form, desk, world).keys() - KEPT:
        for oddity, value in ODD.items():
            with transaction.atomic():
                sent = {**good, field: value, "client_id": str(uuid4())}
                yield field, oddity, form.send(desk, world, sent)
                transaction.set_rollback(True)


def _oddities_together(
    form: StaffForm, desk: Client, world: World
) -> Iterator[tuple[str, str, Any]]:
    """Send every odd value in every field once, all fields odd at a time."""
    good, odd = form.filled(desk, world), list(ODD.items())
    fields = sorted(fields_of(form, desk, world).keys() - KEPT)
    for turn in range(len(odd)):
        values = {field: odd[(place + turn) % len(odd)][1] for place, field in enumerate(fields)}
        with transaction.atomic():
            sent = {**good, **values, "client_id": str(uuid4())}
            yield "all", odd[turn][0], form.send(desk, world, sent)
            transaction.set_rollback(True)


def _judge(found: dict[tuple[str, str], Any]) -> None:
    failed = {what: a.status_code for what, a in found.items() if a.status_code not in ANSWERS}
    assert failed == {}
    silent = [what for what, a in found.items() if a.status_code == 422 and not says_why(a)]
    assert silent == []
    assert len(found) >= len(ODD)


@pytest.mark.parametrize("name", FORMS)
def test_no_odd_values_make_a_form_fail(name: str, desk: Client, world: World) -> None:
    form, before = FORMS[name], stored()

    found = {(field, odd): a for field, odd, a in _oddities_together(form, desk, world)}

    _judge(found)
    assert stored() == before


@pytest.mark.drill
@pytest.mark.parametrize("name", FORMS)
def test_no_odd_value_alone_in_any_field_makes_a_form_fail(
    name: str, desk: Client, world: World
) -> None:
    form, before = FORMS[name], stored()

    found = {(field, odd): answer for field, odd, answer in _oddities(form, desk, world)}

    _judge(found)
    assert stored() == before


@pytest.mark.parametrize("name", FORMS)
def test_a_refused_form_keeps_every_word_that_was_typed(
    name: str, desk: Client, world: World
) -> None:
    form = FORMS[name]
    words = {
        field: f"typed into {field[:8]}"[: declared.max_length or 40]
        for field, declared in fields_of(form, desk, world).items()
        if type(declared) is CharField
    }
    wrong = {"client_id": "no id", "organisation": "nobody", "reason": words.get("reason", "")}

    sent = {**form.filled(desk, world), **wrong, **words}
    if name == "alert_end":
        words = sent = {"reason": "x" * 301}
    answer = form.send(desk, world, sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert [field for field, text in words.items() if text not in page] == []


def _foreign(world: World) -> list[str]:
    part = world.parts[OTHER]
    road = part.road
    source = Source.objects.create(name="Theirs", organisation=part.organisation)
    return [
        *(str(vehicle) for vehicle in part.vehicles),
        *(str(key) for key in (road.corridor.pk, road.tokmak.pk, part.attempt, part.convoy)),
        *(str(key) for key in (part.window, part.incident, road.route.pk, source.pk)),
    ]


@pytest.mark.parametrize("name", FORMS)
def test_no_choice_takes_what_belongs_to_another_organisation(
    name: str, desk: Client, world: World
) -> None:
    form, foreign = FORMS[name], _foreign(world)
    good, before = form.filled(desk, world), stored()
    # Places and organisations are everybody's to name.
    picks = {
        field
        for field, declared in fields_of(form, desk, world).items()
        if isinstance(declared, ModelChoiceField) and field not in {"place", "organisation"}
    }

    answers = {
        (field, key): form.send(desk, world, {**good, field: key}).status_code
        for field in picks
        for key in foreign
    }

    assert {what: status for what, status in answers.items() if status != 422} == {}
    assert stored() == before


@pytest.mark.parametrize("name", FORMS)
def test_no_form_is_taken_at_an_address_of_another_organisation(
    name: str, desk: Client, world: World
) -> None:
    form, before = FORMS[name], stored()
    good = form.filled(desk, world)
    if form.target(world) == form.target(world, OTHER):
        return

    answer = desk.post(form.target(world, OTHER), good)

    assert answer.status_code == 404
    assert stored() == before


@pytest.mark.parametrize("name", sorted(set(FORMS) - {"convoy_share", "alert_end"}))
def test_a_form_sent_twice_is_one_entry(name: str, desk: Client, world: World) -> None:
    form = FORMS[name]
    good = form.filled(desk, world)
    first = form.send(desk, world, good)
    once = stored()

    again = form.send(desk, world, good)

    assert (first.status_code, again.status_code) == (302, 302)
    assert stored() == once


@pytest.mark.parametrize("name", FORMS)
def test_a_form_without_the_token_of_its_page_is_refused(
    name: str, desk: Client, world: World
) -> None:
    form, before = FORMS[name], stored()
    good = form.filled(desk, world)
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = desk.cookies

    answer = forger.post(form.target(world), good)

    assert answer.status_code == 403
    assert stored() == before


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in FORMS
        if name
        not in {
            "corridor_worsen",
            "convoy_plan",
            "silence_declare",
            "convoy_share",
            "log",
            "alert_end",
            "phone_take",
        }
    ],
)
def test_a_time_that_has_not_come_is_refused_with_the_reason(
    name: str, desk: Client, world: World
) -> None:
    form, before = FORMS[name], stored()
    tomorrow = f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    field = "happened_at" if name == "entry_correct" else "occurred_at"

    answer = form.send(desk, world, form.filled(desk, world, **{field: tomorrow}))

    assert answer.status_code == 422
    assert "has not come yet" in complaint(answer)
    assert tomorrow in answer.content.decode()
    assert stored() == before
