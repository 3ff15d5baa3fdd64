"""Signs that a responsible person is gone, looked for at night: the operator may open a replacement (4.8).

A sign decides nothing: it becomes the operator's task, once for each person, and is gone with it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import Select, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from activities.sites import Site, Sites
from clients.moodle import MoodleError, Presence
from models import store
from models.deadlines import LOCAL_ZONE
from models.letters import LetterState
from models.tables import Account, CaseRow, LetterRow, Person, ReplacementRow, Responsibility, Task
from models.tasks import TaskKind
from models.terms import Clause, Recipient

log = structlog.get_logger()

_AT = time(3, tzinfo=LOCAL_ZONE)
_CALLS_AT_ONCE = 4
_STEP = "gone"
_SIGNS = {Presence.SUSPENDED: "заблокирована", Presence.ABSENT: "удалена"}


@dataclass
class _Signs:
    """What was found of whom; `unasked` are those of whom a Moodle did not answer."""

    found: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    unasked: set[int] = field(default_factory=set)


class Absences:
    """Runs beside the worker until it is cancelled; several at a time do no harm."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites

    async def run(self) -> None:
        """Look at once, for a night may have been missed, and every night after."""
        while True:
            try:
                await self.round()
            except Exception as error:  # noqa: BLE001 - Postgres is away: not the end of looking
                log.warning("absences not looked for", error=type(error).__name__)
            # By this machine's clock: one that is a day off wakes at the same hour.
            await asyncio.sleep(seconds_until_night(datetime.now(UTC)))

    async def round(self) -> None:
        """Show whoever seems to be gone; the task of one who is back is closed."""
        async with self._sessions() as session:
            persons = {one.id or 0: one for one in (await session.scalars(_responsible_now())).all()}
            accounts = (await session.scalars(_accounts(persons))).all()
            bouncing = set((await session.scalars(_bouncing())).all())
        signs = await self._absent(accounts)
        for id, person in persons.items():
            if person.email and person.email.lower() in bouncing:
                signs.found[id].append("письма на его адрес не доходят")
        async with self._sessions.begin() as session:
            for id, found in signs.found.items():
                await _show(session, persons[id], found)
            await _close_others(session, {*signs.found, *signs.unasked})

    async def _absent(self, accounts: Iterable[Account]) -> _Signs:
        signs, by_site = _Signs(), defaultdict(list)
        for one in accounts:
            by_site[one.subsystem].append(one)
        for subsystem, some in by_site.items():
            presence = await _presence(self._sites.get(subsystem), [one.moodle_id for one in some])
            for one in some:
                seen = presence.get(one.moodle_id, Presence.UNKNOWN)
                if seen in _SIGNS:
                    sign = f"его учётная запись в Moodle ({subsystem}) {_SIGNS[seen]}"
                    signs.found[one.person or 0].append(sign)
                elif seen is Presence.UNKNOWN:
                    signs.unasked.add(one.person or 0)
        return signs


def seconds_until_night(now: datetime) -> float:
    """Until the next 03:00 in Asia/Yekaterinburg."""
    today = datetime.combine(now.astimezone(LOCAL_ZONE).date(), _AT)
    return ((today if today > now else today + timedelta(days=1)) - now).total_seconds()


async def _presence(site: Site | None, ids: list[int]) -> dict[int, Presence]:
    """Nothing of a Moodle that is out of reach."""
    if site is None:
        return {}
    try:
        return await site.moodle.presence(ids, asyncio.Semaphore(_CALLS_AT_ONCE))
    except MoodleError as error:
        log.warning("absences not looked for", site=site.url, error=type(error).__name__)
        return {}


def _responsible_now() -> Select[Any]:
    """Those who are responsible for something, but for whom a replacement is under way already."""
    being_replaced = (
        select(col(ReplacementRow.person))
        .join(CaseRow, col(CaseRow.number) == col(ReplacementRow.number))
        .where(col(CaseRow.closed_at).is_(None))
    )
    responsible = select(col(Responsibility.person)).where(col(Responsibility.until).is_(None))
    return select(Person).where(col(Person.id).in_(responsible), col(Person.id).not_in(being_replaced))


def _accounts(persons: Iterable[int]) -> Select[Any]:
    return select(Account).where(col(Account.person).in_(list(persons)))


def _bouncing() -> Select[Any]:
    """Addresses of responsibles, in small letters, whose last settled letter came back."""
    later = aliased(LetterRow)
    address = func.lower(col(LetterRow.address))
    is_last = ~(
        select(col(later.key))
        .where(
            func.lower(col(later.address)) == address,
            col(later.state) == LetterState.DELIVERED,
            col(later.settled_at) > col(LetterRow.settled_at),
        )
        .exists()
    )
    came_back = and_(
        col(LetterRow.recipient) == Recipient.RESPONSIBLE, col(LetterRow.state) == LetterState.BOUNCED
    )
    return select(address).where(came_back, is_last).distinct()


async def _show(session: AsyncSession, person: Person, signs: list[str]) -> None:
    """Once a person; a task that was put aside comes back with another sign alone."""
    why = (
        f"Ответственное лицо № {person.id} ({person.name}), возможно, выбыло: {'; '.join(signs)}."
        " Если это так, откройте дело о смене (п. 4.8)"
    )
    row: dict[str, Any] = {
        "number": None,
        "workflow_id": f"person-{person.id}",
        "step": _STEP,
        "clause": Clause.REPLACEMENT.value,
        "kind": TaskKind.PERSON_GONE,
        "why": why,
        "checklist": [],
        "done": [],
        "opened_at": await store.now(session),
    }
    again = {"why": why, "opened_at": row["opened_at"], "closed_at": None}
    statement = insert(Task).values(row)
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["workflow_id", "step"], set_=again, where=col(Task.why) != why
        )
    )


async def _close_others(session: AsyncSession, gone: set[int]) -> None:
    """Of whom no sign is left; of whom nothing was heard the task stays."""
    await session.execute(
        update(Task)
        .where(
            col(Task.kind) == TaskKind.PERSON_GONE,
            col(Task.closed_at).is_(None),
            col(Task.workflow_id).not_in([f"person-{id}" for id in gone]),
        )
        .values(closed_at=func.now())
    )
