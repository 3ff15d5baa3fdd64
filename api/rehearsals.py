"""Rehearsals of changed terms: their file checked, their reports kept. They run elsewhere.

A rehearsal needs a Temporal and a Postgres of its own on skipped time, which an installation has not.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.auth import Caller
from api.errors import Problem
from api.invalid import FieldProblem
from api.schemas.rehearsals import (
    RehearsalItem,
    RehearsalShown,
    ReportForm,
    TermCompared,
    TermsChecked,
)
from models.changed_terms import IN_FORCE, Terms, WrongTerms, as_file, described, parse
from models.regulation import PROVISIONS
from models.tables import RehearsalRow

_COMMAND = 'make rehearse ARGS="--terms sroki.toml --out var/rehearsal"'


def begun() -> TermsChecked:
    """The terms in force, as a file to change.

    It changes nothing yet, and is right by that alone.
    """
    return checked(as_file())


def checked(file: str) -> TermsChecked:
    """What a file would change.

    Raises:
        Problem: It is none; a field for each mistake.
    """
    try:
        changed = parse(file)
    except WrongTerms as wrong:
        fields = [FieldProblem(field="file", detail=line) for line in str(wrong).splitlines()]
        raise Problem("invalid", fields=fields) from None
    return TermsChecked(title=changed.title, file=file, terms=_compared(changed.terms), command=_COMMAND)


async def keep(session: AsyncSession, caller: Caller, form: ReportForm) -> RehearsalShown:
    """Keep a report, in the caller's transaction."""
    row = RehearsalRow(
        title=form.title,
        report=form.model_dump(mode="json"),
        entered_by=caller.actor,
        entered_by_name=caller.holder,
        entered_at=datetime.now(UTC),
    )
    session.add(row)
    await session.flush()
    return shown(row)


async def listed(session: AsyncSession, limit: int) -> list[RehearsalItem]:
    """The last reports first."""
    query = select(RehearsalRow).order_by(col(RehearsalRow.id).desc()).limit(limit)
    rows: Sequence[RehearsalRow] = (await session.scalars(query)).all()
    return [_item(row) for row in rows]


def shown(row: RehearsalRow) -> RehearsalShown:
    report = {name: row.report[name] for name in ("introduction", "tables")}
    return RehearsalShown(**_item(row).model_dump(), **report)


def _item(row: RehearsalRow) -> RehearsalItem:
    return RehearsalItem(id=row.id or 0, title=row.title, by=row.entered_by_name, at=row.entered_at)


def _compared(terms: Terms) -> list[TermCompared]:
    return [
        TermCompared(
            clause=clause.value,
            clause_title=PROVISIONS[clause].title,
            in_force=described(IN_FORCE[clause]),
            rehearsed=described(term),
            changed=term != IN_FORCE[clause],
        )
        for clause, term in terms.items()
    ]
