"""Replacements: who may see one, opening one, acting on one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.auth import STAFF, Caller, CallerDep, Role
from api.course_acts import CourseAct
from api.deps import SessionsDep
from api.errors import Problem
from api.idempotency import PostDep
from api.opening import Opened
from api.schemas.fields import CaseNumber
from api.schemas.replacements import PersonShown, ReplacementForm, ReplacementShown, SuccessorForm
from api.updates import UpdatesDep
from models import holdings, opening, replacement
from models.cases import Kind
from models.deadlines import local_date
from models.holdings import Held
from models.regulation import REPLACEMENT_TERM
from models.replacement import Rejection, Replacement
from models.tables import CaseRow, Person, ReplacementRow, Task
from models.tasks import TaskKind
from models.terms import Clause


async def _seen(number: CaseNumber, caller: CallerDep, sessions: SessionsDep) -> ReplacementRow:
    """The replacement of this number: for the staff, the owner and the successor; 404 for others."""
    async with sessions() as session:
        row = await session.get(ReplacementRow, number)
        if row is None or not await _sees(session, caller, row):
            raise Problem("not-found")
    return row


async def _own(row: "SeenDep", caller: CallerDep) -> ReplacementRow:
    """The one that the caller is to accept."""
    if caller.role is not Role.RESPONSIBLE:
        raise Problem("not-found")
    return row


SeenDep = Annotated[ReplacementRow, Depends(_seen)]
SuccessorDep = Annotated[ReplacementRow, Depends(_own)]


async def _sees(session: AsyncSession, caller: Caller, row: ReplacementRow) -> bool:
    if caller.role in STAFF:
        return True
    if caller.role is Role.AGENCY:
        return (await session.get_one(CaseRow, row.number)).organisation == caller.organisation
    if row.successor is None:
        return False
    return (await session.get_one(Person, row.successor)).email.lower() == caller.email


async def open_one(session: AsyncSession, form: ReplacementForm, caller: Caller, *, at: datetime) -> Opened:
    """Register a replacement in the caller's transaction.

    Raises:
        Problem: The person is not the caller's, is responsible for nothing, has been reported
            already; the day or the successor is impossible.
    """
    person = await _held_person(session, form)
    if person is None or not await _may_report(session, caller, person.id or 0):
        raise Problem("not-found")
    person_id = person.id or 0
    if not replacement.is_possible_end(form.powers_ended_on, local_date(at)):
        raise Problem(Rejection.END_IMPOSSIBLE)
    owner, held = await _owner(session, person_id, form.owner, caller)
    await _check_unreported(session, person_id, owner)
    successor = await successor_of(session, form.successor, predecessor=person) if form.successor else None
    is_owner = caller.role is Role.AGENCY
    subsystems = {one.subsystem for one in held}
    case = await opening.new_case_of_owner(
        session,
        Kind.REPLACEMENT,
        owner,
        title=replacement.title_of([one.name for one in held]),
        subsystem=subsystems.pop() if len(subsystems) == 1 else "",
    )
    # Who names a successor tells of the end of powers by that, whoever types it in.
    informed_at = at if is_owner or successor else None
    argument = Replacement(
        case=case,
        term=REPLACEMENT_TERM,
        person=person_id,
        powers_ended_on=form.powers_ended_on,
        by=caller.actor,
        informed_at=informed_at,
        successor=successor,
    )
    what = f"Открыто дело о смене ответственного лица {'Владельцем' if is_owner else 'Оператором'}"
    clause = Clause.REPLACEMENT
    await opening.register(session, case, argument, at=at, clause=clause, what=what, by=caller.actor)
    row = ReplacementRow(
        number=case.number,
        person=person_id,
        powers_ended_on=form.powers_ended_on,
        informed_at=informed_at,
        successor=successor,
        appointed_at=at if successor else None,
    )
    session.add(row)
    await session.flush()
    await _close_signs(session, person_id, at)
    return Opened(case, argument, await shown(session, row))


async def successor_of(session: AsyncSession, form: SuccessorForm, *, predecessor: Person) -> int:
    """The person's row, made where nobody of this address is known.

    Raises:
        Problem: It is the one who goes.
    """
    if form.email.lower() == predecessor.email.lower():
        raise Problem(Rejection.SUCCESSOR_IS_PREDECESSOR)
    statement = insert(Person).values(form.model_dump()).on_conflict_do_nothing()
    made = await session.scalar(statement.returning(col(Person.id)))
    if made is not None:
        return int(made)
    query = select(col(Person.id)).where(func.lower(col(Person.email)) == form.email.lower())
    return (await session.scalars(query)).one() or 0


async def shown(session: AsyncSession, row: ReplacementRow) -> ReplacementShown:
    case = await session.get_one(CaseRow, row.number)
    successor = await session.get_one(Person, row.successor) if row.successor else None
    return ReplacementShown(
        **row.model_dump(exclude={"person", "successor"}),
        owner=case.organisation,
        title=case.title,
        closed_at=case.closed_at,
        person=_person(await session.get_one(Person, row.person)),
        successor=_person(successor) if successor else None,
    )


def _person(row: Person) -> PersonShown:
    return PersonShown(**row.model_dump(exclude={"phone"}))


async def _may_report(session: AsyncSession, caller: Caller, person: int) -> bool:
    """An owner knows those who are, or were, responsible for something of its own."""
    if caller.role is not Role.AGENCY:
        return True
    return caller.organisation in await holdings.owners_ever(session, person)


async def _held_person(session: AsyncSession, form: ReplacementForm) -> Person | None:
    """Held until the transaction ends: of two reports at once the second sees the first."""
    named = (
        func.lower(col(Person.email)) == form.email.lower() if form.email else col(Person.id) == form.person
    )
    return (await session.scalars(select(Person).where(named).with_for_update())).first()


async def _owner(session: AsyncSession, person: int, owner: str, caller: Caller) -> tuple[str, list[Held]]:
    """Whose courses and categories it is about, and what they are."""
    named = caller.organisation if caller.role is Role.AGENCY else owner
    held = await holdings.open_of(session, person, named or None)
    owners = {one.owner for one in held}
    if not owners:
        raise Problem(Rejection.NOTHING_TO_REPLACE)
    if len(owners) > 1:
        raise Problem("owner-not-named")
    return owners.pop(), held


async def _check_unreported(session: AsyncSession, person: int, owner: str) -> None:
    """Whatever powers of the person at this owner end already."""
    query = (
        select(col(CaseRow.number))
        .join(ReplacementRow, col(ReplacementRow.number) == col(CaseRow.number))
        .where(
            col(ReplacementRow.person) == person,
            col(CaseRow.organisation) == owner,
            col(CaseRow.closed_at).is_(None),
        )
    )
    if number := (await session.scalars(query)).first():
        detail = f"О прекращении полномочий этого лица уже сообщено: дело {number}."
        raise Problem(Rejection.ALREADY_REPORTED, detail)


async def _close_signs(session: AsyncSession, person: int, at: datetime) -> None:
    """The operator's tasks that made them look."""
    query = select(Task).where(
        col(Task.kind) == TaskKind.PERSON_GONE,
        col(Task.workflow_id) == f"person-{person}",
        col(Task.closed_at).is_(None),
    )
    for task in (await session.scalars(query)).all():
        task.closed_at = at


@dataclass(frozen=True)
class ReplacementAct(CourseAct):
    """One POST on a replacement by Update."""

    row: ReplacementRow

    async def once(
        self, update: Any, command: Any, decided: Callable[[], dict[str, Any]], *, text: str = ""
    ) -> JSONResponse:
        """Once; the replacement as it stands then, with what the update decides: the row lags a moment."""
        known = decided()

        async def answer(session: AsyncSession, _: Any) -> BaseModel:
            return await self._standing(session, known)

        return await self.do(update, command, answer, text=text)

    async def appoint(self, update: Any, command: Callable[[int], Any], form: SuccessorForm) -> JSONResponse:
        async def work() -> BaseModel:
            async with self.post.sessions.begin() as session:
                predecessor = await session.get_one(Person, self.row.person)
                successor = await successor_of(session, form, predecessor=predecessor)
                person = _person(await session.get_one(Person, successor))
            await self.send(update, command(successor))
            async with self.post.sessions() as session:
                standing = await self._standing(session, {"appointed_at": datetime.now(UTC)})
                return standing.model_copy(update={"successor": person})

        return await self.post.once(work)

    async def _standing(self, session: AsyncSession, decided: dict[str, Any]) -> BaseModel:
        standing = await shown(session, await session.get_one(ReplacementRow, self.number))
        return standing.model_copy(update={k: v for k, v in decided.items() if getattr(standing, k) is None})


async def _act(row: SeenDep, post: PostDep, updates: UpdatesDep) -> ReplacementAct:
    return ReplacementAct(row.number, post, updates, row)


async def _accepting(row: SuccessorDep, post: PostDep, updates: UpdatesDep) -> ReplacementAct:
    return ReplacementAct(row.number, post, updates, row)


ReplacementActDep = Annotated[ReplacementAct, Depends(_act)]
AcceptDep = Annotated[ReplacementAct, Depends(_accepting)]
