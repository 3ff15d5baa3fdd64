"""«Запись на обучение» (Appendix 1): anybody signs up, the responsible or the owner decides."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api import sign_ups
from api.auth import Role, allow
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, problems, reading
from api.idempotency import PostDep
from api.opening import OpeningDep
from api.schemas.enrolments import EnrolmentShown
from api.schemas.fields import RowId
from api.schemas.sign_ups import (
    ApplicationAnswer,
    ApplicationForm,
    Applications,
    ApplicationShown,
    DeclineForm,
    SignUpShown,
)
from api.schemas.trainings import SignUpForm
from api.sign_ups import PublicTrainingDep, TellingDep
from api.trainings import TrainingDep
from models import store
from models.signup import SignUp, Standing

router = APIRouter(prefix="/trainings/{number}", tags=["Запись на обучение"])
public = APIRouter(prefix="/sign-up/{number}", tags=["Запись на обучение"])

_OWNERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_ALWAYS = ("not-found", "invalid", "rate-limited", "unavailable", "internal")


@public.get("", responses=problems(*_ALWAYS))
async def show_sign_up(training: PublicTrainingDep, sessions: SessionsDep) -> SignUpShown:
    """Обучение, на которое идёт запись: места, лист ожидания, последний день. Ключ не нужен."""
    async with store.looking(sessions) as session:
        return await sign_ups.shown(session, training, datetime.now(UTC))


@public.post(
    "",
    status_code=201,
    response_model=ApplicationAnswer,
    responses=problems(*_ALWAYS, "too-large", "sign-up-closed", "already-signed-up", "declined-before"),
)
async def sign_up(
    form: ApplicationForm, training: PublicTrainingDep, sessions: SessionsDep, telling: TellingDep
) -> JSONResponse:
    """Записаться. Ключ не нужен; повтор той же заявки безопасен. Ответ придёт и письмом."""
    async with sessions.begin() as session:
        answer = await sign_ups.sign_up(session, training.number, form, datetime.now(UTC))
    response = JSONResponse(answer.model_dump(mode="json"), status_code=201)
    return sign_ups.told(response, telling.of(training.number))


@router.post(
    "/sign-up",
    dependencies=_OWNERS,
    response_model=SignUpShown,
    responses=acting("not-found", "already-over"),
)
async def open_sign_up(
    form: SignUpForm, training: TrainingDep, post: PostDep, telling: TellingDep
) -> JSONResponse:
    """Открыть запись или изменить места и последний день; освободившиеся места — листу ожидания."""
    rules, at = SignUp(places=form.places, closes_on=form.until), datetime.now(UTC)
    response = await post.at_once(
        lambda session: sign_ups.open_sign_up(session, training.number, rules, at, post.caller.actor)
    )
    return sign_ups.told(response, telling.of(training.number))


@router.get("/sign-ups", dependencies=_OWNERS, responses=reading("not-found", "invalid"))
async def list_sign_ups(
    training: TrainingDep,
    sessions: SessionsDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    standing: Standing | None = None,
) -> Applications:
    """Заявки в порядке записи."""
    async with store.looking(sessions) as session:
        rows = await sign_ups.listed(session, training.number, after, limit, standing)
    items = [sign_ups.application_shown(row) for row in rows]
    return Applications(items=items, next_after=items[-1].id if len(items) == limit else None)


@router.post(
    "/sign-ups/enrolment",
    dependencies=_OWNERS,
    status_code=201,
    response_model=EnrolmentShown,
    responses=acting("not-found", "already-over", "no-web-services", "nobody-accepted"),
)
async def enrol_accepted(training: TrainingDep, opening: OpeningDep, settings: SettingsDep) -> JSONResponse:
    """Составить из принятых список Пользователей (п. 4.5): дальше план и регистрация, как у файла.

    В список попадают принятые, которых нет ни в одном списке; кто принят потом — в следующий. Участники
    обучения с этого времени — Пользователи его списков, а не все Пользователи курса.
    """
    by = opening.post.caller.actor
    return await opening.once(lambda session: sign_ups.enrol(session, training.number, settings, by))


@router.post(
    "/sign-ups/{application}/acceptance",
    dependencies=_OWNERS,
    response_model=ApplicationShown,
    responses=acting("not-found", "already-over", "not-pending", "no-places"),
)
async def accept_sign_up(
    application: RowId, training: TrainingDep, post: PostDep, telling: TellingDep
) -> JSONResponse:
    """Принять заявку: человеку уйдёт письмо. Принятые попадают в список Пользователей (п. 4.5)."""
    at, by = datetime.now(UTC), post.caller.actor
    response = await post.at_once(
        lambda session: sign_ups.decide(session, training.number, application, at, by)
    )
    return sign_ups.told(response, telling.of(training.number))


@router.post(
    "/sign-ups/{application}/refusal",
    dependencies=_OWNERS,
    response_model=ApplicationShown,
    responses=acting("not-found", "already-over", "not-pending"),
)
async def decline_sign_up(
    form: DeclineForm, application: RowId, training: TrainingDep, post: PostDep, telling: TellingDep
) -> JSONResponse:
    """Отклонить заявку с причиной, которую прочтёт человек; место достаётся листу ожидания."""
    at, by = datetime.now(UTC), post.caller.actor
    response = await post.at_once(
        lambda session: sign_ups.decide(session, training.number, application, at, by, form.reason)
    )
    return sign_ups.told(response, telling.of(training.number))
