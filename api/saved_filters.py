"""Filters of the work list that people keep under names of theirs: each sees their own alone."""

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.auth import Caller
from api.errors import Problem
from api.schemas.saved_filters import SavedFilterForm, SavedFilterShown
from models.tables import SavedFilter

MOST = 50
"""Filters of one person."""


async def keep(session: AsyncSession, caller: Caller, form: SavedFilterForm) -> SavedFilterShown:
    """Keep a filter of the caller; the one that had this name before is replaced.

    Raises:
        Problem: `too-many-filters`.
    """
    mine = select(func.count()).where(col(SavedFilter.api_key) == caller.key_id)
    if (await session.scalar(mine.where(col(SavedFilter.name) != form.name)) or 0) >= MOST:
        raise Problem("too-many-filters")
    looked_for = {
        "pressure": form.pressure or "",
        "clause": form.clause or "",
        "waits_for": form.waits_for or "",
        "search": form.search,
    }
    statement = (
        insert(SavedFilter)
        .values(api_key=caller.key_id, name=form.name, **looked_for)
        .on_conflict_do_update(index_elements=["api_key", "name"], set_=looked_for)
        .returning(SavedFilter)
    )
    return _shown((await session.scalars(statement)).one())


async def listed(session: AsyncSession, caller: Caller) -> list[SavedFilterShown]:
    """The caller's filters by their names."""
    query = select(SavedFilter).where(col(SavedFilter.api_key) == caller.key_id)
    return [_shown(row) for row in (await session.scalars(query.order_by(col(SavedFilter.name)))).all()]


async def forget(session: AsyncSession, caller: Caller, saved: int) -> None:
    """Delete a filter of the caller.

    Raises:
        Problem: The caller has no such filter.
    """
    own = delete(SavedFilter).where(col(SavedFilter.id) == saved, col(SavedFilter.api_key) == caller.key_id)
    if await session.scalar(own.returning(col(SavedFilter.id))) is None:
        raise Problem("not-found")


def _shown(row: SavedFilter) -> SavedFilterShown:
    return SavedFilterShown.model_validate(row.model_dump())
