"""From the rows of a case to the facts that its letters and documents tell. Pure, no clock of its own."""

from dataclasses import replace
from datetime import datetime

from activities import recipients
from activities.dossier import Dossier, clause_of
from activities.rendering import (
    CandidateFacts,
    DeadlineFacts,
    DecisionFacts,
    LetterContext,
    Link,
    Person,
)
from activities.sites import Sites
from models import deadlines
from models.analogues import Source
from models.calendar import WorkCalendar
from models.completeness import missing_contacts
from models.deadlines import Deadline, local_date
from models.decisions import ENGINE, Ground, Outcome
from models.explanations import Explanation
from models.letters import Letter, Notice
from models.requests import Access, Item, Wanted
from models.settings import Settings
from models.setup import checklist
from models.tables import CandidateRow, ClauseRow, Request
from models.terms import Clause

_BEFORE_THE_DECISION = (Notice.CONFIRMATION, Notice.CONTACTS_NEEDED, Notice.REVIEW_REQUESTED)

_SOURCES = {
    Source.REGISTER: "реестр",
    Source.MOODLE: "Moodle",
    Source.OPEN_REQUEST: "открытый запрос",
}


def facts(case: Dossier, letter: Letter, sites: Sites, settings: Settings) -> LetterContext:
    """Everything that a letter tells.

    Args:
        case: As it was read for this letter.
        letter: Its notice, recipient and instant.
        sites: The Moodles, for the addresses that people open.
        settings: Where the operator is asked for advice, and where anybody sees how the request stands.
    """
    context = _clause(_request(case, letter, sites), case, letter)
    context = replace(
        context,
        candidates=tuple(_candidate(row) for row in case.candidates),
        task_reason=case.task_reason,
        obstacle=case.obstacle,
        told=case.told,
        operator_email=settings.operator_email,
        case_page=recipients.case_page(settings.public_url, letter, stage=case.request.stage),
        status_code=settings.status_code(case.request.number),
        status_url=settings.status_url(case.request.number),
    )
    if letter.notice in _BEFORE_THE_DECISION:
        return context
    return _setup(_decision(context, case), case)


def _request(case: Dossier, letter: Letter, sites: Sites) -> LetterContext:
    request, wanted = case.request, Wanted(case.request.wanted)
    site = sites.get(request.subsystem)
    return LetterContext(
        number=request.number,
        title=request.title,
        wanted=wanted,
        subsystem_name=case.subsystem.name,
        agency_name=case.agency.name,
        recipient=letter.to,
        received_on=request.received_on,
        category_name=case.category.name if case.category else request.category_name,
        goal=request.goal,
        learners=_learners(request),
        access=Access(request.access) if request.access else None,
        responsible=_responsible(request),
        previous_number=request.previous or "",
        outgoing_number=request.outgoing_number,
        outgoing_on=request.outgoing_on,
        contacts=tuple(contact.russian for contact in missing_contacts(request.contents())),
        checklist=tuple(check.russian for check in checklist(wanted)),
        site_url=site.url if site else case.subsystem.url or "",
        forgot_password_url=site.forgot_password_url if site else "",
        course_url=(case.made_course.url or "") if case.made_course else "",
        category_url=_category_url(case),
    )


def _clause(context: LetterContext, case: Dossier, letter: Letter) -> LetterContext:
    clause = clause_of(letter)
    row = case.setup if clause is Clause.SETUP else case.review
    if row is None:
        return context
    context = replace(
        context,
        deadline=deadline_facts(row, letter.at, case.calendar),
        rung_label=_rung_label(case, letter),
    )
    if letter.notice is not Notice.DEADLINE_MOVED:
        return context
    return replace(context, old_last_day=row.moved_from, new_last_day=row.last_day, moved_by=case.decree)


def deadline_facts(row: ClauseRow, at: datetime, calendar: WorkCalendar) -> DeadlineFacts:
    """A clause's deadline as it stands at an instant."""
    deadline = Deadline.model_validate(row.deadline)
    return DeadlineFacts(
        clause=Clause(row.clause),
        last_day=row.last_day,
        remaining=deadlines.standing(deadline, at, calendar),
        explanation=Explanation.model_validate(row.explanation).sentence,
        is_provisional=row.is_provisional,
        is_late=deadline.is_late(at),
    )


def _rung_label(case: Dossier, letter: Letter) -> str:
    if case.rung is None:
        return ""
    return f"{case.rung.label}, повторно" if "/repeat-" in letter.step else case.rung.label


def _decision(context: LetterContext, case: Dossier) -> LetterContext:
    row = case.decision
    if row is None:
        return context
    decision = DecisionFacts(
        outcome=Outcome(row.outcome),
        decided_on=local_date(row.at),
        ground=Ground(row.ground) if row.ground else None,
        missing=tuple(Item(item).russian for item in row.missing),
        analogue=_analogue(row.analogue, case.analogue),
        reason=case.reason.body if case.reason else "",
        late_by=row.late_by,
        is_automatic=row.decided_by == ENGINE,
    )
    return replace(context, decision=decision, order_received_on=case.request.order_received_on)


def _setup(context: LetterContext, case: Dossier) -> LetterContext:
    row = case.setup
    if row is None:
        return context
    return replace(
        context,
        set_up_on=local_date(row.finished_at) if row.finished_at else None,
        set_up_late_by=row.late_by,
    )


def _category_url(case: Dossier) -> str:
    category = case.category or case.made_category
    return (category.url or "") if category else ""


def _candidate(row: CandidateRow) -> CandidateFacts:
    return CandidateFacts(
        title=row.title, link=row.link, score=row.score, source=_SOURCES[Source(row.source)]
    )


def _analogue(ref: str | None, row: CandidateRow | None) -> Link | None:
    if ref is None:
        return None
    return Link(row.title, row.link) if row else Link(ref)


def _learners(request: Request) -> str:
    if request.learners_are:
        return request.learners_are
    return f"по списку, человек: {request.learners_listed}" if request.learners_listed else ""


def _responsible(request: Request) -> Person | None:
    if not request.responsible_name:
        return None
    return Person(
        name=request.responsible_name,
        post=request.responsible_post,
        email=request.responsible_email,
        phone=request.responsible_phone,
    )
