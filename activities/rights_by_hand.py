"""Clause 4.8 where a subsystem has no web services: what the operator does there, in plain words."""

from sqlalchemy.ext.asyncio import AsyncSession

from models import holdings
from models.errors import Failure
from models.replacement import Work
from models.steps import OpenTask
from models.tables import Person, ReplacementRow, Subsystem
from models.terms import Clause

_NAMED = 20
"""Courses and categories; the others are counted."""
_WHAT = {
    Work.REMOVAL: ("Снимите роль «учитель» и прекратите запись на курсы.", "У кого"),
    Work.GRANT: ("Назначьте роль «учитель», если нужно — заведите учётную запись.", "Кому"),
}


async def told(session: AsyncSession, task: OpenTask) -> str:
    """The work that a task of a replacement asks for; empty for a step that did fail."""
    # A step is called `replacement/removal-local`.
    name, _, code = task.failed_step.partition("/")[2].partition("-")
    is_rights = task.clause is Clause.REPLACEMENT and name in set(Work)
    if not is_rights or task.failure != Failure.SITE_MISSING:
        return ""
    work = Work(name)
    row = await session.get_one(ReplacementRow, task.number)
    person = await session.get_one(Person, row.person if work is Work.REMOVAL else row.successor)
    subsystem = await session.get_one(Subsystem, code)
    where = f"{subsystem.name}, {subsystem.url}" if subsystem.url else subsystem.name
    what, whose = _WHAT[work]
    things = [one.called for one in await holdings.of(session, task.number) if one.subsystem == code]
    return (
        f"Здесь нет веб-служб, работа — вручную. {what} {whose}: {person.name}, {person.email}."
        f" Где: {where}: {_listed(things)}. Затем отметьте сделанное в деле о смене."
    )


def _listed(things: list[str]) -> str:
    more = len(things) - _NAMED
    return "; ".join(things[:_NAMED]) + (f" и ещё {more}" if more > 0 else "")
