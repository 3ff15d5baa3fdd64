"""Clause 4.3: what the operator does, and the particulars that the agency adds."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from api import contacts, texts
from api.auth import AUTHORITY, OPERATORS, Caller, Role, allow
from api.cases import visible
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.errors import responses
from api.idempotency import PostDep
from api.schemas.actions import (
    ConfirmationForm,
    ContactForm,
    Done,
    ObstacleForm,
    OrderReceivedForm,
    ProgressAnswer,
)
from api.schemas.requests import Number
from api.updates import act
from models import ids, store
from models.setup import ConfirmSetup, OrderReceived, Progress, ReportObstacle, TryAgain
from workflows.setup import SetupWorkflow

router = APIRouter(prefix="/requests/{number}", tags=["Исполнение (п. 4.3)"])

OperatorDep = Annotated[Caller, Depends(allow(*OPERATORS))]

_ACTING = ("not-found", "in-flight", "invalid", "outcome-unknown", "stage-passed")


@router.post(
    "/setup/confirmation",
    response_model=ProgressAnswer,
    responses=responses(*_ACTING, "done-by-engine", "not-on-checklist"),
)
async def confirm(
    number: Number,
    form: ConfirmationForm,
    caller: OperatorDep,
    post: PostDep,
    sessions: SessionsDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Отметить выполненное вручную. Последняя отметка завершает исполнение."""
    await _find(sessions, caller, number)
    command = ConfirmSetup(done=tuple(form.done), url_id=str(post.id) if form.url else None, by=caller.actor)

    async def work() -> ProgressAnswer:
        update = SetupWorkflow.confirm_setup
        progress: Progress = await act(client, settings, ids.setup_id(number), update, command, post)
        return ProgressAnswer(done=list(progress.done), left=list(progress.left))

    return await post.once(work, first=texts.keep(post, number, form.url or ""))


@router.post("/setup/obstacle", response_model=Done, responses=responses(*_ACTING))
async def report_obstacle(
    number: Number,
    form: ObstacleForm,
    caller: OperatorDep,
    post: PostDep,
    sessions: SessionsDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Сообщить о препятствии: узнает Уполномоченный орган, срок продолжает идти."""
    await _find(sessions, caller, number)
    command = ReportObstacle(text_id=str(post.id), by=caller.actor)

    async def work() -> Done:
        await act(client, settings, ids.setup_id(number), SetupWorkflow.report_obstacle, command, post)
        return Done(number=number)

    return await post.once(work, first=texts.keep(post, number, form.text))


@router.post("/setup/retry", response_model=Done, responses=responses(*_ACTING))
async def try_again(
    number: Number,
    caller: OperatorDep,
    post: PostDep,
    sessions: SessionsDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Попросить систему попробовать в Moodle ещё раз."""
    await _find(sessions, caller, number)
    command = TryAgain(by=caller.actor)

    async def work() -> Done:
        await act(client, settings, ids.setup_id(number), SetupWorkflow.try_again, command, post)
        return Done(number=number)

    return await post.once(work)


@router.post(
    "/setup/order",
    response_model=Done,
    responses=responses(*_ACTING, "order-date-known", "order-date-impossible"),
)
async def order_received(
    number: Number,
    form: OrderReceivedForm,
    caller: OperatorDep,
    post: PostDep,
    sessions: SessionsDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Внести дату поступления запроса Оператору, где работа ведётся вручную; срок пойдёт от неё."""
    await _find(sessions, caller, number)
    command = OrderReceived(order_received_on=form.order_received_on, by=caller.actor)

    async def work() -> Done:
        await act(client, settings, ids.setup_id(number), SetupWorkflow.order_received, command, post)
        return Done(number=number)

    return await post.once(work)


@router.post("/responsible", response_model=Done, responses=responses("not-found", "invalid", "stage-passed"))
async def add_contacts(
    number: Number,
    form: ContactForm,
    caller: Annotated[Caller, Depends(allow(Role.AGENCY, *AUTHORITY))],
    post: PostDep,
    sessions: SessionsDep,
) -> JSONResponse:
    """Дополнить сведения об ответственном лице: должность, почту, телефон."""
    await _find(sessions, caller, number)
    return await post.once(lambda: contacts.add(post, number, form))


async def _find(sessions: store.Sessions, caller: Caller, number: str) -> None:
    async with sessions() as session:
        await visible(session, caller, number)
