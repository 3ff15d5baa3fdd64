"""The facts of a case about a course (clauses 4.4-4.9) as its letters tell them, read from Postgres."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from activities import (
    authoring,
    certificate_letters,
    consultation,
    dossier,
    enrolments,
    recipients,
    replacement_facts,
    self_registration,
    training_facts,
)
from activities.facts import deadline_facts
from activities.rendering import DeadlineFacts, Person
from activities.sites import Sites
from models import cases, store
from models.cases import Kind
from models.letters import Letter, Notice
from models.replacement import Work
from models.settings import Settings
from models.tables import CaseRow, ClauseRow, Course, Organisation, Responsibility, RungRow, Subsystem
from models.tables import Person as PersonRow
from models.terms import Recipient

Particulars = Callable[[AsyncSession, Letter], Awaitable[dict[str, Any]]]

PARTICULARS: Mapping[Notice, Particulars] = {
    **dict.fromkeys(training_facts.NOTICES, training_facts.read),
    Notice.COURSE_READY: authoring.ready_facts,
    **dict.fromkeys((Notice.QUESTION, Notice.ANSWER), consultation.thread_facts),
    **dict.fromkeys(enrolments.NOTICES, enrolments.read),
    **dict.fromkeys(self_registration.NOTICES, self_registration.read),
    **dict.fromkeys(certificate_letters.NOTICES, certificate_letters.read),
    **dict.fromkeys(replacement_facts.NOTICES, replacement_facts.read),
}
"""What single notices tell beside the rest; each clause reads its own."""


@dataclass(frozen=True)
class CourseLetter:
    """Everything that a letter about a course tells."""

    facts: ClassVar[str] = "_base/course_facts.jinja"

    number: str
    title: str
    """Of the course."""
    subsystem_name: str
    agency_name: str
    """The owner."""
    recipient: Recipient
    course_url: str
    site_url: str
    forgot_password_url: str
    responsible: Person | None
    operator_email: str
    case_page: str = ""
    """Where the recipient finds the case; blank for learners and whoever else has no pages here."""
    deadline: DeadlineFacts | None = None
    old_last_day: date | None = None
    new_last_day: date | None = None
    moved_by: str = ""
    """The decree that moved the deadline."""
    rung_label: str = ""
    task_reason: str = ""
    is_by_hand: bool = False
    """Whether the task is the operator's own work, and no failure."""
    is_giving: bool = False
    """Whether that work is to give rights to the successor, not to take the predecessor's."""
    is_appointing: bool = False
    """Of clause 4.8: the owner has told of the change, nobody is appointed yet."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """Of the notice: see `PARTICULARS`."""

    @property
    def label(self) -> str:
        """«Обучение № 17»."""
        return cases.label(self.number)

    def with_more(self, facts: Mapping[str, Any]) -> "CourseLetter":
        """The same letter to another reader."""
        return replace(self, more={**self.more, **facts})


class CourseFile(NamedTuple):
    """What a letter tells, and whom it may go to."""

    context: CourseLetter
    owner: Organisation


async def read(session: AsyncSession, letter: Letter, settings: Settings, sites: Sites) -> CourseFile:
    """Everything that a letter about a course may tell, as it stands now.

    Raises:
        sqlalchemy.exc.NoResultFound: There is no such case.
    """
    case, owner, subsystem, course, person = (await session.execute(_case(letter.number))).one()
    is_appointing = False
    if case.kind == Kind.REPLACEMENT:
        person = await replacement_facts.responsible(session, letter)
        is_appointing = person is None and await replacement_facts.is_told(session, case.number)
    site = sites.get(case.subsystem or "")
    task = await dossier.task(session, letter)
    context = CourseLetter(
        number=case.number,
        title=case.title,
        subsystem_name=subsystem.name if subsystem else "",
        agency_name=owner.name,
        recipient=letter.to,
        course_url=(course.url or "") if course else "",
        site_url=site.url if site else (subsystem.url or "") if subsystem else "",
        forgot_password_url=site.forgot_password_url if site else "",
        responsible=_person(person),
        operator_email=settings.operator_email,
        case_page=recipients.case_page(settings.public_url, letter),
        is_appointing=is_appointing,
        task_reason=task.why,
        is_by_hand=letter.notice is Notice.STEP_FAILED and task.is_by_hand,
        is_giving=letter.step.startswith(f"{Kind.REPLACEMENT}/{Work.GRANT}-"),
        more=await PARTICULARS[letter.notice](session, letter) if letter.notice in PARTICULARS else {},
        **await _deadline(session, letter, settings.confirmed_years),
    )
    return CourseFile(context, owner)


def _case(number: str) -> Any:
    """With the one who is responsible for the course now."""
    responsible = and_(col(Responsibility.course) == col(CaseRow.course), col(Responsibility.until).is_(None))
    return (
        select(CaseRow, Organisation, Subsystem, Course, PersonRow)
        .join(Organisation, col(Organisation.code) == col(CaseRow.organisation))
        .outerjoin(Subsystem, col(Subsystem.code) == col(CaseRow.subsystem))
        .outerjoin(Course, col(Course.id) == col(CaseRow.course))
        .outerjoin(Responsibility, responsible)
        .outerjoin(PersonRow, col(PersonRow.id) == col(Responsibility.person))
        .where(col(CaseRow.number) == number)
    )


async def _deadline(session: AsyncSession, letter: Letter, confirmed_years: frozenset[int]) -> dict[str, Any]:
    """Of the term that runs in the case: each but a request has one at most."""
    query = select(ClauseRow, RungRow).outerjoin(
        RungRow,
        and_(
            col(RungRow.number) == col(ClauseRow.number),
            col(RungRow.clause) == col(ClauseRow.clause),
            col(RungRow.ordinal) == letter.rung,
        ),
    )
    row = (await session.execute(query.where(col(ClauseRow.number) == letter.number))).first()
    if row is None:
        return {}
    clause, rung = row
    calendar = await store.load_calendar(session, confirmed_years)
    label = f"{rung.label}, повторно" if rung and "/repeat-" in letter.step else rung.label if rung else ""
    facts = {"deadline": deadline_facts(clause, letter.at, calendar), "rung_label": label}
    if letter.notice is not Notice.DEADLINE_MOVED:
        return facts
    decree = await dossier.decree(session, letter)
    return {**facts, "old_last_day": clause.moved_from, "new_last_day": clause.last_day, "moved_by": decree}


def _person(row: PersonRow | None) -> Person | None:
    return Person(name=row.name, post=row.post, email=row.email, phone=row.phone) if row else None
