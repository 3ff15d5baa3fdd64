"""Ladders of letters over all cases: each clause's in force, which rungs went in a period, what arrived."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, Subquery, and_, case, func, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer
from sqlmodel import col

from api.cursors import Cursor
from api.ledger import Period
from api.schemas.escalations import RungProven
from api.schemas.fields import CaseNumber, Named
from api.schemas.ladders import FiredPage, FiredRung, LadderShown, StepCounted
from models import cases, escalations, russian
from models.deadlines import escalation_label, reminder_label
from models.letters import LetterState
from models.regulation import LADDERS, PROVISIONS
from models.rungs import RungKind, RungState
from models.tables import CaseRow, ClauseRow, LetterRow, RungRow
from models.terms import Clause, Recipient, Term

_FAILED = (LetterState.BOUNCED, LetterState.UNDELIVERED, LetterState.NO_ADDRESS)
_BEGINNING = case(
    {clause.value: clause.name.lower() for clause in Clause}, value=col(RungRow.clause), else_=""
)
"""How steps of a clause begin, in the keys of letters: two clauses of a case may both have a rung 2."""
_OF_RUNG: ColumnElement[bool] = and_(
    col(LetterRow.number) == col(RungRow.number),
    col(LetterRow.rung) == col(RungRow.ordinal),
    col(LetterRow.key).startswith(func.concat(col(RungRow.number), "/", _BEGINNING, "/")),
)
Step = tuple[str, RungKind, str]
"""A clause, the side of its deadline, and the label of a rung."""


@dataclass(frozen=True)
class Asked:
    """Which rungs are asked for: those that went in the period, the last first."""

    period: Period
    clause: Clause | None = None
    failed: bool = False
    """Only those of which a letter has not arrived."""
    cursor: str | None = None
    limit: int = 50


class _Cursor(Cursor):
    fired_at: AwareDatetime
    number: CaseNumber
    clause: Clause
    ordinal: int


async def in_force(session: AsyncSession, period: Period) -> list[LadderShown]:
    """Every clause's ladder; rungs that went by earlier terms stand at its end."""
    letters = _newest(period)
    went = select(col(RungRow.clause), col(RungRow.kind), col(RungRow.label), func.count()).where(
        *_went(period)
    )
    by_step = (col(RungRow.clause), col(RungRow.kind), col(RungRow.label))
    fired = {_step(row): row[3] for row in await session.execute(went.group_by(*by_step))}
    columns = (letters.c.clause, letters.c.kind, letters.c.label, letters.c.state)
    counts: defaultdict[Step, dict[LetterState, int]] = defaultdict(dict)
    for row in await session.execute(select(*columns, func.count()).group_by(*columns)):
        counts[_step(row)][LetterState(row[3])] = row[4]
    return [_ladder(term, fired, counts) for term in LADDERS]


async def fired(session: AsyncSession, asked: Asked) -> FiredPage:
    """One page of the rungs that went.

    Raises:
        Problem: The cursor is none of ours.
    """
    order = (col(RungRow.fired_at), col(RungRow.number), col(RungRow.clause), col(RungRow.ordinal))
    query = (
        select(RungRow, ClauseRow, col(CaseRow.title))
        .join(CaseRow, col(CaseRow.number) == col(RungRow.number))
        .join(ClauseRow, and_(col(ClauseRow.number) == order[1], col(ClauseRow.clause) == order[2]))
        .where(*_went(asked.period))
        .order_by(*(one.desc() for one in order))
    )
    if asked.clause is not None:
        query = query.where(col(RungRow.clause) == asked.clause.value)
    if asked.failed:
        letters = _newest(asked.period)
        failing = select(letters.c.number, letters.c.clause, letters.c.ordinal)
        query = query.where(tuple_(*order[1:]).in_(failing.where(letters.c.state.in_(_FAILED))))
    if asked.cursor is not None:
        last = _Cursor.read(asked.cursor)
        query = query.where(
            tuple_(*order) < tuple_(last.fired_at, last.number, last.clause.value, last.ordinal)
        )
    rows = (await session.execute(query.limit(asked.limit + 1))).all()
    shown = rows[: asked.limit]
    letters_of = await _letters(session, {rung.number for rung, _, _ in shown})
    return FiredPage(
        items=[_fired(rung, clause, title, letters_of[rung.number]) for rung, clause, title in shown],
        next=str(_cursor(shown[-1][0])) if len(rows) > asked.limit else None,
    )


def _went(period: Period) -> tuple[ColumnElement[bool], ...]:
    return col(RungRow.state) == RungState.SENT.value, period.holds(col(RungRow.fired_at))


def _newest(period: Period) -> Subquery:
    """Letters of the rungs that went, repetitions too: of one that was sent anew the last alone."""
    # Written out: of two parameters Postgres doesn't know that they are the same.
    base = func.regexp_replace(col(LetterRow.key), literal_column("'/again-[0-9]+$'"), literal_column("''"))
    return (
        select(
            col(RungRow.number),
            col(RungRow.clause),
            col(RungRow.ordinal),
            col(RungRow.kind),
            col(RungRow.label),
            col(LetterRow.state),
        )
        .join(LetterRow, _OF_RUNG)
        .where(*_went(period))
        .order_by(base, col(LetterRow.written_at).desc(), col(LetterRow.key).desc())
        .ext(distinct_on(base))
        .subquery()
    )


async def _letters(session: AsyncSession, numbers: set[str]) -> defaultdict[str, list[LetterRow]]:
    query = (
        select(LetterRow)
        .where(col(LetterRow.number).in_(numbers), col(LetterRow.rung).is_not(None))
        .order_by(col(LetterRow.written_at), col(LetterRow.key))
        .options(defer(col(LetterRow.text)), defer(col(LetterRow.html)))  # type: ignore[arg-type]
    )
    found: defaultdict[str, list[LetterRow]] = defaultdict(list)
    for letter in await session.scalars(query):
        found[letter.number].append(letter)
    return found


def _ladder(term: Term, fired: dict[Step, int], counts: dict[Step, dict[LetterState, int]]) -> LadderShown:
    clause = term.clause.value
    to: dict[Step, tuple[Recipient, ...]] = {
        **{(clause, RungKind.REMINDER, reminder_label(one)): one.to for one in term.reminders},
        **{(clause, RungKind.ESCALATION, escalation_label(one)): one.to for one in term.escalations},
    }
    steps = [*to, *sorted(step for step in fired if step[0] == clause and step not in to)]
    return LadderShown(
        clause=clause,
        clause_title=PROVISIONS[term.clause].title,
        term=""
        if term.clause is Clause.AUTHORING
        else russian.days(term.amount, working=term.unit.is_working),
        outside=PROVISIONS[term.clause].outside,
        steps=[_counted(one, to.get(one, ()), fired.get(one, 0), counts.get(one, {})) for one in steps],
        repeat_every=term.repeat_every,
    )


def _counted(
    step: Step, to: tuple[Recipient, ...], fired: int, letters: dict[LetterState, int]
) -> StepCounted:
    failed = sum(letters.get(state, 0) for state in _FAILED)
    under_way = letters.get(LetterState.WRITTEN, 0)
    return StepCounted(
        kind=Named.of(step[1]),
        label=step[2],
        to=[Named.of(one) for one in to],
        fired=fired,
        delivered=sum(letters.values()) - failed - under_way,
        under_way=under_way,
        failed=failed,
    )


def _fired(rung: RungRow, clause: ClauseRow, title: str, letters: list[LetterRow]) -> FiredRung:
    [proof] = escalations.prove(clause, [rung], letters).rungs
    return FiredRung(
        number=rung.number,
        case_name=cases.label(rung.number),
        title=title,
        clause=rung.clause,
        clause_title=PROVISIONS[Clause(rung.clause)].title,
        rung=RungProven.of(proof),
    )


def _step(row: Any) -> Step:
    return row[0], RungKind(row[1]), row[2]


def _cursor(rung: RungRow) -> _Cursor:
    assert rung.fired_at is not None
    return _Cursor(
        fired_at=rung.fired_at, number=rung.number, clause=Clause(rung.clause), ordinal=rung.ordinal
    )
