"""Appendix 1 as it lives: subsystems, categories, courses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.auth import EVERYBODY, STAFF, Caller, CallerDep, allow
from api.courses import Thing, without_responsible
from api.deps import SessionsDep, SettingsDep
from api.documentation import reading
from api.schemas.records import CategoryShown, CourseShown, OrganisationShown, SubsystemShown
from models.settings import Settings
from models.tables import Category, Course, Organisation, Person, Responsibility, Subsystem

router = APIRouter(prefix="/register", tags=["Реестр (Приложение № 1)"])


@router.get("", dependencies=[allow(*EVERYBODY)], responses=reading())
async def register(caller: CallerDep, sessions: SessionsDep, settings: SettingsDep) -> list[SubsystemShown]:
    """Состав СЭО ТО: подсистемы, категории, курсы и их владельцы."""
    async with sessions() as session:
        shelves = await _read(session, caller, settings)
        subsystems = (await session.scalars(select(Subsystem).order_by(col(Subsystem.number)))).all()
    return [shelves.subsystem(one) for one in subsystems]


async def _read(session: AsyncSession, caller: Caller, settings: Settings) -> "_Shelves":
    organisations = (await session.scalars(select(Organisation))).all()
    return _Shelves(
        caller=caller,
        settings=settings,
        names={one.code: one.name for one in organisations},
        categories=(await session.scalars(select(Category).order_by(col(Category.id)))).all(),
        courses=(await session.scalars(select(Course).order_by(col(Course.id)))).all(),
        responsible=await _responsible(session),
        vacant=await without_responsible(session),
    )


async def _responsible(session: AsyncSession) -> dict[Thing, tuple[int, str]]:
    """Who is responsible now, by category and course, one of them None."""
    query = select(Responsibility.category, Responsibility.course, Person.id, Person.name).join(Person)
    rows = await session.execute(query.where(col(Responsibility.until).is_(None)))
    return {(category, course): (person, name) for category, course, person, name in rows}


@dataclass(frozen=True)
class _Shelves:
    """All that stands in the register, for one reader."""

    caller: Caller
    settings: Settings
    names: dict[str, str]
    categories: Sequence[Category]
    courses: Sequence[Course]
    responsible: dict[Thing, tuple[int, str]]
    vacant: set[Thing]

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
            categories=[self._category(one) for one in self.categories if one.subsystem == row.code],
            courses=[
                self._course(one)
                for one in self.courses
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
            courses=[self._course(one) for one in self.courses if one.category == row.id],
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
        return OrganisationShown(code=code, name=self.names[code])

    def _responsible(self, row: Category | Course) -> dict[str, Any]:
        """The appendix names owners; a person is shown to the staff and to their own organisation."""
        key = (row.id, None) if isinstance(row, Category) else (None, row.id)
        is_shown = self.caller.role in STAFF or row.owner == self.caller.organisation
        person, name = self.responsible.get(key, (None, "")) if is_shown else (None, "")
        return {
            "responsible": name,
            "responsible_id": person,
            "without_responsible": key in self.vacant,
        }
