"""What a person may do with a request now: what the panel on its page offers, by the rules of the API."""

from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.auth import AUTHORITY, OPERATORS, Caller, Role
from models.requests import Contact, Filed, Integration, Stage
from models.setup import Check
from models.tables import CaseRow, Request, Task
from models.tasks import TaskKind

_REVIEWED = (Stage.REGISTERED, Stage.REVIEW)


class Panel(NamedTuple):
    """Which forms are shown."""

    claim: bool
    release: bool
    decide: bool
    withdraw: bool
    confirm: tuple[Check, ...]
    """What is left of the checklist; the boxes of the operator."""
    retry: bool
    obstacle: bool
    order: bool
    contacts: tuple[Contact, ...]
    """Particulars of the responsible that are still missing."""

    @property
    def is_empty(self) -> bool:
        return not any(self)


async def panel(session: AsyncSession, caller: Caller, request: Request) -> Panel:
    """The forms for this person in this state of the request."""
    reviews = caller.role in AUTHORITY and request.stage in _REVIEWED
    sets_up = caller.role in OPERATORS and request.stage == Stage.SETUP
    tasks = await _tasks(session, request.number) if sets_up else []
    by_engine = sets_up and await _integration(session, request.number) is Integration.MOODLE
    return Panel(
        claim=reviews and request.claimed_by is None,
        release=reviews and request.claimed_by == caller.actor,
        decide=caller.role in AUTHORITY and request.stage == Stage.REVIEW,
        withdraw=caller.role is Role.AGENCY and request.stage in _REVIEWED,
        confirm=_left(tasks),
        retry=by_engine and bool(tasks),
        obstacle=sets_up,
        order=sets_up and not by_engine,
        contacts=_missing_contacts(caller, request),
    )


def _missing_contacts(caller: Caller, request: Request) -> tuple[Contact, ...]:
    """Of the blank ones: a wrong address is corrected by whoever the letter of its failure asks."""
    if caller.role not in (Role.AGENCY, *AUTHORITY, *OPERATORS):
        return ()
    if request.stage in (Stage.REFUSED, Stage.WITHDRAWN) or not request.responsible_name:
        return ()
    return tuple(one for one in Contact if not getattr(request, f"responsible_{one.value}"))


def _left(tasks: list[Task]) -> tuple[Check, ...]:
    return tuple(
        Check(check)
        for task in tasks
        if task.kind == TaskKind.SETUP_BY_HAND
        for check in task.checklist
        if check not in task.done
    )


async def _tasks(session: AsyncSession, number: str) -> list[Task]:
    """Those of clause 4.3 that are open."""
    kinds = (TaskKind.SETUP_BY_HAND.value, TaskKind.STEP_FAILED.value)
    query = select(Task).where(
        col(Task.number) == number, col(Task.closed_at).is_(None), col(Task.kind).in_(kinds)
    )
    return list((await session.scalars(query.order_by(col(Task.id)))).all())


async def _integration(session: AsyncSession, number: str) -> Integration:
    case = await session.get_one(CaseRow, number)
    return Filed.model_validate(case.input).integration
