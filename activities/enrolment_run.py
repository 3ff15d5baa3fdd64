"""The run of a registration (clause 4.5): chunk by chunk, and what is done stands in Postgres at once.

A killed worker's chunk is done anew. Nobody is made or enrolled twice: an account that was made is found
by its e-mail and has our username, and who is on the course's roll is not enrolled again.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Collection, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select
from temporalio import activity

from activities import enrolment_rows, enrolments
from activities.enrolment_plan import CALLS_AT_ONCE, known
from activities.sites import Sites
from clients.moodle import MoodleClient, NewAccount, NotFound, Roll, User, no_mail_address
from models import plans, store
from models.enrolment import LEFT, Progress, State
from models.errors import CourseGone, SiteMissing
from models.learners import Learner
from models.plans import Verdict
from models.step import Step
from models.tables import Course, EnrolmentRow, LearnerRow

_CHUNK = 492
"""Four full forms of 123 accounts, one for each call at a time."""
_BITE_SECONDS = 30
"""After so long the workflow is told how far the run is, and asks for more."""
_SHOWS_USERNAMES_SINCE = 2015111600  # Moodle 3.0; 2.8.5 keeps them back
_WHY = {
    "email-notunique": "в Moodle несколько учётных записей с этим адресом почты",
    "email-twice": "тот же адрес почты есть в другой строке",
    "username-taken": "имя для входа в Moodle занято другим человеком",
}


@dataclass
class _Run:
    """A run within one attempt."""

    step: Step
    subsystem: str
    course_id: int
    moodle: MoodleClient
    gate: asyncio.Semaphore
    roll: Roll
    shows_usernames: bool
    counts: Counter[str]
    """Rows by verdict and by state."""


class EnrolmentRunActivities:
    """Activities on runs."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites

    @activity.defn
    async def run_enrolment(self, step: Step) -> Progress:
        """Register for half a minute, or to the end.

        Raises:
            CourseGone: The course is not in Moodle any more.
            MoodleUnavailable: What was done stands; the rest is done when it is back.
        """
        until = time.monotonic() + _BITE_SECONDS
        try:
            run = await self._begin(step)
            coming: Sequence[LearnerRow] = await self._left(step.number, after=0)
            made: list[LearnerRow] = []
            while coming or made:
                # Of two chunks at a time, so that Moodle does not wait while Postgres writes.
                await _together(self._create(run, coming), self._enrol(run, made))
                made = [row for row in coming if row.state != State.SET_ASIDE]
                is_over = not coming or time.monotonic() > until
                coming = [] if is_over else await self._left(step.number, after=coming[-1].row)
        except NotFound:
            raise CourseGone from None
        async with store.looking(self._sessions) as session:
            return await enrolments.progress(session, step.number)

    async def _begin(self, step: Step) -> _Run:
        async with store.looking(self._sessions) as session:
            course = (await session.scalars(enrolments.of_course(step.number, Course))).one()
            counts = Counter(await enrolments.verdicts(session, step.number))
            counts.update((await enrolments.progress(session, step.number)).counts)
        site = self._sites.get(course.subsystem)
        if site is None:
            raise SiteMissing
        if course.moodle_id is None:
            raise CourseGone
        gate = asyncio.Semaphore(CALLS_AT_ONCE)
        roll = await Roll.of(site.moodle, course.moodle_id, gate)
        return _Run(
            step=step,
            subsystem=course.subsystem,
            course_id=course.moodle_id,
            moodle=site.moodle,
            gate=gate,
            roll=roll,
            counts=counts,
            shows_usernames=(await site.moodle.site()).version_number >= _SHOWS_USERNAMES_SINCE,
        )

    async def _left(self, number: str, *, after: int) -> Sequence[LearnerRow]:
        query = select(LearnerRow).where(
            col(LearnerRow.number) == number, col(LearnerRow.state).in_(LEFT), col(LearnerRow.row) > after
        )
        async with store.looking(self._sessions) as session:
            return (await session.scalars(query.order_by(col(LearnerRow.row)).limit(_CHUNK))).all()

    async def _create(self, run: _Run, chunk: Sequence[LearnerRow]) -> None:
        """Find or make an account for those of a chunk who have none."""
        rows = [row for row in chunk if row.moodle_id is None]
        if not rows:
            return
        if not run.shows_usernames:
            rows = await self._announce(run, rows)
        before = _tally(rows)
        by_key = {str(row.row): row for row in rows}
        done = await run.moodle.create_users([_account(row) for row in rows], run.gate)
        ours = [_made(by_key[key], moodle_id) for key, moodle_id in done.created.items()]
        for key, found in done.found.items():
            row = by_key[key]
            if found.ours or (found.ours is None and row.state == State.CREATING):
                ours.append(_made(row, found.user.id))
            else:
                _judge(row, found.user)
        for key, code in done.refused.items():
            _set_aside(by_key[key], _WHY.get(code, f"Moodle не принимает эту строку ({code})"))
        await self._write(run, rows, before, ours)

    async def _announce(self, run: _Run, rows: Sequence[LearnerRow]) -> list[LearnerRow]:
        """Where usernames are hidden, our record has to tell whose an account is: written before the call.

        So who has an account by now is looked for first. That of somebody without e-mail is ours anyhow.
        """
        fresh = [row for row in rows if row.state == State.PLANNED]
        before = _tally(fresh)
        found = await run.moodle.find_users_by_emails([row.email for row in fresh if row.email], run.gate)
        there = [row for row in fresh if row.email in found.users]
        for row in there:
            _judge(row, found.users[row.email])
        new = [row for row in fresh if row.email not in found.users]
        for row in new:
            row.state = State.CREATING
        await self._write(run, fresh, before)
        return [row for row in rows if row.state == State.CREATING]

    async def _enrol(self, run: _Run, rows: Sequence[LearnerRow]) -> None:
        """Enrol who is not on the roll, and read back; who does not show is set aside."""
        if not rows:
            return
        before = _tally(rows)
        ids = [row.moodle_id or 0 for row in rows]
        done = await run.moodle.enrol_students(run.course_id, run.roll.absent(ids), run.gate)
        lost = set(await run.roll.confirm([one for one in ids if one not in done.refused]))
        for row in rows:
            if (code := done.refused.get(row.moodle_id or 0)) is not None:
                _set_aside(row, f"Moodle не зачисляет на курс ({code})")
            elif row.moodle_id in lost:
                _set_aside(row, "Moodle приняла зачисление, но на курсе человека не показывает")
            else:
                row.state = State.ENROLLED
        await self._write(run, rows, before)

    async def _write(
        self,
        run: _Run,
        rows: Sequence[LearnerRow],
        before: Counter[str],
        ours: Collection[LearnerRow] = (),
    ) -> None:
        """Rows as they stand, with the accounts that the engine has made of them, and the counts."""
        run.counts.subtract(before)
        run.counts.update(_tally(rows))
        number = run.step.number
        counts = {name: count for name, count in run.counts.items() if count}
        own = col(EnrolmentRow.number) == number
        async with self._sessions.begin() as session:
            if ours:
                await enrolment_rows.add_accounts(session, run.step, run.subsystem, ours)
            await enrolment_rows.change(session, number, rows)
            await session.execute(update(EnrolmentRow).where(own).values(counts=counts))


async def _together(*work: Coroutine[Any, Any, None]) -> None:
    """Run all; the first error stops the others, and none goes on behind the caller's back."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _tally(rows: Iterable[LearnerRow]) -> Counter[str]:
    """Rows by verdict and by state, in one."""
    return Counter(name for row in rows for name in (row.verdict, row.state))


def _account(row: LearnerRow) -> NewAccount:
    given_name = f"{row.first_name} {row.patronymic}".strip()
    email = row.email or no_mail_address(row.username)
    return NewAccount(str(row.row), row.username, email, given_name, row.surname)


def _made(row: LearnerRow, moodle_id: int) -> LearnerRow:
    row.moodle_id, row.state = moodle_id, State.CREATED
    return row


def _judge(row: LearnerRow, user: User) -> None:
    """Somebody has made an account since the plan: it counts as if it had been there then."""
    learner = Learner(row.row, row.surname, row.first_name, row.patronymic, row.email)
    planned = plans.plan([learner], [known(user, row.email)])[0]
    row.verdict, row.why = planned.verdict, planned.words
    if planned.verdict is Verdict.EXISTING:
        row.moodle_id, row.state = planned.account_id, State.CREATED
    else:
        row.state = State.SET_ASIDE


def _set_aside(row: LearnerRow, why: str) -> None:
    row.state, row.why = State.SET_ASIDE, why
