"""Trainings in Postgres and in Moodle (clauses 4.6 and 4.7)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from activities.sites import Site, Sites
from clients.moodle import Learner, NotFound
from models import mailings, results, store, training_results
from models.errors import SiteMissing
from models.letters import Notice
from models.mailings import Audience, Mailing
from models.results import Results, State
from models.step import Step
from models.tables import (
    BulkLetter,
    CaseRow,
    Course,
    Document,
    LearnerRow,
    ParticipantRow,
    TextRow,
    TrainingRow,
)
from models.terms import Clause
from models.training_steps import Keep, PlanMailings, Reading, ReadResults, ShowTraining, WriteMailing
from reports import results_pdf, results_table, results_xlsx, xlsx

_CALLS_AT_ONCE = 4
_PAGE = 100
_NOTICES = {
    Audience.ALL: Notice.TRAINING_START,
    Audience.NOT_BEGUN: Notice.TRAINING_NOT_BEGUN,
    Audience.NOT_FINISHED: Notice.TRAINING_NOT_FINISHED,
}
_UPDATED = ("state", "progress", "grade", "grade_max", "completed_at", "last_seen_at")


class _Taking(NamedTuple):
    """A training as its reading sees it."""

    number: str
    lists: list[str]
    course: Course
    site: Site
    gate: asyncio.Semaphore


class TrainingActivities:
    """Activities on trainings."""

    def __init__(self, sessions: store.Sessions, sites: Sites, confirmed_years: frozenset[int]) -> None:
        self._sessions = sessions
        self._sites = sites
        self._confirmed_years = confirmed_years

    @activity.defn
    async def show_training(self, show: ShowTraining) -> None:
        """Dates and stage as people read them."""
        async with self._sessions.begin() as session:
            if show.what:
                text = await session.get(TextRow, UUID(show.text_id)) if show.text_id else None
                what = f"{show.what}: {text.body}" if text else show.what
                await store.write_once(session, show, Clause.TRAINING, what, by=show.by)
            own = update(TrainingRow).where(
                col(TrainingRow.number) == show.number, col(TrainingRow.closed_at).is_(None)
            )
            await session.execute(
                own.values(
                    starts_on=show.training.starts_on,
                    ends_on=show.training.ends_on,
                    state=show.stage.value,
                )
            )

    @activity.defn
    async def plan_mailings(self, plan: PlanMailings) -> list[Mailing]:
        """When which letters go."""
        async with self._sessions() as session:
            calendar = await store.load_calendar(session, self._confirmed_years)
        return list(mailings.schedule(plan.training, calendar))

    @activity.defn
    async def read_results(self, read: ReadResults) -> Reading:
        """Who takes part, and how far they are, page by page; kept results stay as they are.

        Raises:
            MoodleUnavailable: What was read stands; the rest is read anew.
        """
        taking = await self._taking(read.number)
        if taking is None:
            return Reading(is_course_gone=True, participants=await self._count(read.number))
        course_id = taking.course.moodle_id or 0
        unseen: set[str] = set()
        try:
            await self._take_in(taking)
            ids = await self._ids(read.number)
            pages = taking.site.moodle.read_results(course_id, ids, taking.gate, page=_PAGE)
            async for page in pages:
                unseen |= {results.Unseen[one.name].value for one in page.unseen}
                await self._write(read.number, page.learners)
        except NotFound:
            return Reading(is_course_gone=True, participants=await self._count(read.number))
        await self._finish(read.number, sorted(unseen))
        return Reading(is_course_gone=False, participants=len(ids))

    @activity.defn
    async def write_mailing(self, write: WriteMailing) -> int:
        """A letter to each whom it is for; how many there are to send."""
        audience = write.mailing.to
        states = [state.value for state in State if audience.takes(state)]
        query = select(ParticipantRow).where(
            col(ParticipantRow.training) == write.number, col(ParticipantRow.state).in_(states)
        )
        async with self._sessions.begin() as session:
            rows = (await session.scalars(query)).all()
            what = f"Письма Пользователям ({_NOTICES[audience].russian}): {len(rows)}"
            if not await store.write_once(session, write, Clause.TRAINING, what):
                own = (col(BulkLetter.number) == write.number, col(BulkLetter.step) == write.step)
                return int(await session.scalar(select(func.count()).where(*own)) or 0)
            for page in _pages([_letter(write, row, _NOTICES[audience]) for row in rows], 1000):
                await session.execute(insert(BulkLetter).on_conflict_do_nothing(), page)
        return len(rows)

    @activity.defn
    async def keep_results(self, keep: Keep) -> None:
        """The results as they are now, with what people download; nothing changes them afterwards."""
        async with store.looking(self._sessions) as session:
            found = await training_results.load(session, keep.number)
        documents = await asyncio.to_thread(_documents, keep, found)
        async with self._sessions.begin() as session:
            what = f"Результаты сохранены: участников — {len(found.learners)}"
            if not await store.write_once(session, keep, Clause.RESULTS, what):
                return
            own = update(TrainingRow).where(col(TrainingRow.number) == keep.number)
            await session.execute(own.values(state=keep.stage.value, closed_at=keep.at))
            await session.execute(insert(Document).on_conflict_do_nothing(), documents)

    async def _taking(self, number: str) -> _Taking | None:
        """None where the register knows of no course in Moodle."""
        async with store.looking(self._sessions) as session:
            training = await session.get_one(TrainingRow, number)
            course = await session.get_one(Course, training.course)
        site = self._sites.get(course.subsystem)
        if site is None:
            raise SiteMissing
        if course.moodle_id is None:
            return None
        return _Taking(number, training.lists, course, site, asyncio.Semaphore(_CALLS_AT_ONCE))

    async def _take_in(self, taking: _Taking) -> None:
        """Whoever takes part is a participant, those who come later too."""
        async for page in self._learners(taking):
            if not page:
                continue
            statement = insert(ParticipantRow)
            told = {name: statement.excluded[name] for name in ("name", "email", "organisation", "post")}
            taken = statement.on_conflict_do_update(index_elements=["training", "ordinal"], set_=told)
            async with self._sessions.begin() as session:
                if await _is_open(session, taking.number):
                    await session.execute(taken, page)

    async def _learners(self, taking: _Taking) -> AsyncIterator[list[dict[str, Any]]]:
        if taking.lists:
            async with store.looking(self._sessions) as session:
                known = await _of_lists(session, col(LearnerRow.number).in_(taking.lists))
            for part in _pages(list(known.values()), 1000):
                yield [_participant(taking.number, one) for one in part]
            return
        course_id = taking.course.moodle_id or 0
        async for page in taking.site.moodle.course_learners(course_id, taking.gate):
            async with store.looking(self._sessions) as session:
                known = await _of_lists(
                    session,
                    col(LearnerRow.moodle_id).in_([one.id for one in page]),
                    col(LearnerRow.number).in_(_lists_of(taking.course)),
                )
            yield [
                _participant(taking.number, known[one.id])
                if one.id in known
                else {
                    "training": taking.number,
                    "ordinal": one.id,
                    "name": one.full_name or f"№ {one.id}",
                    "email": one.email or "",
                    "organisation": "",
                    "post": "",
                }
                for one in page
            ]

    async def _ids(self, number: str) -> list[int]:
        query = select(col(ParticipantRow.ordinal)).where(col(ParticipantRow.training) == number)
        async with store.looking(self._sessions) as session:
            return list((await session.scalars(query.order_by(col(ParticipantRow.ordinal)))).all())

    async def _count(self, number: str) -> int:
        return len(await self._ids(number))

    async def _write(self, number: str, learners: Iterable[Learner]) -> None:
        rows = [{"training": number, "ordinal": one.user_id, "name": "", **_result(one)} for one in learners]
        statement = insert(ParticipantRow)
        read = statement.on_conflict_do_update(
            index_elements=["training", "ordinal"], set_={name: statement.excluded[name] for name in _UPDATED}
        )
        async with self._sessions.begin() as session:
            if rows and await _is_open(session, number):
                await session.execute(read, rows)

    async def _finish(self, number: str, unseen: list[str]) -> None:
        async with store.looking(self._sessions) as session:
            own = (col(TrainingRow.number) == number, col(TrainingRow.closed_at).is_(None))
            values = {"read_at": func.now(), "unseen": unseen}
            await session.execute(update(TrainingRow).where(*own).values(values))


async def _is_open(session: AsyncSession, number: str) -> bool:
    """And stays so until the caller's transaction ends."""
    query = select(col(TrainingRow.closed_at)).where(col(TrainingRow.number) == number)
    return (await session.scalar(query.with_for_update(read=True))) is None


async def _of_lists(session: AsyncSession, *which: Any) -> dict[int, LearnerRow]:
    rows = await session.scalars(select(LearnerRow).where(*which, col(LearnerRow.moodle_id).is_not(None)))
    return {row.moodle_id or 0: row for row in rows}


def _lists_of(course: Course) -> Any:
    return select(col(CaseRow.number)).where(col(CaseRow.course) == course.id)


def _participant(number: str, row: LearnerRow) -> dict[str, Any]:
    names = (row.surname, row.first_name, row.patronymic)
    return {
        "training": number,
        "ordinal": row.moodle_id,
        "name": " ".join(name for name in names if name),
        "email": row.email,
        "organisation": row.organisation,
        "post": row.post,
    }


def _result(one: Learner) -> dict[str, Any]:
    """As reports have it: whole per cent, aware moments."""
    state = "not_begun" if one.state.name == "NOT_STARTED" else results.State[one.state.name].value
    return {
        "state": state,
        "progress": None if one.progress is None else int(one.progress * 100 + 1e-9),
        "grade": one.grade,
        "grade_max": one.grade_max,
        "completed_at": _moment(one.completed_on),
        "last_seen_at": _moment(one.last_access),
    }


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _letter(step: Step, row: ParticipantRow, notice: Notice) -> dict[str, Any]:
    return {
        "number": step.number,
        "step": step.step,
        "row": row.ordinal,
        "address": row.email,
        "facts": {"notice": notice.value, "name": row.name},
    }


def _documents(keep: Keep, found: Results) -> list[dict[str, Any]]:
    made = (
        ("results-json", "json", "application/json", found.model_dump_json().encode()),
        ("results-xlsx", "xlsx", xlsx.MEDIA_TYPE, results_xlsx.workbook(found)),
        ("results-pdf", "pdf", results_pdf.MEDIA_TYPE, results_pdf.document(found)),
    )
    return [
        {
            "number": keep.number,
            "kind": kind,
            "title": f"Результаты обучения ({extension.upper()})",
            "filename": results_table.filename(found, extension),
            "media_type": media_type,
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
            "made_at": keep.at,
        }
        for kind, extension, media_type, content in made
    ]


def _pages(rows: list[Any], size: int) -> list[list[Any]]:
    return [rows[first : first + size] for first in range(0, len(rows), size)]
