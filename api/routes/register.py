"""Appendix 1 as it lives: subsystems, categories, courses."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlmodel import col, select

from api.auth import EVERYBODY, Caller, allow
from api.deps import SessionsDep, SettingsDep
from api.errors import responses
from api.schemas.records import CategoryShown, CourseShown, OrganisationShown, SubsystemShown
from models.settings import Settings
from models.tables import Category, Course, Organisation, Subsystem

router = APIRouter(prefix="/register", tags=["Реестр (Приложение № 1)"])

Names = dict[str, str]


@router.get("", responses=responses("unauthenticated"))
async def register(
    caller: Annotated[Caller, Depends(allow(*EVERYBODY))], sessions: SessionsDep, settings: SettingsDep
) -> list[SubsystemShown]:
    """Состав СЭО ТО: подсистемы, категории, курсы и их владельцы."""
    async with sessions() as session:
        organisations = (await session.scalars(select(Organisation))).all()
        subsystems = (await session.scalars(select(Subsystem).order_by(col(Subsystem.number)))).all()
        categories = (await session.scalars(select(Category).order_by(col(Category.id)))).all()
        courses = (await session.scalars(select(Course).order_by(col(Course.id)))).all()
    names = {one.code: one.name for one in organisations}
    return [_subsystem(one, categories, courses, names, settings) for one in subsystems]


def _subsystem(
    row: Subsystem,
    categories: Sequence[Category],
    courses: Sequence[Course],
    names: Names,
    settings: Settings,
) -> SubsystemShown:
    site = settings.moodle_sites.get(row.code)
    own = [one for one in categories if one.subsystem == row.code]
    return SubsystemShown(
        code=row.code,
        number=row.number,
        name=row.name,
        release=row.release,
        url=site.url if site else row.url,
        purpose=row.purpose,
        owner=_owner(row.owner, names),
        integration="module" if row.parent else "moodle" if site else "manual",
        parent=row.parent,
        categories=[_category(one, courses, names) for one in own],
        courses=[
            _course(one, names) for one in courses if one.subsystem == row.code and one.category is None
        ],
    )


def _category(row: Category, courses: Sequence[Course], names: Names) -> CategoryShown:
    return CategoryShown(
        id=row.id or 0,
        number=row.number,
        name=row.name,
        purpose=row.purpose,
        owner=_owner(row.owner, names),
        responsible=row.responsible_name,
        url=row.url,
        request=row.request,
        courses=[_course(one, names) for one in courses if one.category == row.id],
    )


def _course(row: Course, names: Names) -> CourseShown:
    return CourseShown(
        id=row.id or 0,
        name=row.name,
        owner=_owner(row.owner, names),
        responsible=row.responsible_name,
        url=row.url,
        request=row.request,
    )


def _owner(code: str, names: Names) -> OrganisationShown:
    return OrganisationShown(code=code, name=names[code])
