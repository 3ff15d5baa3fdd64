"""Clause 4.1 - the one statement that registers a request.

Number, row, journal and answer are written together or not at all, in one round trip:
the counter, which keeps numbers without gaps, is locked for no longer than that.
"""

from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, Text, bindparam, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from models.tables import (
    CaseRow,
    Counter,
    Document,
    DraftFile,
    DraftRow,
    IdempotencyRecord,
    JournalEntry,
    Request,
)

Values = dict[str, Any]


async def register(
    session: AsyncSession,
    year: int,
    *,
    case: Values,
    request: Values,
    journal: Values,
    record: Values,
    draft: int | None = None,
) -> str | None:
    """Write a request with everything that belongs to it; its number. None: its draft is filed already.

    Args:
        session: One that is only looking, so that the statement is a transaction of its own; with a draft the
            transaction that holds it.
        year: Of the number.
        case: Columns of the case but its number, which is also put into `input`.
        request: Columns of the request but its number.
        journal: Columns of its first journal entry but the number.
        record: Columns of the idempotency record; the number is put into its `answer`.
        draft: A draft of the record's key: it goes, and its files become documents of the case.

    Raises:
        IntegrityError: The idempotency key is taken.
    """
    statement = _statement(tuple(case), tuple(request), tuple(journal), tuple(record), draft is not None)
    values = {
        "series": str(year),
        "prefix": f"{year}-",
        "draft": draft,
        **_named("case", case),
        **_named("request", request),
        **_named("journal", journal),
        **_named("record", record),
    }
    number = await session.scalar(statement, values)
    return None if number is None else str(number)


@cache
def _statement(
    case: tuple[str, ...],
    request: tuple[str, ...],
    journal: tuple[str, ...],
    record: tuple[str, ...],
    is_draft: bool,
) -> Select[Any]:
    """Built once: putting it together takes longer than executing it."""
    numbers = _next_number(_taken() if is_draft else None)
    return select(numbers.c.number).add_cte(
        _insert(CaseRow, "case", case, numbers, {"input": ("case", "number")}),
        _insert(Request, "request", request, numbers, {}),
        _insert(JournalEntry, "journal", journal, numbers, {}),
        _insert(IdempotencyRecord, "record", record, numbers, {"answer": ("number",)}),
        *([_documents(numbers)] if is_draft else []),
    )


def _taken() -> CTE:
    """The draft, deleted: of two that file it the second waits for the first, and gets none."""
    own = (col(DraftRow.id) == bindparam("draft"), col(DraftRow.api_key) == bindparam("record_api_key"))
    return delete(DraftRow).where(*own).returning(col(DraftRow.id)).cte("taken")


def _documents(numbers: CTE) -> CTE:
    """The files of the draft: the statement sees them as they were before it."""
    same = ("kind", "title", "filename", "media_type", "content", "sha256")
    columns = SQLModel.metadata.tables[str(Document.__tablename__)].c
    made_at = bindparam("journal_at", type_=columns.made_at.type)
    own = col(DraftFile.draft) == bindparam("draft")
    files = select(numbers.c.number, made_at, *(getattr(DraftFile, name) for name in same))
    files = files.select_from(numbers).join(DraftFile, own)
    return insert(Document).from_select(["number", "made_at", *same], files).cte("documents")


def _next_number(taken: CTE | None) -> CTE:
    """`2026-000124`, one more than the last of the year; none where the draft was not there to be taken."""
    row = select(bindparam("series", type_=Text), literal(1))
    statement = insert(Counter).from_select(
        ["series", "last"], row if taken is None else row.select_from(taken)
    )
    statement = statement.on_conflict_do_update(
        index_elements=["series"], set_={"last": col(Counter.last) + 1}
    )
    last = cast(col(Counter.last), Text)
    # Six digits at least: lpad alone would cut the millionth number to six.
    padded = func.lpad(last, func.greatest(6, func.length(last)), "0")
    return statement.returning(func.concat(bindparam("prefix", type_=Text), padded).label("number")).cte(
        "numbers"
    )


def _insert(
    table: type[SQLModel],
    name: str,
    columns: tuple[str, ...],
    numbers: CTE,
    documents: dict[str, tuple[str, ...]],
) -> CTE:
    """A row of a table; `documents` tells where within a JSON column the number goes."""
    types = SQLModel.metadata.tables[str(table.__tablename__)].c
    values: Values = {column: bindparam(f"{name}_{column}", type_=types[column].type) for column in columns}
    for column, path in documents.items():
        place = cast(list(path), ARRAY(Text))
        values[column] = func.jsonb_set(values[column], place, func.to_jsonb(numbers.c.number))
    if "number" in types:
        values["number"] = numbers.c.number
    row = select(*values.values()).select_from(numbers)
    return insert(table).from_select(list(values), row).cte(f"{name}s")


def _named(name: str, values: Values) -> Values:
    return {f"{name}_{column}": value for column, value in values.items()}
