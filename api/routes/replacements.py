"""Clause 4.8: the owner reports the end of powers and appoints; the successor accepts."""

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api import replacements
from api.auth import EVERYBODY, OPERATORS, Role, allow
from api.deps import SessionsDep
from api.documentation import acting, reading
from api.opening import OpeningDep
from api.replacements import AcceptDep, ReplacementActDep, SeenDep
from api.schemas.replacements import (
    ByHandForm,
    EmptyForm,
    MistakeForm,
    ReplacementForm,
    ReplacementShown,
    SuccessorForm,
)
from models.replacement import Accept, Appoint, ConfirmByHand, Inform, Withdraw
from workflows.replacement import ReplacementWorkflow

router = APIRouter(prefix="/replacements", tags=["Смена ответственного лица (п. 4.8)"])

_REPORTING = [allow(Role.AGENCY, *OPERATORS)]
_ACTING = ("not-found", "outcome-unknown", "stage-passed", "not-ready")


@router.post(
    "",
    dependencies=_REPORTING,
    status_code=201,
    response_model=ReplacementShown,
    responses=acting(
        "not-found",
        "powers-end-impossible",
        "nothing-to-replace",
        "owner-not-named",
        "already-reported",
        "successor-is-predecessor",
    ),
)
async def open_replacement(form: ReplacementForm, opening: OpeningDep) -> JSONResponse:
    """Сообщить о прекращении полномочий ответственного лица; Оператор — по признаку, что оно выбыло."""
    caller, at = opening.post.caller, datetime.now(UTC)
    return await opening.once(lambda session: replacements.open_one(session, form, caller, at=at))


@router.get("/{number}", dependencies=[allow(*EVERYBODY)], responses=reading("not-found", "invalid"))
async def show_replacement(row: SeenDep, sessions: SessionsDep) -> ReplacementShown:
    """Как идёт смена: кто сообщил, кто назначен, что снято."""
    async with sessions() as session:
        return await replacements.shown(session, row)


@router.post(
    "/{number}/report",
    dependencies=[allow(Role.AGENCY)],
    response_model=ReplacementShown,
    responses=acting(*_ACTING, "already-reported", "replacement-withdrawn"),
)
async def report_end_of_powers(form: EmptyForm, act: ReplacementActDep) -> JSONResponse:
    """Подтвердить прекращение полномочий в деле, которое открыл Оператор."""
    command = Inform(by=act.post.caller.actor)
    return await act.once(ReplacementWorkflow.inform, command, lambda: {"informed_at": datetime.now(UTC)})


@router.post(
    "/{number}/successor",
    dependencies=_REPORTING,
    response_model=ReplacementShown,
    responses=acting(*_ACTING, "already-appointed", "successor-is-predecessor", "replacement-withdrawn"),
)
async def appoint_successor(form: SuccessorForm, act: ReplacementActDep) -> JSONResponse:
    """Назначить новое ответственное лицо; Оператор вносит назначение, полученное на бумаге.

    Пока права не переходят, можно назначить другое.
    """
    by = act.post.caller.actor
    return await act.appoint(
        ReplacementWorkflow.appoint,
        # The owner's paper in the operator's hands tells of the end of powers as well.
        lambda successor: Appoint(successor=successor, by=by, informs=True),
        form,
    )


@router.post(
    "/{number}/withdrawal",
    dependencies=_REPORTING,
    response_model=ReplacementShown,
    responses=acting(*_ACTING, "powers-ended", "replacement-withdrawn"),
)
async def withdraw_report(form: MistakeForm, act: ReplacementActDep) -> JSONResponse:
    """Отозвать ошибочное сообщение, пока последний день полномочий не окончился: лицо остаётся."""
    command = Withdraw(by=act.post.caller.actor, text_id=str(act.post.id))
    return await act.once(
        ReplacementWorkflow.withdraw, command, lambda: {"withdrawn_at": datetime.now(UTC)}, text=form.reason
    )


@router.post(
    "/{number}/accept",
    dependencies=[allow(Role.RESPONSIBLE)],
    response_model=ReplacementShown,
    responses=acting(*_ACTING, "not-handed-over", "already-accepted", "not-the-successor"),
)
async def accept_courses(form: EmptyForm, act: AcceptDep) -> JSONResponse:
    """Новое ответственное лицо подтверждает, что приняло учебные курсы."""
    command = Accept(person=act.row.successor or 0, by=act.post.caller.actor)
    return await act.once(ReplacementWorkflow.accept, command, lambda: {"accepted_at": datetime.now(UTC)})


@router.post(
    "/{number}/by-hand",
    dependencies=[allow(*OPERATORS)],
    response_model=ReplacementShown,
    responses=acting(*_ACTING, "nothing-by-hand"),
)
async def confirm_by_hand(form: ByHandForm, act: ReplacementActDep) -> JSONResponse:
    """Оператор снял или назначил права в подсистеме вручную."""
    command = ConfirmByHand(work=form.work, subsystem=form.subsystem, by=act.post.caller.actor)
    return await act.once(ReplacementWorkflow.confirm_by_hand, command, dict)
