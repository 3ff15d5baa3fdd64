"""Clause 4.2: claim, release, decide, withdraw."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends
from fastapi.responses import JSONResponse

from api import claims, texts
from api.auth import AUTHORITY, Caller, Role, allow
from api.cases import visible
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.errors import Problem, responses
from api.idempotency import PostDep
from api.schemas.actions import (
    REFUSE_EXAMPLE,
    ClaimAnswer,
    DecisionAnswer,
    DecisionForm,
    TextForm,
    TextShown,
    WithdrawalForm,
)
from api.schemas.requests import Number
from api.updates import act
from models import ids, store
from models.analogues import Source
from models.decisions import Decide, Decision, Ground, Outcome, Withdraw
from models.tables import CandidateRow
from workflows.review import ReviewWorkflow

router = APIRouter(prefix="/requests/{number}", tags=["Рассмотрение (п. 4.2)"])

ReviewerDep = Annotated[Caller, Depends(allow(*AUTHORITY))]

_ACTING = ("not-found", "in-flight", "invalid", "outcome-unknown", "already-decided")


@router.post(
    "/claim", response_model=ClaimAnswer, responses=responses("not-found", "already-claimed", "invalid")
)
async def claim(number: Number, caller: ReviewerDep, post: PostDep) -> JSONResponse:
    """Взять запрос в работу. Решать могут и другие: это отметка, а не замок."""
    return await post.once(lambda: claims.take(post, number))


@router.post(
    "/release", response_model=ClaimAnswer, responses=responses("not-found", "not-claimed", "invalid")
)
async def release(number: Number, caller: ReviewerDep, post: PostDep) -> JSONResponse:
    """Снять с себя взятый в работу запрос."""
    return await post.once(lambda: claims.give_back(post, number))


@router.post(
    "/decision",
    response_model=DecisionAnswer,
    responses=responses(*_ACTING, "stage-passed", "ground-missing", "unknown-analogue"),
)
async def decide(
    number: Number,
    form: Annotated[DecisionForm, Body(examples=[REFUSE_EXAMPLE])],
    caller: ReviewerDep,
    post: PostDep,
    sessions: SessionsDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Решить: создать, или отказать с основанием п. 4.2 и причиной. Поздно — тоже решение."""
    await _check(sessions, caller, number, form)
    command = Decide(
        outcome=Outcome(form.outcome),
        ground=form.ground,
        missing=tuple(form.missing),
        analogue=form.analogue or None,
        reason_id=str(post.id) if form.reason else None,
        by=caller.actor,
    )

    async def work() -> DecisionAnswer:
        update = ReviewWorkflow.decide
        return _answer(number, await act(client, settings, ids.review_id(number), update, command, post))

    return await post.once(work, first=texts.keep(post, number, form.reason))


@router.post("/withdrawal", response_model=DecisionAnswer, responses=responses(*_ACTING, "stage-passed"))
async def withdraw(
    number: Number,
    form: WithdrawalForm,
    caller: Annotated[Caller, Depends(allow(Role.AGENCY))],
    post: PostDep,
    sessions: SessionsDep,
    client: TemporalDep,
    settings: SettingsDep,
) -> JSONResponse:
    """Отозвать свой запрос, пока решения нет."""
    async with sessions() as session:
        await visible(session, caller, number)
    command = Withdraw(reason_id=str(post.id) if form.reason else None, by=caller.actor)

    async def work() -> DecisionAnswer:
        update = ReviewWorkflow.withdraw
        return _answer(number, await act(client, settings, ids.review_id(number), update, command, post))

    return await post.once(work, first=texts.keep(post, number, form.reason))


@router.post("/texts", status_code=201, response_model=TextShown, responses=responses("not-found", "invalid"))
async def keep_text(
    number: Number, form: TextForm, caller: ReviewerDep, post: PostDep, sessions: SessionsDep
) -> JSONResponse:
    """Сохранить причину, которую затем назовёт сигнал `decision_received` по её номеру."""
    async with sessions() as session:
        await visible(session, caller, number)

    async def work() -> TextShown:
        return TextShown(id=post.id)

    return await post.once(work, first=texts.keep(post, number, form.body), status=201)


async def _check(sessions: store.Sessions, caller: Caller, number: str, form: DecisionForm) -> None:
    """The case is there, and the analogue named is one of those that were found."""
    async with sessions() as session:
        await visible(session, caller, number)
        if form.ground is Ground.ANALOGUE and form.analogue:
            candidate = await session.get(CandidateRow, (number, form.analogue))
            if candidate is None or candidate.source == Source.OPEN_REQUEST:
                raise Problem("unknown-analogue")


def _answer(number: str, decision: Decision) -> DecisionAnswer:
    return DecisionAnswer(
        number=number,
        outcome=decision.outcome,
        ground=decision.ground,
        at=decision.at,
        late=decision.is_late,
    )
