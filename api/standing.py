"""The register as it stands, or as it stood at the end of a day: later changes are undone, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.courses import Thing
from models.register import Change
from models.tables import Category, Course, Organisation, Person, RegisterChange, Responsibility, Subsystem


@dataclass(frozen=True)
class Standing:
    """All that stands in the register.

    Attributes:
        names: Of organisations, by code.
        responsible: Id and name of whoever is responsible, by category and course, one of them None.
        vacant: What somebody was responsible for before, and nobody is.
    """

    names: dict[str, str]
    subsystems: Sequence[Subsystem]
    categories: Sequence[Category]
    courses: Sequence[Course]
    responsible: dict[Thing, tuple[int, str]]
    vacant: set[Thing]


async def read(session: AsyncSession, on: date | None = None) -> Standing:
    """The register now, or at the end of the local day `on`. Subsystems of Appendix 1 never change."""
    organisations = (await session.scalars(select(Organisation))).all()
    categories = list((await session.scalars(select(Category).order_by(col(Category.id)))).all())
    courses = list((await session.scalars(select(Course).order_by(col(Course.id)))).all())
    subsystems = (await session.scalars(select(Subsystem).order_by(col(Subsystem.number)))).all()
    if on is not None:
        # What is undone below is undone for the reader alone.
        session.expunge_all()
        categories, courses = await _undo(session, on, categories, courses)
    now, before = await _responsible(session, on)
    return Standing(
        names={one.code: one.name for one in organisations},
        subsystems=subsystems,
        categories=categories,
        courses=courses,
        responsible=now,
        vacant=before - now.keys(),
    )


async def _undo(
    session: AsyncSession, on: date, categories: list[Category], courses: list[Course]
) -> tuple[list[Category], list[Course]]:
    query = select(RegisterChange).where(col(RegisterChange.on) > on).order_by(col(RegisterChange.id).desc())
    by_thing: dict[Thing, Category | Course] = {(one.id, None): one for one in categories}
    by_thing |= {(None, one.id): one for one in courses}
    for change in (await session.scalars(query)).all():
        key = (change.category, change.course)
        if Change(change.kind).is_entry:
            by_thing.pop(key, None)
        elif (row := by_thing.get(key)) is not None and change.kind == Change.OWNER:
            row.owner = change.before
        elif row is not None and change.kind == Change.NAME:
            row.name = change.before
    there = list(by_thing.values())
    return [one for one in there if isinstance(one, Category)], [
        one for one in there if isinstance(one, Course)
    ]


async def _responsible(
    session: AsyncSession, on: date | None
) -> tuple[dict[Thing, tuple[int, str]], set[Thing]]:
    """Whoever was responsible on the day, and all that anybody was ever responsible for by then."""
    query = select(Responsibility, Person.name).join(Person).order_by(col(Responsibility.id))
    if on is not None:
        query = query.where(col(Responsibility.since) <= on)
    rows = (await session.execute(query)).all()
    now = {
        (one.category, one.course): (one.person, name)
        for one, name in rows
        if one.until is None or (on is not None and one.until >= on)
    }
    return now, {(one.category, one.course) for one, _ in rows}


async def history(session: AsyncSession, thing: Thing) -> Sequence[RegisterChange]:
    """How a category or a course has changed, oldest first."""
    own = _is(RegisterChange, thing)
    return (await session.scalars(select(RegisterChange).where(own).order_by(col(RegisterChange.id)))).all()


async def responsibilities(session: AsyncSession, thing: Thing) -> Sequence[tuple[Responsibility, str]]:
    """Who was responsible for it, one after the other, with their names."""
    query = select(Responsibility, Person.name).join(Person).where(_is(Responsibility, thing))
    rows = (await session.execute(query.order_by(col(Responsibility.id)))).all()
    return [(row, name) for row, name in rows]


def _is(table: type[RegisterChange] | type[Responsibility], thing: Thing) -> ColumnElement[bool]:
    category, course = thing
    return col(table.category) == category if category else col(table.course) == course
