"""Clause 4.2: claim, assign, release, decide, withdraw."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api import claims, texts
from api.acts import ActDep
from api.auth import AUTHORITY, CallerDep, Role, allow
from api.cases import RequestDep
from api.deps import SessionsDep
from api.documentation import acting, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.schemas.actions import (
    AssignmentForm,
    ClaimAnswer,
    Colleague,
    DecisionAnswer,
    DecisionForm,
    TextForm,
    TextShown,
    WithdrawalForm,
)
from models import similar, store
from models.decisions import Decide, Decision, Ground, Outcome, Rejection, Withdraw
from models.terms import Clause
from workflows.review import ReviewWorkflow

router = APIRouter(prefix="/requests/{number}", tags=["Рассмотрение (п. 4.2)"])
people = APIRouter(tags=["Рассмотрение (п. 4.2)"])

_REVIEWING = ("not-found", "outcome-unknown", "stage-passed", "already-decided", "not-ready")
_REJECTED = (
    Rejection.OUTCOME_UNKNOWN,
    Rejection.GROUND_MISSING,
    Rejection.GROUND_NOT_ALLOWED,
    Rejection.MISSING_NOT_NAMED,
    Rejection.ANALOGUE_NOT_NAMED,
    Rejection.REASON_MISSING,
    Rejection.WHY_NOT_ANALOGUE_MISSING,
)


@router.post(
    "/claim",
    dependencies=[allow(*AUTHORITY)],
    response_model=ClaimAnswer,
    responses=acting("not-found", "already-claimed", "stage-passed"),
)
async def claim(request: RequestDep, post: PostDep) -> JSONResponse:
    """Взять запрос в работу. Решать могут и другие: это отметка, а не замок."""
    return await post.at_once(lambda session: claims.take(session, post, request))


@people.get("/reviewers", dependencies=[allow(*AUTHORITY)], responses=reading())
async def list_reviewers(caller: CallerDep, sessions: SessionsDep) -> list[Colleague]:
    """Кому вы можете назначить запрос: руководитель — всем рассматривающим, остальные — себе."""
    async with store.looking(sessions) as session:
        return await claims.colleagues(session, caller)


@router.post(
    "/assignment",
    dependencies=[allow(*AUTHORITY)],
    response_model=ClaimAnswer,
    responses=acting("not-found", "not-assignable", "already-claimed", "stage-passed"),
)
async def assign(form: AssignmentForm, request: RequestDep, post: PostDep) -> JSONResponse:
    """Назначить запрос: руководитель — любому рассматривающему, кто бы его ни взял; остальные — себе."""
    to = post.caller.key_id if form.to is None else form.to
    return await post.at_once(lambda session: claims.assign(session, post, request, to))


@router.post(
    "/release",
    dependencies=[allow(*AUTHORITY)],
    response_model=ClaimAnswer,
    responses=acting("not-found", "not-claimed", "stage-passed"),
)
async def release(request: RequestDep, post: PostDep) -> JSONResponse:
    """Снять с себя взятый в работу запрос."""
    return await post.at_once(lambda session: claims.give_back(session, post, request))


@router.post(
    "/decision",
    dependencies=[allow(*AUTHORITY)],
    response_model=DecisionAnswer,
    responses=acting(*_REVIEWING, *_REJECTED, "unknown-analogue"),
)
async def decide(form: DecisionForm, act: ActDep, sessions: SessionsDep) -> JSONResponse:
    """Решить: создать, или отказать с основанием п. 4.2 и причиной. Поздно — тоже решение."""
    await _check_analogue(sessions, act.number, form)
    command = Decide(
        outcome=Outcome(form.outcome),
        ground=form.ground,
        missing=tuple(form.missing),
        analogue=form.analogue or None,
        reason_id=act.text_id if form.reason else None,
        by=act.by,
    )
    return await act.on(
        Clause.REVIEW,
        ReviewWorkflow.decide,
        command,
        lambda decision: _answer(act.number, decision),
        text=form.reason,
    )


@router.post(
    "/withdrawal",
    dependencies=[allow(Role.AGENCY)],
    response_model=DecisionAnswer,
    responses=acting(*_REVIEWING),
)
async def withdraw(form: WithdrawalForm, act: ActDep) -> JSONResponse:
    """Отозвать свой запрос, пока решения нет."""
    return await act.on(
        Clause.REVIEW,
        ReviewWorkflow.withdraw,
        Withdraw(reason_id=act.text_id if form.reason else None, by=act.by),
        lambda decision: _answer(act.number, decision),
        text=form.reason,
    )


@router.post(
    "/texts",
    dependencies=[allow(*AUTHORITY)],
    status_code=201,
    response_model=TextShown,
    responses=acting("not-found"),
)
async def keep_text(form: TextForm, request: RequestDep, post: PostDep) -> JSONResponse:
    """Сохранить причину, которую затем назовёт сигнал `decision_received` по её номеру."""

    async def keep(session: AsyncSession) -> TextShown:
        await session.execute(texts.keeping(post, request.number, form.body))
        return TextShown(id=post.id)

    return await post.at_once(keep, status=201)


async def _check_analogue(sessions: store.Sessions, number: str, form: DecisionForm) -> None:
    """The analogue named exists already: among those that were found, or anywhere in the register."""
    if form.ground is not Ground.ANALOGUE or not form.analogue:
        return
    async with sessions.begin() as session:
        if not await similar.name_analogue(session, number, form.analogue):
            raise Problem("unknown-analogue")


def _answer(number: str, decision: Decision) -> DecisionAnswer:
    return DecisionAnswer(
        number=number,
        outcome=decision.outcome,
        ground=decision.ground,
        at=decision.at,
        late=decision.is_late,
    )
