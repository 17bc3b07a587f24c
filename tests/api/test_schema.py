"""The description of the API is valid and true, and requests made from it break nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis.specs.openapi.checks import positive_data_acceptance

from config.wsgi import application
from tests.api.callers import caller_for
from tests.cast import Cast
from tests.factories import Road
from tracker.api.schema import description
from tracker.intake.registry import KINDS
from tracker.organisations.models import User
from tracker.organisations.permissions import right_for_kind

SCHEMA = json.loads(json.dumps(description(), default=str))
OPERATIONS = [
    (method, path) for path, methods in sorted(SCHEMA["paths"].items()) for method in methods
]


def test_the_description_is_valid_openapi_3_1(db: None) -> None:
    answer = Client().get("/api/v1/schema")

    document = answer.json()
    assert answer.status_code == 200
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_shape_of_every_kind_that_may_be_logged_is_described() -> None:
    loggable = {name for name in KINDS if right_for_kind(name)}

    described = set(SCHEMA["components"]["schemas"]["EventItem"]["properties"]["kind"]["enum"])

    assert described == loggable | {"correction"}
    assert {f"data.{name}" for name in described} <= set(SCHEMA["components"]["schemas"])


def test_a_described_shape_takes_what_the_log_takes_and_refuses_the_rest() -> None:
    stated = {"$ref": "#/components/schemas/data.corridor.stated"}
    validator = jsonschema.Draft202012Validator({**SCHEMA, **stated})

    good = validator.is_valid({"says": "It is shut.", "claims": "CLOSED"})
    bad = validator.is_valid({"says": "It is shut.", "claims": "MAYBE"})

    assert (good, bad) == (True, False)


@pytest.fixture
def wsgi_in_this_transaction(db: None) -> Iterator[None]:
    """Keep the connection of the test open: Django closes it at the end of each request."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


def _attack(user: User, operation: tuple[str, str], examples: int) -> set[int]:
    """Send generated requests to one operation and hold each answer to the description."""
    method, path = operation
    key = caller_for(user).key
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema", application)
    schema.config.update(headers={"Authorization": f"Bearer {key}"})
    found = schema[path][method.upper()]
    statuses: set[int] = set()
    # A well-formed event may still name a convoy that does not exist, which no schema can say.
    excluded = [positive_data_acceptance] if method == "post" else []

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=found.as_strategy())
    def attack(case: Any) -> None:
        answer = case.call()
        statuses.add(answer.status_code)
        case.validate_response(answer, excluded_checks=excluded)

    attack()
    return statuses


@pytest.mark.usefixtures("wsgi_in_this_transaction")
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_generated_requests_are_answered_as_described(
    cast: Cast, road: Road, operation: tuple[str, str]
) -> None:
    statuses = _attack(cast.coordinator, operation, 8)

    assert statuses
    assert max(statuses) < 500


@pytest.mark.drill
@pytest.mark.usefixtures("wsgi_in_this_transaction")
@pytest.mark.parametrize("person", ["coordinator", "monitor", "partner"])
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_many_generated_requests_are_answered_as_described(
    cast: Cast, road: Road, operation: tuple[str, str], person: str
) -> None:
    statuses = _attack(getattr(cast, person), operation, 420)

    assert statuses
    assert max(statuses) < 500
