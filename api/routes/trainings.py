"""Clause 4.6: the owner sets a training up, prolongs it, closes it; the responsible may too."""

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from api import trainings
from api.auth import EVERYBODY, Role, allow
from api.courses import CourseDep
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, reading
from api.opening import OpeningDep
from api.schemas.fields import Named
from api.schemas.trainings import ClosingForm, ProlongationForm, TrainingForm, TrainingShown
from api.trainings import TrainingActDep, TrainingDep
from models.tables import TrainingRow
from models.training_steps import CloseEarly, Prolong, Refresh
from models.trainings import Stage
from workflows.training import TrainingWorkflow

router = APIRouter(tags=["Обучение (п. 4.6)"])

_OWNERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_ACTING = ("not-found", "outcome-unknown", "stage-passed", "not-ready", "already-over")


@router.post(
    "/courses/{course}/trainings",
    dependencies=_OWNERS,
    status_code=201,
    response_model=TrainingShown,
    responses=acting("not-found", "ends-before-start", "already-over", "too-long", "unknown-list"),
)
async def open_training(
    form: TrainingForm, course: CourseDep, opening: OpeningDep, settings: SettingsDep
) -> JSONResponse:
    """Назначить обучение. У одного курса их может быть несколько, и одновременно тоже."""
    at, by = datetime.now(UTC), opening.post.caller.actor
    return await opening.once(
        lambda session: trainings.open_one(
            session, course, form, by=by, at=at, read_from=settings.moodle_sites
        )
    )


@router.get(
    "/courses/{course}/trainings", dependencies=[allow(*EVERYBODY)], responses=reading("not-found", "invalid")
)
async def list_trainings(course: CourseDep, sessions: SessionsDep) -> list[TrainingShown]:
    """Обучения курса, новые первыми."""
    query = select(TrainingRow).where(col(TrainingRow.course) == course.id)
    async with sessions() as session:
        rows = (await session.scalars(query.order_by(col(TrainingRow.starts_on).desc()))).all()
        return [await trainings.shown(session, row) for row in rows]


@router.get(
    "/trainings/{number}", dependencies=[allow(*EVERYBODY)], responses=reading("not-found", "invalid")
)
async def show_training(training: TrainingDep, sessions: SessionsDep) -> TrainingShown:
    """Сроки и состояние обучения."""
    async with sessions() as session:
        return await trainings.shown(session, training)


@router.post(
    "/trainings/{number}/prolongation",
    dependencies=_OWNERS,
    response_model=TrainingShown,
    responses=acting(*_ACTING, "not-later", "too-long"),
)
async def prolong_training(form: ProlongationForm, act: TrainingActDep) -> JSONResponse:
    """Продлить обучение."""
    command = Prolong(ends_on=form.ends_on, by=act.post.caller.actor)
    return await act.once(TrainingWorkflow.prolong, command, lambda ends_on: {"ends_on": ends_on})


@router.post(
    "/trainings/{number}/closing",
    dependencies=_OWNERS,
    response_model=TrainingShown,
    responses=acting(*_ACTING),
)
async def close_training(form: ClosingForm, act: TrainingActDep) -> JSONResponse:
    """Закрыть обучение досрочно; до его начала — отменить."""
    text_id = str(act.post.id) if form.reason else None
    command = CloseEarly(by=act.post.caller.actor, text_id=text_id)
    return await act.once(
        TrainingWorkflow.close_early,
        command,
        lambda stage: {"state": Named.of(Stage(stage))},
        text=form.reason,
    )


@router.post(
    "/trainings/{number}/refresh",
    dependencies=_OWNERS,
    response_model=TrainingShown,
    responses=acting(*_ACTING, "results-are-imported"),
)
async def refresh_training(act: TrainingActDep) -> JSONResponse:
    """Прочитать результаты из Moodle сейчас; ответ не ждёт конца чтения."""
    return await act.once(TrainingWorkflow.refresh, Refresh(by=act.post.caller.actor), lambda _: {})
