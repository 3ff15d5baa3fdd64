"""Clause 4.1 - the one statement that registers a request.

Number, row, journal and answer are written together or not at all, in one round trip:
the counter, which keeps numbers without gaps, is locked for no longer than that.
"""

from typing import Any

from sqlalchemy import CTE, Select, Text, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlmodel import SQLModel, col

from models.tables import Counter, IdempotencyRecord, JournalEntry, Request

Values = dict[str, Any]


def registering(year: int, request: Values, journal: Values, record: Values) -> Select[Any]:
    """A statement that answers the new request's number.

    Args:
        year: Of the number.
        request: Columns of the request but its number, which is also put into `filed`.
        journal: Columns of its first journal entry but the number.
        record: Columns of the idempotency record; the number is put into its `answer`.

    Raises:
        IntegrityError: When it is executed and the idempotency key is taken.
    """
    numbers = _next_number(year)
    number = numbers.c.number
    filed = _with_number(literal(request["filed"], _type(Request, "filed")), number, "case", "number")
    answer = _with_number(literal(record["answer"], _type(IdempotencyRecord, "answer")), number, "number")
    return select(number).add_cte(
        _insert(Request, {**request, "filed": filed, "number": number}, numbers).cte("registered"),
        _insert(JournalEntry, {**journal, "number": number}, numbers).cte("journaled"),
        _insert(IdempotencyRecord, {**record, "answer": answer}, numbers).cte("answered"),
    )


def _next_number(year: int) -> CTE:
    """`2026-000124`, one more than the last of the year."""
    statement = insert(Counter).values(year=year, last=1)
    statement = statement.on_conflict_do_update(index_elements=["year"], set_={"last": col(Counter.last) + 1})
    padded = func.lpad(cast(col(Counter.last), Text), 6, "0")
    return statement.returning(func.concat(f"{year}-", padded).label("number")).cte("numbers")


def _insert(table: type[SQLModel], values: Values, numbers: CTE) -> Any:
    columns = [
        value if hasattr(value, "type") else literal(value, _type(table, name))
        for name, value in values.items()
    ]
    return insert(table).from_select(list(values), select(*columns).select_from(numbers))


def _with_number(document: Any, number: Any, *path: str) -> Any:
    return func.jsonb_set(document, cast(list(path), ARRAY(Text)), func.to_jsonb(number))


def _type(table: type[SQLModel], name: str) -> Any:
    return SQLModel.metadata.tables[str(table.__tablename__)].c[name].type
