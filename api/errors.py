"""How every error is answered: problem+json (RFC 9457) by the table of `api/problems.py`."""

import math
import traceback
from collections.abc import Sequence

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from api.headers import PRIVATE
from api.invalid import FieldProblem, field_problems
from api.problems import OF_PAGES, RETRY_AFTER_SECONDS, TABLE

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

IDEMPOTENCY_KEY = "Idempotency-Key"


class ProblemBody(BaseModel):
    """An error as it is sent (RFC 9457)."""

    type: str = Field(
        description="Постоянный тип ошибки, для программ.",
        json_schema_extra={"enum": [one for one in TABLE if one not in OF_PAGES]},
    )
    title: str
    status: int
    detail: str = Field(description="Что случилось и что делать, для людей.")
    fields: list[FieldProblem] = Field(
        default=[],
        description="Что не так, по полям; нет, если дело не в полях.",
        exclude_if=lambda fields: not fields,
    )


class Problem(Exception):
    """An answer other than the one hoped for.

    Args:
        type: A type of the table above.
        detail: Another text for people than the table's.
        fields: What is wrong, field by field.
        wait: Seconds to wait, when it is not the table's time.
    """

    def __init__(
        self, type: str, detail: str = "", fields: Sequence[FieldProblem] = (), *, wait: float = 0
    ) -> None:
        super().__init__(type)
        self.type = type
        self.kind = TABLE[type]
        self.detail = detail or self.kind.title
        self.fields = fields
        self.retry_after = math.ceil(wait) or RETRY_AFTER_SECONDS.get(type)

    def response(self) -> JSONResponse:
        body = ProblemBody(
            type=self.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            fields=list(self.fields),
        )
        headers = dict(PRIVATE)
        if self.retry_after:
            headers["Retry-After"] = str(self.retry_after)
        if self.kind.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(
            body.model_dump(), status_code=self.kind.status, headers=headers, media_type=MEDIA_TYPE
        )


def is_known(type: str | None) -> bool:
    """Whether a failure's type has its line in the table."""
    return type in TABLE


def install(app: FastAPI) -> None:
    """Put every exception behind the table."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    for unavailable in (OperationalError, InterfaceError, PoolTimeoutError):
        app.add_exception_handler(unavailable, _on_unavailable)
    app.add_exception_handler(Exception, _on_unexpected)


async def _on_problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return error.response()


async def _on_invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    if any(tuple(one["loc"]) == ("header", IDEMPOTENCY_KEY) for one in error.errors()):
        return Problem("idempotency-key-missing").response()
    return Problem("invalid", fields=field_problems(error.errors())).response()


async def on_http(_: Request, error: Exception) -> JSONResponse:
    """What the framework itself answers: no such path or method, a body that it can't read."""
    assert isinstance(error, HTTPException)
    by_status = {400: "invalid", 405: "method-not-allowed"}
    response = Problem(by_status.get(error.status_code, "not-found")).response()
    response.headers.update(error.headers or {})
    return response


async def _on_unavailable(request: Request, error: Exception) -> JSONResponse:
    log.warning("database unavailable", path=request.url.path, error=type(error).__name__)
    return Problem("unavailable").response()


async def _on_unexpected(request: Request, error: Exception) -> JSONResponse:
    """Where and what, never the error's text: it may quote a person's data."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.filename}:{last.lineno}"
    log.error("unexpected error", path=request.url.path, error=type(error).__name__, where=where)
    return Problem("internal").response()
