"""Clause 4.3: what the operator does, and the particulars of the responsible that are added."""

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api import contacts
from api.acts import Act, ActDep
from api.auth import AUTHORITY, OPERATORS, Role, allow
from api.cases import RequestDep
from api.deps import SettingsDep, TemporalDep
from api.documentation import acting
from api.idempotency import PostDep
from api.schemas.actions import (
    ConfirmationForm,
    ContactForm,
    Done,
    ObstacleForm,
    OrderReceivedForm,
    ProgressAnswer,
)
from api.schemas.fields import Named
from models.deadlines import local_date
from models.setup import ConfirmSetup, OrderReceived, ReportObstacle, TryAgain
from models.terms import Clause
from workflows.setup import SetupWorkflow

router = APIRouter(prefix="/requests/{number}", tags=["Исполнение (п. 4.3)"])

_SETTING_UP = ("not-found", "outcome-unknown", "stage-passed", "not-ready")


@router.post(
    "/setup/confirmation",
    dependencies=[allow(*OPERATORS)],
    response_model=ProgressAnswer,
    responses=acting(*_SETTING_UP, "done-by-engine", "already-confirmed", "not-on-checklist"),
)
async def confirm(form: ConfirmationForm, act: ActDep) -> JSONResponse:
    """Отметить выполненное вручную. Последняя отметка завершает исполнение."""
    return await act.on(
        Clause.SETUP,
        SetupWorkflow.confirm_setup,
        ConfirmSetup(done=tuple(form.done), url_id=act.text_id if form.url else None, by=act.by),
        lambda progress: ProgressAnswer(
            done=[Named.of(check) for check in progress.done],
            left=[Named.of(check) for check in progress.left],
        ),
        text=form.url or "",
    )


@router.post(
    "/setup/obstacle",
    dependencies=[allow(*OPERATORS)],
    response_model=Done,
    responses=acting(*_SETTING_UP),
)
async def report_obstacle(form: ObstacleForm, act: ActDep) -> JSONResponse:
    """Сообщить о препятствии: узнает Уполномоченный орган, срок продолжает идти."""
    command = ReportObstacle(text_id=act.text_id, by=act.by)
    return await _done(act, SetupWorkflow.report_obstacle, command, text=form.text)


@router.post(
    "/setup/retry",
    dependencies=[allow(*OPERATORS)],
    response_model=Done,
    responses=acting(*_SETTING_UP, "made-by-hand", "nothing-to-retry"),
)
async def try_again(act: ActDep) -> JSONResponse:
    """Попросить систему попробовать в Moodle ещё раз."""
    return await _done(act, SetupWorkflow.try_again, TryAgain(by=act.by))


@router.post(
    "/setup/order",
    dependencies=[allow(*OPERATORS)],
    response_model=Done,
    responses=acting(*_SETTING_UP, "order-date-known", "order-date-late", "order-date-impossible"),
)
async def order_received(form: OrderReceivedForm, act: ActDep) -> JSONResponse:
    """Внести дату поступления запроса Оператору, где работа ведётся вручную; срок пойдёт от неё."""
    day = form.order_received_on or local_date(datetime.now(UTC))
    command = OrderReceived(order_received_on=day, by=act.by)
    return await _done(act, SetupWorkflow.order_received, command)


@router.post(
    "/responsible",
    dependencies=[allow(Role.AGENCY, *AUTHORITY, *OPERATORS)],
    response_model=Done,
    responses=acting("not-found", "stage-passed", "contacts-given"),
)
async def add_contacts(
    form: ContactForm, request: RequestDep, post: PostDep, client: TemporalDep, settings: SettingsDep
) -> JSONResponse:
    """Внести или исправить должность, почту, телефон ответственного лица, в том числе после исполнения.

    Письма, которым не хватало адреса, отправляются заново.
    """
    return await contacts.add(post, request.number, form, client, settings.task_queue)


async def _done(act: Act, update: object, command: object, *, text: str = "") -> JSONResponse:
    return await act.on(Clause.SETUP, update, command, lambda _: Done(number=act.number), text=text)
