"""The OpenAPI document: what each route may answer, in Russian, and every problem's type."""

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.errors import MEDIA_TYPE, ProblemBody
from api.problems import RETRY_AFTER_SECONDS, TABLE

Answers = dict[int | str, dict[str, Any]]

_SCHEMAS = "#/components/schemas/"
_ALWAYS = ("unauthenticated", "forbidden", "rate-limited", "unavailable", "internal")
_ACTING = ("too-large", "invalid", "idempotency-key-missing", "idempotency-key-reused", "in-flight")


def reading(*types: str) -> Answers:
    """What a GET under a key may answer beside its success."""
    return problems(*_ALWAYS, *types)


def asking(*types: str) -> Answers:
    """What a POST that changes nothing may answer beside its success."""
    return problems(*_ALWAYS, "too-large", "invalid", *types)


def acting(*types: str) -> Answers:
    """What a POST under an Idempotency-Key may answer beside its success."""
    return problems(*_ALWAYS, *_ACTING, *types)


def problems(*types: str) -> Answers:
    """Problems by status, each status with its types."""
    by_status = sorted(dict.fromkeys(types), key=lambda one: TABLE[one].status)
    return {
        status: _answer(tuple(group))
        for status, group in groupby(by_status, key=lambda one: TABLE[one].status)
    }


def _answer(types: tuple[str, ...]) -> dict[str, Any]:
    """One status: its types, and when to try again where waiting helps."""
    answer: dict[str, Any] = {
        "description": "\n\n".join(f"`{one}` — {TABLE[one].title}" for one in types),
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMAS}{ProblemBody.__name__}"}}},
    }
    if waiting := [one for one in types if one in RETRY_AFTER_SECONDS]:
        answer["headers"] = {"Retry-After": _retry_after(waiting)}
    return answer


def _retry_after(types: list[str]) -> dict[str, Any]:
    return {
        "description": f"Через сколько секунд повторить: {', '.join(f'`{one}`' for one in types)}.",
        "schema": {"type": "integer", "minimum": 1},
    }


def install(app: FastAPI) -> None:
    """Serve this document instead of the framework's own."""
    app.openapi = partial(_document, app)  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        document["components"]["schemas"] |= _problem_schemas()
        for operation in _operations(document):
            operation["summary"] = operation.pop("description")
        app.openapi_schema = document
    return app.openapi_schema


def _problem_schemas() -> dict[str, Any]:
    _, schema = models_json_schema([(ProblemBody, "serialization")], ref_template=f"{_SCHEMAS}{{model}}")
    return dict(schema["$defs"])


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()
