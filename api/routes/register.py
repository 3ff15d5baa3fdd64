"""Appendix 1 as it lives: subsystems, categories, courses; as it stood on a day; how it came to be so."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api import appendix, changing, files, standing
from api.auth import AUTHORITY, EVERYBODY, OPERATORS, STAFF, Caller, CallerDep, allow
from api.deps import SessionsDep, SettingsDep
from api.documentation import acting, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.schemas.fields import Day, RowId
from api.schemas.records import CategoryShown, CourseShown, OrganisationShown, SubsystemShown
from api.schemas.register import ChangeForm, ChangeShown, HistoryShown
from api.standing import Standing
from models.deadlines import local_date
from models.settings import Settings
from models.tables import Category, Course, Subsystem
from reports import register_pdf

router = APIRouter(prefix="/register", tags=["Реестр (Приложение № 1)"])

OnDay = Annotated[
    Day | None, Query(description="Каким реестр был в конце этого дня; без него — каков сейчас.")
]


@router.get("", dependencies=[allow(*EVERYBODY)], responses=reading("invalid"))
async def register(
    caller: CallerDep, sessions: SessionsDep, settings: SettingsDep, on: OnDay = None
) -> list[SubsystemShown]:
    """Состав СЭО ТО: подсистемы, категории, курсы и их владельцы."""
    async with sessions() as session:
        stands = await standing.read(session, on)
    shelves = _Shelves(caller, settings, stands)
    return [shelves.subsystem(one) for one in stands.subsystems]


@router.get(
    "/courses/{course}/history", dependencies=[allow(*EVERYBODY)], responses=reading("not-found", "invalid")
)
async def course_history(course: RowId, caller: CallerDep, sessions: SessionsDep) -> HistoryShown:
    """Как менялся курс: Владелец, наименование, ответственные лица, с датами."""
    async with sessions() as session:
        return await _history(session, caller, await session.get(Course, course))


@router.get(
    "/categories/{category}/history",
    dependencies=[allow(*EVERYBODY)],
    responses=reading("not-found", "invalid"),
)
async def category_history(category: RowId, caller: CallerDep, sessions: SessionsDep) -> HistoryShown:
    """Как менялась категория: Владелец, наименование, ответственные лица, с датами."""
    async with sessions() as session:
        return await _history(session, caller, await session.get(Category, category))


async def _history(session: AsyncSession, caller: Caller, row: Category | Course | None) -> HistoryShown:
    if row is None:
        raise Problem("not-found")
    return await changing.history(session, row, shows_people=_may_see_people(caller, row))


@router.post(
    "/changes",
    dependencies=[allow(*AUTHORITY, *OPERATORS)],
    status_code=201,
    response_model=ChangeShown,
    responses=acting("not-found", "unknown-organisation", "register-unchanged"),
)
async def change_register(form: ChangeForm, post: PostDep) -> JSONResponse:
    """Сменить Владельца или наименование курса либо категории: со дня записи, с основанием."""
    return await post.at_once(
        lambda session: changing.change(session, form, post.caller.actor, datetime.now(UTC)), status=201
    )


@router.get(
    ".pdf",
    dependencies=[allow(*EVERYBODY)],
    responses={**reading("invalid"), **files.told(register_pdf.MEDIA_TYPE)},
    response_class=Response,
)
async def register_as_pdf(sessions: SessionsDep, on: OnDay = None) -> Response:
    """Реестр документом PDF в форме Приложения № 1."""
    day = on or local_date(datetime.now(UTC))
    content = await asyncio.to_thread(register_pdf.document, await appendix.read(sessions, on), day)
    return files.attachment(content, register_pdf.MEDIA_TYPE, f"prilozhenie-1-{day}.pdf")


def _may_see_people(caller: Caller, row: Category | Course) -> bool:
    """The appendix names owners; a person is shown to the staff and to their own organisation."""
    return caller.role in STAFF or row.owner == caller.organisation


@dataclass(frozen=True)
class _Shelves:
    """All that stands in the register, for one reader."""

    caller: Caller
    settings: Settings
    stands: Standing

    def subsystem(self, row: Subsystem) -> SubsystemShown:
        site = self.settings.moodle_sites.get(row.code)
        return SubsystemShown(
            code=row.code,
            number=row.number,
            name=row.name,
            release=row.release,
            url=site.url if site else row.url,
            purpose=row.purpose,
            owner=self._owner(row.owner),
            integration="module" if row.parent else "moodle" if site else "manual",
            parent=row.parent,
            categories=[self._category(one) for one in self.stands.categories if one.subsystem == row.code],
            courses=[
                self._course(one)
                for one in self.stands.courses
                if one.subsystem == row.code and one.category is None
            ],
        )

    def _category(self, row: Category) -> CategoryShown:
        return CategoryShown(
            id=row.id or 0,
            number=row.number,
            name=row.name,
            purpose=row.purpose,
            owner=self._owner(row.owner),
            **self._responsible(row),
            url=row.url,
            request=row.request,
            courses=[self._course(one) for one in self.stands.courses if one.category == row.id],
        )

    def _course(self, row: Course) -> CourseShown:
        return CourseShown(
            id=row.id or 0,
            name=row.name,
            owner=self._owner(row.owner),
            **self._responsible(row),
            url=row.url,
            request=row.request,
        )

    def _owner(self, code: str) -> OrganisationShown:
        return OrganisationShown(code=code, name=self.stands.names[code])

    def _responsible(self, row: Category | Course) -> dict[str, Any]:
        key = (row.id, None) if isinstance(row, Category) else (None, row.id)
        is_shown = _may_see_people(self.caller, row)
        person, name = self.stands.responsible.get(key, (None, "")) if is_shown else (None, "")
        return {
            "responsible": name,
            "responsible_id": person,
            "without_responsible": key in self.stands.vacant,
        }
