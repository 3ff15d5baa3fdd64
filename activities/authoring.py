"""Clause 4.4: a course looked at in its Moodle, and its declaration written down."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from activities import endings
from activities.sites import Sites
from clients.moodle import NotFound
from models import store
from models.authoring import Authoring, Finding, LookAtCourse, Looked, RecordDeclaration, Seen
from models.cases import Kind
from models.letters import Letter
from models.opening import new_case, register
from models.regulation import AUTHORING_TERM
from models.steps import RecordSetup
from models.tables import CaseRow, Course, JournalEntry
from models.terms import Clause


class AuthoringActivities:
    """Activities on the building of a course."""

    def __init__(self, sessions: store.Sessions, sites: Sites, confirmed_years: frozenset[int]) -> None:
        self._sessions = sessions
        self._sites = sites
        self._confirmed_years = confirmed_years

    @activity.defn
    async def look_at_course(self, look: LookAtCourse) -> Looked:
        """What makes the course ready, as Moodle shows it now; nothing where there is none to ask.

        Raises:
            MoodleUnavailable, MoodleDenied: It cannot be told now.
        """
        async with store.looking(self._sessions) as session:
            course = await session.get_one(Course, look.course)
        site = self._sites.get(course.subsystem)
        if site is None or course.moodle_id is None:
            return Looked()
        try:
            seen = await site.moodle.readiness(course.moodle_id)
        except NotFound:
            return Looked(seen=Seen(exists=False))
        return Looked(
            seen=Seen(
                has_content=seen.has_content,
                hidden_activities=seen.hidden_activities,
                visible=seen.visible,
                self_enrolment_open=seen.self_enrolment is not None and seen.self_enrolment.is_open,
                manual_enrolment=seen.manual_enrolment,
                has_criteria=seen.has_criteria,
                completion_enabled=seen.completion_enabled,
            )
        )

    @activity.defn
    async def record_declaration(self, record: RecordDeclaration) -> None:
        """Write down what was declared and found; a course that is ready ends the clause."""
        async with self._sessions.begin() as session:
            late_by = await endings.late_by(
                session, record.number, Clause.AUTHORING, record.at, self._confirmed_years
            )
            evidence = {
                "seen": record.seen.model_dump(mode="json") if record.seen else None,
                "findings": [finding.value for finding in record.findings],
                "ready": record.is_ready,
                "declaration": record.declaration,
            }
            what = _declared(record, late_by)
            is_new = await store.write_once(
                session, record, Clause.AUTHORING, what, by=record.by, evidence=evidence
            )
            if is_new and record.is_ready:
                await endings.finish(session, record, Clause.AUTHORING, late_by)


async def open_authoring(session: AsyncSession, record: RecordSetup) -> Authoring | None:
    """The case of building the course that a setup made, in the transaction that records the setup."""
    course = await _made_by(session, record.number)
    if course is None:
        return None
    case = await new_case(session, Kind.AUTHORING, course)
    argument = Authoring(case=case, term=AUTHORING_TERM)
    what = f"Курс формируется: доступ настроен по запросу № {record.number}"
    await register(
        session, case, argument, at=record.at, clause=Clause.AUTHORING, what=what, by=record.result.by
    )
    return argument


async def opened_authoring(session: AsyncSession, number: str) -> Authoring | None:
    """The same case once it is registered."""
    course = await _made_by(session, number)
    row = await session.get(CaseRow, f"{Kind.AUTHORING}-{course.id}") if course else None
    return Authoring.model_validate(row.input) if row else None


async def ready_facts(session: AsyncSession, letter: Letter) -> dict[str, Any]:
    """Whether the course that is ready was checked, and what the check still warns of."""
    query = select(JournalEntry.evidence).where(
        col(JournalEntry.number) == letter.number, col(JournalEntry.evidence)["ready"].as_boolean()
    )
    evidence = (await session.scalars(query.order_by(col(JournalEntry.id).desc()).limit(1))).first() or {}
    found = [Finding(one) for one in evidence.get("findings", [])]
    return {
        "is_checked": Finding.NOT_CHECKED not in found,
        "warnings": [one.russian for one in found if one is not Finding.NOT_CHECKED],
    }


async def _made_by(session: AsyncSession, request: str) -> Course | None:
    return (await session.scalars(select(Course).where(col(Course.request) == request))).first()


def _declared(record: RecordDeclaration, late_by: str) -> str:
    if not record.is_ready:
        missing = " ".join(finding.russian for finding in record.findings if finding.is_blocking)
        return f"Курс объявлен готовым, но не готов: {missing}"
    late = f", позже планируемой даты {late_by}" if late_by else ""
    if Finding.NOT_CHECKED in record.findings:
        return f"Курс объявлен готовым{late}; не проверено системой"
    return f"Курс готов{late}: проверено в Moodle"
