"""Every error of the API in one table: problem+json (RFC 9457) with a stable type.

The type is for machines; `detail` is for people, in Russian.
"""

import math
import traceback
from collections.abc import Sequence
from typing import NamedTuple

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
from models import certificates, enrolment, replacement, signup, trainings
from models.authoring import AuthoringRejection
from models.consultation import ConsultationRejection
from models.decisions import Rejection
from models.setup import SetupRejection

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"

IDEMPOTENCY_KEY = "Idempotency-Key"


class Kind(NamedTuple):
    """A line of the table."""

    status: int
    title: str


_REJECTIONS: dict[Rejection | SetupRejection, int] = {
    Rejection.ALREADY_DECIDED: 409,
    Rejection.NOT_READY: 409,
    Rejection.OUTCOME_UNKNOWN: 422,
    Rejection.GROUND_MISSING: 422,
    Rejection.GROUND_NOT_ALLOWED: 422,
    Rejection.MISSING_NOT_NAMED: 422,
    Rejection.ANALOGUE_NOT_NAMED: 422,
    Rejection.REASON_MISSING: 422,
    Rejection.WHY_NOT_ANALOGUE_MISSING: 422,
    SetupRejection.DONE_BY_ENGINE: 409,
    SetupRejection.ALREADY_CONFIRMED: 409,
    SetupRejection.NOT_ON_CHECKLIST: 422,
    SetupRejection.ORDER_DATE_KNOWN: 409,
    SetupRejection.ORDER_DATE_LATE: 409,
    SetupRejection.ORDER_DATE_IMPOSSIBLE: 422,
    SetupRejection.MADE_BY_HAND: 409,
    SetupRejection.NOTHING_TO_RETRY: 409,
}
"""What the rules reject, in the rules' own words."""

_REPLACEMENT = {
    replacement.Rejection.END_IMPOSSIBLE: 422,
    replacement.Rejection.SUCCESSOR_IS_PREDECESSOR: 422,
    replacement.Rejection.NOT_THE_SUCCESSOR: 422,
}

_DATES = {trainings.Rejection.ALREADY_OVER: 409}

_UNFIT = {certificates.Rejection.UNKNOWN_PARTICIPANT, certificates.Rejection.NAME_UNFIT}

TABLE: dict[str, Kind] = {
    "unauthenticated": Kind(401, "Нужен действующий ключ доступа."),
    "forbidden": Kind(403, "Эта роль не выполняет такое действие."),
    "foreign-form": Kind(
        403, "Форма устарела или отправлена не с нашей страницы: откройте страницу заново и повторите."
    ),
    "not-all-assigned": Kind(409, "Назначены не все запросы."),
    "sign-in-failed": Kind(403, "Поставщик входа не подтвердил, кто вы. Войдите ещё раз."),
    "no-role": Kind(
        403, "У вашей учётной записи нет роли или организации в СЭО ТО: обратитесь к администратору."
    ),
    "rate-limited": Kind(429, "Слишком много обращений: повторите через Retry-After секунд."),
    "not-found": Kind(404, "Не найдено."),
    "method-not-allowed": Kind(405, "Такое действие по этому адресу не предусмотрено."),
    "too-large": Kind(413, "Тело запроса больше 1 МиБ."),
    "invalid": Kind(422, "Данные заполнены неверно."),
    "idempotency-key-missing": Kind(
        400, "Нужен заголовок Idempotency-Key: от 1 до 200 печатных латинских символов."
    ),
    "idempotency-key-reused": Kind(422, "С этим Idempotency-Key уже отправлено другое."),
    "in-flight": Kind(409, "Такой же запрос сейчас выполняется, повторите позже."),
    "unknown-subsystem": Kind(422, "Такой подсистемы в СЭО ТО нет."),
    "unknown-category": Kind(422, "Такой категории в подсистеме нет."),
    "category-missing": Kind(422, "Укажите категорию, в которой создать курс."),
    "unknown-organisation": Kind(422, "Такой организации нет."),
    "unknown-previous": Kind(422, "Отклонённого запроса с таким номером у вашей организации нет."),
    "organisation-without-address": Kind(
        409, "У организации не указаны адреса для писем: администратору нужно их внести."
    ),
    "unknown-draft": Kind(422, "Такого черновика у вас нет: он подан или удалён."),
    "too-many-drafts": Kind(409, "Черновиков слишком много: удалите ненужные."),
    "already-claimed": Kind(409, "Запрос уже взял в работу другой сотрудник."),
    "not-assignable": Kind(422, "Этому сотруднику вы назначить запрос не можете."),
    "not-claimed": Kind(409, "Запрос не взят вами в работу."),
    "stage-passed": Kind(409, "Этот этап дела уже пройден."),
    **{rejection.value: Kind(status, rejection.russian) for rejection, status in _REJECTIONS.items()},
    "unknown-analogue": Kind(422, "Среди найденных аналогов такого нет."),
    "contacts-given": Kind(
        409,
        "Адрес электронной почты ответственного лица уже внесён. Исправить его можно, пока учётной записи нет"
        " у системы и письма на него не доходят; другое ответственное лицо — по п. 4.8.",
    ),
    "letter-without-address": Kind(
        409, "Отправить письмо некуда: сначала внесите адрес ответственного лица."
    ),
    "day-amended-already": Kind(409, "Этот день уже изменён: сначала отмените это изменение."),
    "day-unchanged": Kind(409, "Этот день и без того такой: изменять нечего."),
    "amendment-not-in-force": Kind(409, "Это изменение календаря уже отменено."),
    "own-key": Kind(409, "Свой ключ отзывает другой администратор."),
    "task-closed": Kind(409, "Задача уже закрыта."),
    "not-closable": Kind(409, "Эту задачу закроет её шаг: подтвердите работу или повторите его."),
    **{one.value: Kind(_DATES.get(one, 422), one.russian) for one in trainings.Rejection},
    **{one.value: Kind(_REPLACEMENT.get(one, 409), one.russian) for one in replacement.Rejection},
    "owner-not-named": Kind(
        422, "Лицо отвечает за курсы нескольких Владельцев: укажите, чьи полномочия прекращаются."
    ),
    AuthoringRejection.ALREADY_READY.value: Kind(409, AuthoringRejection.ALREADY_READY.russian),
    AuthoringRejection.PLANNED_DATE_PAST.value: Kind(422, AuthoringRejection.PLANNED_DATE_PAST.russian),
    AuthoringRejection.MOODLE_AWAY.value: Kind(503, AuthoringRejection.MOODLE_AWAY.russian),
    ConsultationRejection.CLOSED.value: Kind(409, ConsultationRejection.CLOSED.russian),
    **{one.value: Kind(409, one.russian) for one in signup.Rejection if one.value != "reason-missing"},
    "register-unchanged": Kind(409, "В реестре так и записано: изменять нечего."),
    "nobody-accepted": Kind(409, "Принятых заявок, которых ещё нет ни в одном списке, нет."),
    **{one.value: Kind(422 if one in _UNFIT else 409, one.russian) for one in certificates.Rejection},
    "unknown-list": Kind(422, "Такого списка Пользователей у этого курса нет."),
    "results-are-imported": Kind(409, "Подсистема без веб-сервисов: загрузите результаты файлом."),
    "results-are-read": Kind(409, "Результаты этого курса система читает сама, файл не нужен."),
    "unknown-training": Kind(422, "Такого обучения у этого курса нет."),
    "no-web-services": Kind(
        409, "Подсистема этого курса без веб-сервисов: Пользователей в ней регистрирует Оператор."
    ),
    **{one.value: Kind(409, one.russian) for one in enrolment.Rejection},
    "file-unreadable": Kind(422, "Файл прочитать нельзя, из него ничего не принято."),
    "course-without-address": Kind(409, "У курса нет адреса: Пользователям некуда обратиться."),
    "no-instruction-yet": Kind(409, "Инструкции пока нет: самостоятельная запись ещё не открыта."),
    "nobody-to-give-codes": Kind(
        409, "Код выдать некому: пароль уже выбран, или учётная запись создана не здесь."
    ),
    "slips-given": Kind(
        409, "Эти листки уже выданы, коды в них повторить нельзя. С новым Idempotency-Key будут новые коды."
    ),
    "no-signing-key": Kind(
        409, "Подписать файл дела нечем: администратору нужно задать ключ SEO_SIGNING_KEY."
    ),
    "outcome-unknown": Kind(
        503, "Ответа пока нет, но действие может быть выполнено: повторите с тем же Idempotency-Key."
    ),
    "unavailable": Kind(503, "Сервис временно недоступен, повторите позже."),
    "internal": Kind(500, "Непредвиденная ошибка; она записана и будет разобрана."),
}

OF_PAGES = ("foreign-form", "not-all-assigned", "sign-in-failed", "no-role")
"""What only pages answer."""

RETRY_AFTER_SECONDS = {
    "outcome-unknown": 5,
    "unavailable": 5,
    "moodle-away": 30,
    "in-flight": 5,
    "not-ready": 2,
    "rate-limited": 1,
}
"""When to try again; other problems don't go away by waiting."""


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
