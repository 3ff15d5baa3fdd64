"""Clause 4.1 - requests that are being written: saved, opened and deleted by their author alone.

A draft is in no register and starts nothing; filing takes it away (`api/registering.py`).
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col, func, select

from api import uploads
from api.auth import Caller
from api.errors import Problem
from api.schemas.drafts import DraftFileShown, DraftForm, DraftItem, DraftSaved, DraftShown
from api.schemas.fields import Named
from models import attachments, store
from models.attachments import Attached, Read, Unreadable
from models.tables import DraftFile, DraftRow

MOST = 50
"""Drafts of one person."""

_WITHOUT_FILE = defer(DraftFile.content, raiseload=True)  # type: ignore[arg-type]


async def own(session: AsyncSession, caller: Caller, draft: int, *, problem: str = "not-found") -> DraftRow:
    """A draft of the caller, held until the transaction ends.

    Raises:
        Problem: `problem`: there is none, or it is somebody else's.
    """
    row = await session.get(DraftRow, draft, with_for_update=True)
    if row is None or row.api_key != caller.key_id:
        raise Problem(problem)
    return row


async def listed(session: AsyncSession, caller: Caller) -> list[DraftItem]:
    """The caller's drafts, the last saved first."""
    query = select(DraftRow).where(col(DraftRow.api_key) == caller.key_id)
    rows = (await session.scalars(query.order_by(col(DraftRow.saved_at).desc()))).all()
    return [_item(row) for row in rows]


async def shown(session: AsyncSession, caller: Caller, draft: int) -> DraftShown:
    """A draft whole.

    Raises:
        Problem: `not-found`.
    """
    row = await own(session, caller, draft)
    return DraftShown(
        **_item(row).model_dump(),
        form=DraftForm.model_validate(row.form),
        files=[_file(one) for one in await files(session, draft)],
    )


async def save(
    session: AsyncSession, caller: Caller, form: DraftForm, draft: int | None = None
) -> DraftSaved:
    """A new draft, or what is now in one.

    Raises:
        Problem: `not-found`, `too-many-drafts`.
    """
    kept, now = form.model_dump(mode="json"), datetime.now(UTC)
    if draft is None:
        mine = select(func.count()).where(col(DraftRow.api_key) == caller.key_id)
        if (await session.scalar(mine) or 0) >= MOST:
            raise Problem("too-many-drafts")
        row = DraftRow(api_key=caller.key_id, form=kept, saved_at=now)
        session.add(row)
    else:
        row = await own(session, caller, draft)
        row.form, row.saved_at = kept, now
    await session.flush()
    return DraftSaved(id=row.id or 0, saved_at=row.saved_at)


async def remove(session: AsyncSession, caller: Caller, draft: int) -> None:
    """
    Raises:
        Problem: `not-found`.
    """
    await session.delete(await own(session, caller, draft))


async def look_into(
    sessions: store.Sessions, caller: Caller, draft: int, kind: Attached, content: bytes
) -> Read:
    """What a file is that the caller attaches to a draft of theirs.

    Raises:
        Problem: `not-found`, before anything is read; `file-unreadable`.
    """
    async with sessions.begin() as session:
        await own(session, caller, draft)
    try:
        return await uploads.in_turn(lambda: attachments.read(kind, content))
    except Unreadable as error:
        raise Problem("file-unreadable", str(error)) from None


async def attach(
    session: AsyncSession,
    caller: Caller,
    draft: int,
    kind: Attached,
    name: str,
    *,
    content: bytes,
    read: Read,
) -> DraftFileShown:
    """Put a file into a draft, in place of one of its kind.

    Args:
        session: The transaction.
        caller: Whose draft it is.
        draft: Which.
        kind: What the file is.
        name: As its sender calls it, for people to read.
        content: Its bytes.
        read: What they have turned out to be.

    Raises:
        Problem: `not-found`.
    """
    await own(session, caller, draft)
    values = {
        "title": f"{kind.russian} («{name}»)",
        "filename": read.filename,
        "media_type": read.media_type,
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": read.rows,
    }
    statement = insert(DraftFile).values(draft=draft, kind=kind.value, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["draft", "kind"], set_=values))
    return DraftFileShown(kind=Named.of(kind), title=values["title"], rows=read.rows)


async def detach(session: AsyncSession, caller: Caller, draft: int, kind: Attached) -> None:
    """Take a file out of a draft; it is gone also where there was none.

    Raises:
        Problem: `not-found`.
    """
    await own(session, caller, draft)
    file = (col(DraftFile.draft) == draft, col(DraftFile.kind) == kind.value)
    await session.execute(delete(DraftFile).where(*file))


async def files(session: AsyncSession, draft: int) -> Sequence[DraftFile]:
    """Of a draft, without their bytes."""
    query = select(DraftFile).where(col(DraftFile.draft) == draft).order_by(col(DraftFile.kind))
    return (await session.scalars(query.options(_WITHOUT_FILE))).all()


async def filed_with(session: AsyncSession, caller: Caller, draft: int | None) -> Sequence[DraftFile]:
    """The files that a request is filed with.

    Raises:
        Problem: `unknown-draft`.
    """
    if draft is None:
        return ()
    await own(session, caller, draft, problem="unknown-draft")
    return await files(session, draft)


def _item(row: DraftRow) -> DraftItem:
    title = row.form["course_name"] or row.form["category_name"]
    return DraftItem(id=row.id or 0, saved_at=row.saved_at, title=title)


def _file(row: DraftFile) -> DraftFileShown:
    return DraftFileShown(kind=Named.of(Attached(row.kind)), title=row.title, rows=row.rows)
