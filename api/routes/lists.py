"""Lists of courses, trainings and replacements, each by the rule that shows a single one."""

from typing import Annotated

from fastapi import APIRouter, Query

from api import lists
from api.auth import EVERYBODY, CallerDep, allow
from api.deps import SessionsDep
from api.documentation import reading
from api.lists import AskedDep
from api.schemas.authoring import CoursePage
from api.schemas.replacements import ReplacementPage
from api.schemas.trainings import TrainingPage
from models.trainings import Stage

router = APIRouter()

_ANYBODY = [allow(*EVERYBODY)]
_READING = reading("invalid")


@router.get("/courses", dependencies=_ANYBODY, responses=_READING, tags=["Формирование курса (п. 4.4)"])
async def list_courses(caller: CallerDep, sessions: SessionsDep, asked: AskedDep) -> CoursePage:
    """Учебные курсы реестра, новые первыми: чьи они и готовы ли."""
    async with sessions() as session:
        return await lists.course_page(session, caller, asked)


@router.get("/trainings", dependencies=_ANYBODY, responses=_READING, tags=["Обучение (п. 4.6)"])
async def list_all_trainings(
    caller: CallerDep,
    sessions: SessionsDep,
    asked: AskedDep,
    state: Annotated[list[Stage], Query(max_length=len(Stage))] = [],  # noqa: B006 - never changed
) -> TrainingPage:
    """Обучения на всех курсах, начинающиеся позже — первыми."""
    async with sessions() as session:
        return await lists.training_page(session, caller, asked, state)


@router.get(
    "/replacements",
    dependencies=_ANYBODY,
    responses=_READING,
    tags=["Смена ответственного лица (п. 4.8)"],
)
async def list_replacements(
    caller: CallerDep,
    sessions: SessionsDep,
    asked: AskedDep,
    open: Annotated[bool | None, Query(description="Только открытые дела или только закрытые.")] = None,
) -> ReplacementPage:
    """Дела о смене ответственных лиц, новые первыми. Назначенное лицо видит свои."""
    async with sessions() as session:
        return await lists.replacement_page(session, caller, asked, is_open=open)
