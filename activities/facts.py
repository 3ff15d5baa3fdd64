"""The facts of a case as letters and documents tell them, read from Postgres."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from activities.rendering import (
    CandidateFacts,
    DeadlineFacts,
    DecisionFacts,
    LetterContext,
    Link,
    Person,
)
from activities.sites import Sites
from models import deadlines, store
from models.analogues import Source
from models.completeness import missing_contacts
from models.deadlines import Deadline, local_date
from models.decisions import ENGINE, Ground, Outcome
from models.explanations import Explanation
from models.letters import Letter, Notice
from models.requests import Access, Item, Wanted
from models.settings import Settings
from models.setup import checklist
from models.tables import (
    AmendmentRow,
    CandidateRow,
    Category,
    ClauseRow,
    Course,
    DecisionRow,
    JournalEntry,
    Organisation,
    Request,
    RungRow,
    Subsystem,
    Task,
    TextRow,
)
from models.terms import Clause

_BEFORE_THE_DECISION = (Notice.CONFIRMATION, Notice.CONTACTS_NEEDED, Notice.REVIEW_REQUESTED)

_SOURCES = {
    Source.REGISTER: "реестр",
    Source.MOODLE: "Moodle",
    Source.OPEN_REQUEST: "открытый запрос",
}


@dataclass(frozen=True)
class Facts:
    """Reads what a letter needs to tell. One transaction, no clock of its own."""

    session: AsyncSession
    settings: Settings
    sites: Sites

    async def of(self, letter: Letter) -> LetterContext:
        """Everything about the letter's case, as it stands now.

        Args:
            letter: Its number, notice, recipient and instant.
        """
        request = await self.session.get_one(Request, letter.number)
        context = await self._request(request, letter)
        context = await self._clause(context, letter)
        context = await self._particulars(context, request, letter)
        if letter.notice in _BEFORE_THE_DECISION:
            return context
        context = await self._decision(context, request)
        return await self._setup(context, request)

    async def _request(self, request: Request, letter: Letter) -> LetterContext:
        agency = await self.session.get_one(Organisation, request.agency)
        subsystem = await self.session.get_one(Subsystem, request.subsystem)
        category = await self.session.get(Category, request.category) if request.category else None
        site = self.sites.get(request.subsystem)
        return LetterContext(
            number=request.number,
            title=request.title,
            wanted=Wanted(request.wanted),
            subsystem_name=subsystem.name,
            agency_name=agency.name,
            recipient=letter.to,
            received_on=request.received_on,
            category_name=category.name if category else request.category_name,
            goal=request.goal,
            learners=_learners(request),
            access=Access(request.access) if request.access else None,
            responsible=_responsible(request),
            previous_number=request.previous or "",
            outgoing_number=request.outgoing_number,
            outgoing_on=request.outgoing_on,
            contacts=tuple(contact.russian for contact in missing_contacts(request.contents())),
            checklist=tuple(check.russian for check in checklist(Wanted(request.wanted))),
            site_url=site.url if site else subsystem.url or "",
            forgot_password_url=site.forgot_password_url if site else "",
            case_url=f"{self.settings.public_url.rstrip('/')}/api/v1/requests/{request.number}",
            operator_email=self.settings.operator_email,
        )

    async def _particulars(self, context: LetterContext, request: Request, letter: Letter) -> LetterContext:
        """What a single notice tells, and no other."""
        match letter.notice:
            case Notice.REVIEW_REQUESTED:
                return replace(context, candidates=await self._candidates(request.number))
            case Notice.MANUAL_SETUP | Notice.STEP_FAILED:
                return replace(context, task_reason=await self._task_reason(letter))
            case Notice.OBSTACLE | Notice.ESCALATION:
                return replace(context, obstacle=await self._obstacle(letter))
            case Notice.ACCESS | Notice.SETUP_DONE:
                return replace(
                    context,
                    course_url=await self._url_of(Course, request.number),
                    category_url=await self._category_url(request),
                )
            case _:
                return context

    async def _clause(self, context: LetterContext, letter: Letter) -> LetterContext:
        clause = Clause.SETUP if letter.step.startswith("setup/") else Clause.REVIEW
        row = await self.session.get(ClauseRow, (letter.number, clause.value))
        if row is None:
            return context
        calendar = await store.load_calendar(self.session, self.settings.confirmed_years)
        deadline = Deadline.model_validate(row.deadline)
        facts = DeadlineFacts(
            clause=clause,
            last_day=row.last_day,
            remaining=deadlines.standing(deadline, letter.at, calendar),
            explanation=Explanation.model_validate(row.explanation).sentence,
            is_provisional=row.is_provisional,
        )
        context = replace(context, deadline=facts, rung_label=await self._rung_label(letter, clause))
        if letter.notice is Notice.DEADLINE_MOVED:
            context = replace(
                context,
                old_last_day=row.moved_from,
                new_last_day=row.last_day,
                moved_by=await self._decree(letter),
            )
        return context

    async def _rung_label(self, letter: Letter, clause: Clause) -> str:
        if letter.rung is None:
            return ""
        rung = await self.session.get_one(RungRow, (letter.number, clause.value, letter.rung))
        is_repeated = "/repeat-" in letter.step
        return f"{rung.label}, повторно" if is_repeated else rung.label

    async def _decree(self, letter: Letter) -> str:
        """Of the amendment that the step is named after: `review/moved-7`."""
        row = await self.session.get(AmendmentRow, int(letter.step.rpartition("-")[2]))
        return row.decree if row else ""

    async def _decision(self, context: LetterContext, request: Request) -> LetterContext:
        row = await self.session.get(DecisionRow, request.number)
        if row is None:
            return context
        facts = DecisionFacts(
            outcome=Outcome(row.outcome),
            decided_on=local_date(row.at),
            ground=Ground(row.ground) if row.ground else None,
            missing=tuple(Item(item).russian for item in row.missing),
            analogue=await self._analogue(request.number, row.analogue),
            reason=await self._text(row.reason_id),
            late_by=row.late_by,
            is_automatic=row.decided_by == ENGINE,
        )
        return replace(context, decision=facts, order_received_on=row.order_received_on)

    async def _setup(self, context: LetterContext, request: Request) -> LetterContext:
        row = await self.session.get(ClauseRow, (request.number, Clause.SETUP.value))
        if row is None:
            return context
        return replace(
            context,
            order_received_on=row.started_on,
            set_up_on=_date(row.finished_at),
            set_up_late_by=row.late_by,
        )

    async def _url_of(self, table: type[Course] | type[Category], number: str) -> str:
        url = (await self.session.scalars(select(table.url).where(col(table.request) == number))).first()
        return url or ""

    async def _category_url(self, request: Request) -> str:
        if request.category is None:
            return await self._url_of(Category, request.number)
        category = await self.session.get_one(Category, request.category)
        return category.url or ""

    async def _task_reason(self, letter: Letter) -> str:
        """Why the operator got the task that the letter tells of."""
        query = select(Task).where(col(Task.number) == letter.number, col(Task.step) == letter.step)
        row = (await self.session.scalars(query)).first()
        return row.why if row else ""

    async def _obstacle(self, letter: Letter) -> str:
        """The obstacle that the letter tells of, else the newest one."""
        query = (
            select(JournalEntry)
            .where(
                col(JournalEntry.number) == letter.number,
                col(JournalEntry.step).startswith("setup/obstacle-"),
            )
            .order_by(col(JournalEntry.id).desc())
        )
        rows = (await self.session.scalars(query)).all()
        own = next((row for row in rows if row.step == letter.step), None)
        chosen = own or (rows[0] if rows else None)
        return chosen.what.partition(": ")[2] if chosen else ""

    async def _candidates(self, number: str) -> tuple[CandidateFacts, ...]:
        query = select(CandidateRow).where(col(CandidateRow.number) == number)
        rows = (await self.session.scalars(query.order_by(col(CandidateRow.score).desc()))).all()
        return tuple(
            CandidateFacts(
                title=row.title, link=row.link, score=row.score, source=_SOURCES[Source(row.source)]
            )
            for row in rows
        )

    async def _analogue(self, number: str, ref: str | None) -> Link | None:
        if ref is None:
            return None
        row = await self.session.get(CandidateRow, (number, ref))
        return Link(row.title, row.link) if row else Link(ref)

    async def _text(self, text_id: UUID | None) -> str:
        if text_id is None:
            return ""
        return (await self.session.get_one(TextRow, text_id)).body


def _learners(request: Request) -> str:
    if request.learners_are:
        return request.learners_are
    return f"по списку, человек: {len(request.learners)}" if request.learners else ""


def _responsible(request: Request) -> Person | None:
    if not request.responsible_name:
        return None
    return Person(
        name=request.responsible_name,
        post=request.responsible_post,
        email=request.responsible_email,
        phone=request.responsible_phone,
    )


def _date(at: datetime | None) -> date | None:
    return local_date(at) if at else None
