"""Changes of the register that people make, and all changes of one thing as they are shown."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api import standing
from api.courses import Thing
from api.errors import Problem
from api.schemas.fields import Named
from api.schemas.register import ChangeForm, ChangeShown, HeldShown, HistoryShown
from models import store
from models.deadlines import local_date
from models.register import Change
from models.tables import Category, Course, Organisation, RegisterChange


async def change(session: AsyncSession, form: ChangeForm, by: str, at: datetime) -> ChangeShown:
    """Change the owner or the name of a course or a category, dated today.

    Raises:
        Problem: There is no such thing or organisation, or it is so already.
    """
    row = await _find(session, form)
    if row is None:
        raise Problem("not-found")
    kind, before = (Change.OWNER, row.owner) if form.owner else (Change.NAME, row.name)
    after = form.owner or form.name
    if before == after:
        raise Problem("register-unchanged")
    if kind is Change.NAME:
        row.name = after
    elif await session.get(Organisation, after) is None:
        raise Problem("unknown-organisation")
    else:
        row.owner = after
    line = RegisterChange(
        category=form.category,
        course=form.course,
        on=local_date(at),
        at=at,
        kind=kind.value,
        before=before,
        after=after,
        by=by,
        why=form.why,
    )
    session.add(line)
    return await _shown(session, line)


async def _find(session: AsyncSession, form: ChangeForm) -> Category | Course | None:
    if form.course is not None:
        return await session.get(Course, form.course, with_for_update=True)
    return await session.get(Category, form.category, with_for_update=True)


async def history(session: AsyncSession, row: Category | Course, *, shows_people: bool) -> HistoryShown:
    """All changes of a thing, and who was responsible for it one after the other."""
    thing: Thing = (row.id, None) if isinstance(row, Category) else (None, row.id)
    changes = await standing.history(session, thing)
    held = await standing.responsibilities(session, thing)
    return HistoryShown(
        changes=[await _shown(session, one) for one in changes],
        responsible=[
            HeldShown(since=one.since, until=one.until, name=name if shows_people else "", case=one.given_by)
            for one, name in held
        ],
    )


async def _shown(session: AsyncSession, row: RegisterChange) -> ChangeShown:
    return ChangeShown(
        on=row.on,
        at=row.at,
        kind=Named.of(Change(row.kind)),
        before=row.before,
        after=row.after,
        who=await store.actor_name(session, row.by),
        why=row.why,
        request=row.request,
    )
