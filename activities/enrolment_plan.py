"""The plan of a registration (clause 4.5): every row of the file with its verdict; Moodle is only read."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from temporalio import activity

from activities import enrolments
from activities.sites import Site, Sites
from clients.moodle import FoundByEmail, User, username_for
from models import learners, plans, spreadsheets, store
from models.enrolment import PlanResult, State
from models.errors import SiteMissing
from models.headings import HeadingsError
from models.learners import Entry, Learner
from models.plans import Planned, Verdict
from models.spreadsheets import SpreadsheetError
from models.step import Step
from models.tables import Account, Course, EnrolmentRow, LearnerRow
from models.terms import Clause

CALLS_AT_ONCE = 4
_ROWS_AT_ONCE = 500
_FILES_AT_ONCE = 2
"""An XLSX takes much memory while it is read, in a process of its own."""


class _List(NamedTuple):
    """A list as its plan sees it."""

    number: str
    content: bytes
    subsystem: str
    site: Site
    gate: asyncio.Semaphore
    done_up_to: int
    """The row up to which an earlier attempt came."""


class EnrolmentPlanActivities:
    """Activities on plans."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites
        self._reading = asyncio.Semaphore(_FILES_AT_ONCE)

    @activity.defn
    async def plan_enrolment(self, step: Step) -> PlanResult:
        """Read the file and find who is in Moodle already; again: from the row where it stopped.

        Raises:
            SiteMissing: The subsystem has no web services any more.
            MoodleUnavailable: What was planned stands.
        """
        planned = await self._list(step.number)
        async with self._reading:
            try:
                entries = await asyncio.to_thread(_entries, planned.content)
            except (SpreadsheetError, HeadingsError) as error:
                return await self._unreadable(step, str(error))
            while chunk := await asyncio.to_thread(_next, entries):
                if left := [one for one in chunk if one.row > planned.done_up_to]:
                    await self._plan(planned, left)
        return await self._planned(step)

    async def _list(self, number: str) -> _List:
        async with store.looking(self._sessions) as session:
            content = await session.scalar(
                select(col(EnrolmentRow.content)).where(col(EnrolmentRow.number) == number)
            )
            subsystem = await session.scalar(enrolments.of_course(number, col(Course.subsystem)))
            last = select(func.max(col(LearnerRow.row))).where(col(LearnerRow.number) == number)
            done_up_to = await session.scalar(last)
        site = self._sites.get(subsystem or "")
        if site is None or subsystem is None:
            raise SiteMissing
        gate = asyncio.Semaphore(CALLS_AT_ONCE)
        return _List(number, content or b"", subsystem, site, gate, done_up_to or 0)

    async def _plan(self, planned: _List, entries: Sequence[Entry]) -> None:
        good = [one for one in entries if isinstance(one, Learner)]
        found = await self._find(planned, [one.email for one in good if one.email])
        accounts = [known(user, email) for email, user in found.users.items()]
        made = await self._made_before(planned, [one for one in good if not one.email])
        verdicts = plans.plan(entries, accounts, made, found.unclear)
        rows = [
            _row(planned.number, entry, verdict) for entry, verdict in zip(entries, verdicts, strict=True)
        ]
        async with self._sessions.begin() as session:
            await session.execute(insert(LearnerRow).on_conflict_do_nothing(), rows)

    async def _find(self, planned: _List, emails: list[str]) -> FoundByEmail:
        if not emails:
            return FoundByEmail()
        moodle = planned.site.moodle
        any_case = await moodle.takes_other_case()
        return await moodle.find_users_by_emails(emails, planned.gate, any_case=any_case)

    async def _made_before(self, planned: _List, nameless: Sequence[Learner]) -> dict[str, plans.Account]:
        """Accounts of people without e-mail: their username follows from who they are."""
        by_username = {_username(one): one for one in nameless}
        if not by_username:
            return {}
        query = select(Account).where(
            col(Account.subsystem) == planned.subsystem, col(Account.username).in_(by_username)
        )
        async with store.looking(self._sessions) as session:
            accounts = (await session.scalars(query)).all()
        made = [(account, by_username[account.username]) for account in accounts]
        return {
            one.key: plans.Account(
                account.moodle_id, account.username, surname=one.surname, given_name=one.given_name
            )
            for account, one in made
        }

    async def _unreadable(self, step: Step, why: str) -> PlanResult:
        async with self._sessions.begin() as session:
            own = col(EnrolmentRow.number) == step.number
            await session.execute(update(EnrolmentRow).where(own).values(why=why))
            await store.write_once(session, step, Clause.ENROLMENT, f"Файл прочитать нельзя. {why}")
        return PlanResult(is_readable=False, counts={})

    async def _planned(self, step: Step) -> PlanResult:
        async with self._sessions.begin() as session:
            counts = await enrolments.verdicts(session, step.number)
            own = col(EnrolmentRow.number) == step.number
            await session.execute(update(EnrolmentRow).where(own).values(counts=counts))
            told = plans.in_words({one: counts.get(one, 0) for one in Verdict})
            await store.write_once(session, step, Clause.ENROLMENT, f"План регистрации: {told}")
        return PlanResult(is_readable=True, counts=counts)


def known(user: User, email: str) -> plans.Account:
    """An account as a plan judges it; the e-mail as the list has it, where Moodle may hide its own."""
    return plans.Account(
        id=user.id,
        username=user.username or "",
        email=email,
        surname=user.last_name or "",
        given_name=user.first_name or "",
        auth=user.auth,
        suspended=user.suspended,
    )


def _entries(content: bytes) -> Iterator[Entry]:
    return learners.read_list(spreadsheets.read(content).rows)


def _next(entries: Iterator[Entry]) -> list[Entry]:
    return list(islice(entries, _ROWS_AT_ONCE))


def _row(number: str, entry: Entry, planned: Planned) -> dict[str, Any]:
    state = State.PLANNED if planned.verdict.is_run else State.SET_ASIDE
    row = {
        "number": number,
        "row": entry.row,
        "verdict": planned.verdict.value,
        "why": planned.words,
        "moodle_id": planned.account_id,
        "state": state.value,
    }
    if not isinstance(entry, Learner):
        blank = dict.fromkeys(("first_name", "patronymic", "email", "organisation", "post", "username"), "")
        return {**row, "surname": entry.shown, **blank}
    is_new = planned.verdict is Verdict.NEW
    return {
        **row,
        "surname": entry.surname,
        "first_name": entry.first_name,
        "patronymic": entry.patronymic,
        "email": entry.email,
        "organisation": entry.organisation,
        "post": entry.post,
        "username": _username(entry) if is_new else "",
    }


def _username(learner: Learner) -> str:
    return username_for(learner.surname, learner.first_name, key=learner.key)
