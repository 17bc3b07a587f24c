"""The description of the API in OpenAPI 3.1, with the shape of every kind of event."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tracker.api.bodies import EventBatch, EventItem, SingleEvent
from tracker.api.filters import MAX_TEXT
from tracker.api.paging import MAX_PER_PAGE
from tracker.api.problems import MEDIA_TYPE
from tracker.intake.registry import CORRECTION_DATA, CORRECTION_KIND, KINDS
from tracker.organisations.permissions import right_for_kind

_REFUSALS = {
    "400": "The request cannot be read: its JSON, a filter or a parameter.",
    "401": "There is no key, or it is not in force.",
    "403": "The key's scopes or its owner's role do not allow this.",
    "404": "There is no such thing, or it is not shared with the key's owner.",
    "405": "This address does not take this method.",
    "409": "An event with this id stands already and says something else.",
    "411": "The body was sent without its length.",
    "413": "The body is larger than 1 MB.",
    "415": "The body is not JSON in UTF-8.",
    "422": "The event was refused; `errors` say why, field by field.",
}
_OF_READING = ("400", "401", "403", "404", "405", "415")
_OF_POSTING = (*_OF_READING, "411", "413", "422")
_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["code", "field", "text"],
    "properties": {
        "code": {"type": "string"},
        "field": {"type": "string"},
        "text": {"type": "string", "description": "What is wrong and what to do."},
    },
}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What was wrong and what to do about it (RFC 9457).",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Error"}},
    },
}
_ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "outcome", "event", "created", "time_disputed", "problems"],
    "properties": {
        "id": {"type": "string"},
        "outcome": {"enum": ["created", "duplicate", "conflict", "rejected"]},
        "event": {
            "type": ["string", "null"],
            "format": "uuid",
            "description": "The entry in the log.",
        },
        "created": {
            "type": ["object", "null"],
            "additionalProperties": {"type": "string", "format": "uuid"},
            "description": "The subject that the event brought into being, by its name.",
        },
        "time_disputed": {"type": "boolean"},
        "problems": {"type": "array", "items": {"$ref": "#/components/schemas/Error"}},
    },
}
_ANSWERS: dict[str, Any] = {
    "type": "object",
    "required": ["results"],
    "properties": {"results": {"type": "array", "items": {"$ref": "#/components/schemas/Answer"}}},
}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped
    """How a key is sent."""

    target_class = "tracker.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Describe the header."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "evt_<prefix>_<secret>"}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _kinds() -> dict[str, Any]:
    """Return the shape of the data of every kind that the API takes, by the name of the kind."""
    data_types: dict[str, Any] = {
        name: kind.data for name, kind in sorted(KINDS.items()) if right_for_kind(name)
    }
    components: dict[str, Any] = {}
    for name, data_type in (data_types | {CORRECTION_KIND: CORRECTION_DATA}).items():
        template = f"#/components/schemas/data.{name}.{{name}}"
        (top,), parts = msgspec.json.schema_components([data_type], ref_template=template)
        components |= {f"data.{name}.{part}": shape for part, shape in parts.items()}
        components[f"data.{name}"] = top
    return components


def _subjects_text(name: str) -> str:
    kind = KINDS.get(name)
    if kind is None:
        return "names the entry in `corrects` and says why in `reason`"
    needed = [each for each in (kind.unit, *kind.needs) if each and each != kind.creates]
    text = f"needs {', '.join(needed)}" if needed else "needs nothing"
    if kind.creates:
        text += f", creates {kind.creates}"
    return text + (f", may name {', '.join(kind.allows)}" if kind.allows else "")


def _events() -> dict[str, Any]:
    """Return the shapes of what is posted."""
    shapes, parts = msgspec.json.schema_components(
        [EventItem, SingleEvent, EventBatch], ref_template="#/components/schemas/{name}"
    )
    del shapes
    kinds = [*sorted(name for name in KINDS if right_for_kind(name)), CORRECTION_KIND]
    rows = "\n".join(f"- `{name}`: {_subjects_text(name)}; `data.{name}`" for name in kinds)
    for name in ("EventItem", "SingleEvent"):
        properties = parts[name]["properties"]
        properties["kind"] = {"enum": kinds, "description": f"Kinds and their subjects:\n{rows}"}
        properties["data"] = {
            "type": "object",
            "description": "As the schema `data.<kind>` of its kind says.",
        }
    parts["EventBatch"]["properties"]["events"]["items"] = _ref("EventItem")
    return parts


def _json(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": _ref(name)}}


def _describe_post(path: str, operation: dict[str, Any]) -> None:
    is_batch = path.endswith("/batch")
    operation["requestBody"] = {
        "required": True,
        "content": _json("EventBatch" if is_batch else "SingleEvent"),
    }
    answer = "Answers" if is_batch else "Answer"
    operation["responses"] = {
        "200": {
            "description": "An answer for each event" if is_batch else "A repeat; nothing changed",
            "content": _json(answer),
        }
    }
    if not is_batch:
        operation["responses"]["201"] = {"description": "Stored", "content": _json(answer)}


# Known to the parser of a parameter, unknown to the generator.
_LIMITS: dict[str, dict[str, Any]] = {
    "page": {"minimum": 1, "maximum": 999_999_999},
    "per_page": {"minimum": 1, "maximum": MAX_PER_PAGE},
}


def _limit(parameter: dict[str, Any]) -> None:
    shape = parameter["schema"]
    shape.pop("x-spec-enum-id", None)
    shape |= _LIMITS.get(parameter["name"], {})
    if parameter["in"] == "query" and set(shape) == {"type"} and shape["type"] == "string":
        shape |= {"maxLength": MAX_TEXT, "pattern": "^[^\\u0000]*$"}


def complete(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Add what the generator cannot know: posted bodies, kinds of event, and every refusal."""
    schemas = result["components"]["schemas"]
    schemas |= {"Error": _ERROR, "Problem": _PROBLEM, "Answer": _ANSWER, "Answers": _ANSWERS}
    schemas |= _events() | _kinds()
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                _limit(parameter)
            if method == "post":
                _describe_post(path, operation)
            codes = _OF_POSTING if method == "post" else _OF_READING
            for code in (*codes, "409") if path.endswith("/events") else codes:
                operation["responses"][code] = {
                    "description": _REFUSALS[code],
                    "content": {MEDIA_TYPE: {"schema": _ref("Problem")}},
                }
    return result


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Return the description; made once, since it depends on nothing but the code."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]  # published without types
    made: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # same
    return made


class SchemaView(APIView):
    """The description of this API; it needs no key."""

    authentication_classes = []
    permission_classes = []
    schema = None
    http_method_names = ["get", "head"]

    def get(self, request: Request) -> Response:
        """Answer with the OpenAPI document."""
        return Response(description())
