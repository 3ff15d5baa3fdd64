"""«Запись на обучение» for learners (Appendix 1): what the training is, the form, the answer."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from fastapi import Request, Response
from pydantic import ValidationError

from api import sign_ups
from api.deps import SessionsDep
from api.errors import Problem
from api.invalid import field_problems
from api.pages.frame import public_router, show
from api.pages.visitors import AnybodyDep, Form, FormDep
from api.schemas.sign_ups import ApplicationForm
from api.sign_ups import PublicTrainingDep, TellingDep
from models import store
from models.signup import Standing
from models.tables import TrainingRow

router = public_router()

_PAGE = "/sign-up/{number}"
_FIELDS = ("surname", "first_name", "patronymic", "email", "organisation", "post")


@router.get(_PAGE)
async def sign_up_page(
    http: Request, training: PublicTrainingDep, visitor: AnybodyDep, sessions: SessionsDep
) -> Response:
    """Open to everybody, counted as those without a key are; says when only the waiting list is left."""
    return await _show(http, training, sessions)


@router.post(_PAGE)
async def sign_up(
    http: Request, training: PublicTrainingDep, form: FormDep, sessions: SessionsDep, telling: TellingDep
) -> Response:
    """By the function of `POST /sign-up/{number}`; what was typed stays when it is not accepted."""
    try:
        application = _application(form)
        async with sessions.begin() as session:
            answer = await sign_ups.sign_up(session, training.number, application, datetime.now(UTC))
    except Problem as problem:
        return await _show(http, training, sessions, typed=form, problem=problem)
    response = await _show(http, training, sessions, standing=Standing(answer.standing.code))
    response.background = telling.of(training.number)
    return response


def _application(form: Form) -> ApplicationForm:
    try:
        return ApplicationForm(**{name: form.text(name) for name in _FIELDS})
    except ValidationError as error:
        raise Problem("invalid", fields=_named(error)) from None


def _named(error: ValidationError) -> Any:
    """The API's errors begin with `body`."""
    return field_problems([{**one, "loc": ("body", *one["loc"])} for one in error.errors()])


async def _show(
    http: Request,
    training: TrainingRow,
    sessions: SessionsDep,
    *,
    typed: Form | None = None,
    problem: Problem | None = None,
    standing: Standing | None = None,
) -> Response:
    async with store.looking(sessions) as session:
        shown = await sign_ups.shown(session, training, datetime.now(UTC))
    return show(
        http,
        "sign_up.html",
        title=f"Запись на обучение «{training.title}»",
        training=shown,
        standing=standing.russian if standing else "",
        applies=standing is Standing.APPLIED,
        waits=standing is Standing.WAITING,
        typed=typed,
        problem=problem,
        wrong=defaultdict(str, {one.field: one.detail for one in problem.fields} if problem else {}),
    )
