"""Way one of clause 4.5: the way in looked at, the operator's task, the instruction for learners."""

import asyncio
import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from activities.sites import Sites
from clients.moodle import NotFound
from models import self_registration, store
from models.deadlines import local_date
from models.enrolment import Stage
from models.letters import Letter, Notice
from models.self_registration import Lack, LookAtWayIn, OpenWayIn, ShowLacks, WayIn
from models.step import Step
from models.tables import (
    CaseRow,
    Course,
    Document,
    EnrolmentRow,
    Organisation,
    Person,
    Responsibility,
    Subsystem,
    Task,
)
from models.tasks import TaskKind
from models.terms import Clause
from reports import instruction
from reports.instruction import Instruction

NOTICES = (Notice.WAY_IN_SHUT, Notice.SELF_REGISTRATION)
DOCUMENT = "instruction"
"""The kind of the sheet for learners."""

_KEY = "его сообщит ответственное лицо"
_NEEDS_KEY = "Для записи на курс нужно кодовое слово: сообщите его Пользователям."


class SelfRegistrationActivities:
    """Activities on self-registration."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites

    @activity.defn
    async def look_at_way_in(self, look: LookAtWayIn) -> WayIn:
        """Whether learners can come in by themselves, as Moodle tells it now.

        Raises:
            MoodleUnavailable, MoodleDenied: It can't be told now.
        """
        async with store.looking(self._sessions) as session:
            course = await session.get_one(Course, look.course)
        site = self._sites.get(course.subsystem)
        if site is None or course.moodle_id is None:
            return WayIn()
        registration = await site.moodle.self_registration()
        try:
            visible = (await site.moodle.course(course.moodle_id)).visible
            enrolment = await site.moodle.self_enrolment(course.moodle_id)
        except NotFound:
            return WayIn(exists=False)
        return WayIn(
            registration=registration,
            visible=visible,
            enrolment=enrolment is not None and enrolment.is_open,
            needs_key=enrolment is not None and enrolment.needs_key,
        )

    @activity.defn
    async def show_lacks(self, show: ShowLacks) -> None:
        """Say on the case and in the operator's list what has to be switched on."""
        why = " ".join(lack.russian for lack in show.lacks)
        task = {
            "number": show.number,
            "workflow_id": show.workflow_id,
            "step": show.step,
            "clause": Clause.ENROLMENT.value,
            "kind": _kind(show.lacks),
            "why": why,
            "checklist": [],
            "done": [],
            "opened_at": show.at,
        }
        async with self._sessions.begin() as session:
            what = f"Пользователи пока не могут записаться сами: {why}"
            await store.write_once(session, show, Clause.ENROLMENT, what)
            await session.execute(insert(Task).values(task).on_conflict_do_nothing())
            lines = "\n".join(lack.russian for lack in show.lacks)
            await _show(session, show.number, Stage.WAY_SHUT, lines, show.lacks)

    @activity.defn
    async def open_way_in(self, opened: OpenWayIn) -> None:
        """Keep the instruction, and say on the case that the way is open."""
        key = _KEY if opened.needs_key else ""
        async with store.looking(self._sessions) as session:
            sheet = await _sheet(session, opened, key)
        content = await asyncio.to_thread(instruction.sheet, sheet)
        async with self._sessions.begin() as session:
            checked = ", подтверждено Оператором" if opened.confirmed else ", проверено в Moodle"
            what = f"Самостоятельная регистрация и запись на курс открыты{checked}"
            await store.write_once(session, opened, Clause.ENROLMENT, what, by=opened.by)
            document = insert(Document).values(_document(opened, content))
            await session.execute(document.on_conflict_do_nothing())
            await _show(session, opened.number, Stage.WAY_OPEN, _NEEDS_KEY if opened.needs_key else "")


async def read(session: AsyncSession, letter: Letter) -> dict[str, Any]:
    """What the letters of way one tell: what is to be switched on, or what learners do."""
    row = await session.get_one(EnrolmentRow, letter.number)
    if letter.notice is Notice.WAY_IN_SHUT:
        lacks = [Lack(one) for one in row.lacks]
        told = [lack.russian for lack in lacks]
        return {"lacks": told, "is_unseen": self_registration.is_unseen(lacks)}
    sheet = await _sheet(session, letter, _KEY if row.why else "")
    return {"steps": instruction.steps(sheet), "needs_key": bool(row.why)}


async def documents(session: AsyncSession, letter: Letter) -> list[int]:
    """Ids of the documents that go with a letter and stand in the case already."""
    if letter.notice is not Notice.SELF_REGISTRATION:
        return []
    own = (col(Document.number) == letter.number, col(Document.kind) == DOCUMENT)
    return [one or 0 for one in (await session.scalars(select(Document.id).where(*own))).all()]


async def _sheet(session: AsyncSession, step: Step, key: str) -> Instruction:
    case = await session.get_one(CaseRow, step.number)
    course = await session.get_one(Course, case.course)
    owner = await session.get_one(Organisation, case.organisation)
    subsystem = await session.get_one(Subsystem, course.subsystem)
    return Instruction(
        course=course.name,
        course_url=course.url or subsystem.url or "",
        site_url=subsystem.url or course.url or "",
        dated=local_date(step.at),
        agency=owner.name,
        enrolment_key=key,
        help=await _help(session, course),
    )


async def _help(session: AsyncSession, course: Course) -> str:
    """Whom learners ask: the one who is responsible now."""
    query = (
        select(Person)
        .join(Responsibility, col(Responsibility.person) == col(Person.id))
        .where(col(Responsibility.course) == course.id, col(Responsibility.until).is_(None))
    )
    person = (await session.scalars(query.limit(1))).first()
    return ", ".join(one for one in (person.name, person.email, person.phone) if one) if person else ""


def _kind(lacks: Collection[Lack]) -> TaskKind:
    return TaskKind.WAY_IN_UNSEEN if any(lack.is_unseen for lack in lacks) else TaskKind.WAY_IN


async def _show(
    session: AsyncSession, number: str, stage: Stage, why: str, lacks: Collection[Lack] = ()
) -> None:
    own = update(EnrolmentRow).where(col(EnrolmentRow.number) == number)
    await session.execute(own.values(state=stage.value, why=why, lacks=[lack.value for lack in lacks]))


def _document(step: Step, content: bytes) -> dict[str, Any]:
    return {
        "number": step.number,
        "kind": DOCUMENT,
        "title": "Как записаться на курс",
        "filename": f"kak-zapisatsya-{step.number}.pdf",
        "media_type": "application/pdf",
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "made_at": step.at,
    }
