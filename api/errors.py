"""Every error of the API in one table: problem+json (RFC 9457) with a stable type.

The type is for machines; `detail` is for people, in Russian.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"


class _Kind(NamedTuple):
    status: int
    title: str


_TABLE: dict[str, _Kind] = {
    "unauthenticated": _Kind(401, "Нужен действующий ключ доступа."),
    "forbidden": _Kind(403, "Эта роль не выполняет такое действие."),
    "not-found": _Kind(404, "Не найдено."),
    "method-not-allowed": _Kind(405, "Такое действие по этому адресу не предусмотрено."),
    "too-large": _Kind(413, "Тело запроса больше 1 МиБ."),
    "invalid": _Kind(422, "Данные заполнены неверно."),
    "idempotency-key-missing": _Kind(400, "Нужен заголовок Idempotency-Key (до 200 символов)."),
    "idempotency-key-reused": _Kind(422, "С этим Idempotency-Key уже отправлено другое."),
    "in-flight": _Kind(409, "Такой же запрос сейчас выполняется, повторите позже."),
    "unknown-subsystem": _Kind(422, "Такой подсистемы в СЭО ТО нет."),
    "unknown-category": _Kind(422, "Такой категории в подсистеме нет."),
    "category-missing": _Kind(422, "Укажите категорию, в которой создать курс."),
    "unknown-organisation": _Kind(422, "Такой организации нет."),
    "unknown-previous": _Kind(422, "Отклонённого запроса с таким номером у вашей организации нет."),
    "organisation-without-address": _Kind(
        409, "У организации не указаны адреса для писем: администратору нужно их внести."
    ),
    "already-claimed": _Kind(409, "Запрос уже взял в работу другой сотрудник."),
    "not-claimed": _Kind(409, "Запрос не взят вами в работу."),
    "stage-passed": _Kind(409, "Этот этап дела уже пройден."),
    "already-decided": _Kind(409, "По запросу уже принято решение."),
    "not-ready": _Kind(409, "Дело ещё не готово к этому действию, повторите через несколько секунд."),
    "outcome-not-allowed": _Kind(422, "Решением может быть только создание или отказ."),
    "ground-missing": _Kind(422, "Укажите основание отказа (п. 4.2 Регламента)."),
    "ground-not-allowed": _Kind(422, "Такое основание п. 4.2 Регламента не предусматривает."),
    "missing-not-named": _Kind(422, "Укажите, какой информации нет в запросе."),
    "analogue-not-named": _Kind(422, "Укажите, какая аналогичная категория или курс уже созданы."),
    "unknown-analogue": _Kind(422, "Среди найденных аналогов такого нет."),
    "reason-missing": _Kind(422, "Укажите причину отказа: она направляется инициатору."),
    "why-not-analogue-missing": _Kind(422, "Найден похожий курс: укажите, почему не аналогична."),
    "done-by-engine": _Kind(409, "Работу выполняет система, подтверждать нечего."),
    "already-confirmed": _Kind(409, "Работа уже подтверждена."),
    "not-on-checklist": _Kind(422, "Отметьте пункты из перечня работ по этому запросу."),
    "order-date-known": _Kind(409, "Дата поступления известна: запрос передан системой."),
    "order-date-impossible": _Kind(422, "Дата поступления — от даты решения до сегодняшнего дня."),
    "task-closed": _Kind(409, "Задача уже закрыта."),
    "not-closable": _Kind(409, "Эту задачу закроет её шаг: подтвердите работу или повторите его."),
    "outcome-unknown": _Kind(
        503, "Ответа пока нет, но действие может быть выполнено: повторите с тем же Idempotency-Key."
    ),
    "unavailable": _Kind(503, "Сервис временно недоступен, повторите позже."),
    "internal": _Kind(500, "Непредвиденная ошибка; она записана и будет разобрана."),
}

_RETRY_AFTER_SECONDS = {"outcome-unknown": 5, "unavailable": 5, "in-flight": 5, "not-ready": 2}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(examples=["responsible.email"])
    detail: str


class ProblemBody(BaseModel):
    """An error as it is sent (RFC 9457)."""

    type: str = Field(examples=["already-decided"], description="Stable; for machines.")
    title: str
    status: int
    detail: str = Field(description="In Russian, for people.")
    fields: list[FieldProblem] = []


class Problem(Exception):
    """An answer other than the one hoped for.

    Args:
        type: A type of the table above.
        detail: Another text for people than the table's.
        fields: What is wrong, field by field.
    """

    def __init__(self, type: str, detail: str = "", fields: Sequence[FieldProblem] = ()) -> None:
        super().__init__(type)
        self.type = type
        self.kind = _TABLE[type]
        self.detail = detail or self.kind.title
        self.fields = fields

    def response(self) -> JSONResponse:
        body = ProblemBody(
            type=self.type,
            title=self.kind.title,
            status=self.kind.status,
            detail=self.detail,
            fields=list(self.fields),
        )
        headers = {}
        if seconds := _RETRY_AFTER_SECONDS.get(self.type):
            headers["Retry-After"] = str(seconds)
        if self.kind.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return JSONResponse(
            body.model_dump(), status_code=self.kind.status, headers=headers, media_type=MEDIA_TYPE
        )


def is_known(type: str | None) -> bool:
    """Whether a failure's type has its line in the table."""
    return type in _TABLE


def responses(*types: str) -> dict[int | str, dict[str, Any]]:
    """What a route may answer beside its success, for the OpenAPI document."""
    statuses = {_TABLE[one].status for one in types}
    return {status: {"model": ProblemBody, "content": {MEDIA_TYPE: {}}} for status in sorted(statuses)}


def install(app: FastAPI) -> None:
    """Put every exception behind the table."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    for unavailable in (OperationalError, InterfaceError, PoolTimeoutError):
        app.add_exception_handler(unavailable, _on_unavailable)
    app.add_exception_handler(Exception, _on_unexpected)


async def _on_problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return error.response()


async def _on_invalid(_: Request, error: Exception) -> JSONResponse:
    """Field by field; never the value, which may be a person's."""
    assert isinstance(error, RequestValidationError)
    fields = [
        FieldProblem(field=".".join(str(part) for part in one["loc"][1:]), detail=_in_russian(one))
        for one in error.errors()
    ]
    return Problem("invalid", fields=fields).response()


async def _on_http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    by_status = {401: "unauthenticated", 403: "forbidden", 405: "method-not-allowed", 413: "too-large"}
    return Problem(by_status.get(error.status_code, "not-found")).response()


async def _on_unavailable(request: Request, error: Exception) -> JSONResponse:
    log.warning("database unavailable", path=request.url.path, error=type(error).__name__)
    return Problem("unavailable").response()


async def _on_unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", path=request.url.path, error=type(error).__name__)
    return Problem("internal").response()


_IN_RUSSIAN = {
    "missing": "поле обязательно",
    "extra_forbidden": "такого поля нет",
    "string_too_long": "слишком длинно",
    "string_too_short": "слишком коротко",
    "string_type": "нужна строка",
    "string_pattern_mismatch": "недопустимый вид",
    "enum": "нет такого значения",
    "literal_error": "нет такого значения",
    "json_invalid": "это не JSON",
    "too_long": "слишком много элементов",
    "too_short": "слишком мало элементов",
    "bool_parsing": "нужно true или false",
    "int_parsing": "нужно целое число",
    "uuid_parsing": "нужен UUID",
}


def _in_russian(error: Any) -> str:
    kind = str(error["type"])
    if kind.startswith("date"):
        return "нужна дата в виде ГГГГ-ММ-ДД"
    if kind == "value_error":
        reason = error.get("ctx", {}).get("error")
        return str(reason) if isinstance(reason, RussianValueError) else "недопустимое значение"
    return _IN_RUSSIAN.get(kind, "недопустимое значение")


class RussianValueError(ValueError):
    """A validator's complaint that people may read: in Russian, without the value."""
