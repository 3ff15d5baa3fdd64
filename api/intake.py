"""Clause 4.1 - registering a request so that it can't be lost.

One transaction writes the row, the answer under its Idempotency-Key and the journal;
then the workflow starts under the request's id. What crashes in between is started by
the worker's upkeep.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import structlog
from fastapi.responses import JSONResponse
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.service import RPCError

from api.errors import Problem
from api.idempotency import Post
from api.schemas.requests import FiledAnswer, Named, RequestForm
from models import completeness, store
from models.deadlines import local_date
from models.regulation import REVIEW_TERM, SETUP_TERM
from models.requests import Case, Filed, Integration, Stage, Wanted
from models.settings import Settings
from models.starting import start_request
from models.step import Step
from models.tables import Category, Counter, Organisation, Request, Subsystem
from models.terms import Clause

log = structlog.get_logger()


@dataclass(frozen=True)
class Incoming:
    """A request on its way into the register."""

    form: RequestForm
    agency: str
    received_on: date
    is_paper: bool


class Intake:
    """Registers requests and starts their cases."""

    def __init__(self, client: Client, settings: Settings) -> None:
        self._client = client
        self._settings = settings

    async def register(self, post: Post, incoming: Incoming) -> JSONResponse:
        """Register a request once, and start its case.

        Raises:
            Problem: What it names does not exist, or nobody could be written to.
        """
        async with post.sessions.begin() as session:
            if (answered := await post.begin(session)) is not None:
                return answered
            filed, answer = await self._write(session, post, incoming)
            response = await post.finish(session, answer, 201)
        await self._start(filed)
        return response

    async def _write(
        self, session: AsyncSession, post: Post, incoming: Incoming
    ) -> tuple[Filed, FiledAnswer]:
        now = datetime.now(UTC)
        agency = await self._check(session, incoming)
        number = await _next_number(session, local_date(now).year)
        filed = self._filed(number, agency, incoming)
        session.add(_row(filed, incoming, now, post.caller.actor))
        await session.flush()
        step = Step(number=number, step="request/registered", at=now)
        await store.write_once(session, step, Clause.REQUEST, _registered(incoming), by=post.caller.actor)
        return filed, _answer(filed, now)

    async def _check(self, session: AsyncSession, incoming: Incoming) -> Organisation:
        form = incoming.form
        agency = await session.get(Organisation, incoming.agency)
        if agency is None:
            raise Problem("unknown-organisation")
        if not (agency.email and agency.head_email):
            raise Problem("organisation-without-address")
        await check_place(session, form)
        if form.previous is not None:
            previous = await session.get(Request, form.previous)
            if previous is None or previous.agency != agency.code or previous.stage != Stage.REFUSED:
                raise Problem("unknown-previous")
        return agency

    def _filed(self, number: str, agency: Organisation, incoming: Incoming) -> Filed:
        form = incoming.form
        contents = form.contents()
        return Filed(
            case=Case(
                number=number,
                agency=agency.code,
                agency_name=agency.name,
                title=form.course_name or form.category_name,
                subsystem=form.subsystem,
                wanted=form.wanted,
            ),
            received_on=incoming.received_on,
            missing=completeness.missing_items(contents),
            ask_for=completeness.missing_contacts(contents),
            integration=Integration.MOODLE
            if form.subsystem in self._settings.moodle_sites
            else Integration.MANUAL,
            review_term=REVIEW_TERM,
            setup_term=SETUP_TERM,
            other_ground_allowed=self._settings.other_ground_allowed,
        )

    async def _start(self, filed: Filed) -> None:
        """The request is registered already: when Temporal is away, upkeep starts it later."""
        try:
            await start_request(self._client, self._settings.task_queue, filed)
        except RPCError as error:
            log.warning("request not started yet", number=filed.case.number, status=error.status.name)


async def check_place(session: AsyncSession, form: RequestForm) -> None:
    """The subsystem and the category that a request names must exist.

    Raises:
        Problem: One of them does not.
    """
    subsystem = await session.get(Subsystem, form.subsystem)
    if subsystem is None or subsystem.parent is not None:
        raise Problem("unknown-subsystem")
    if form.category is None:
        if form.wanted is Wanted.COURSE and await _has_categories(session, form.subsystem):
            raise Problem("category-missing")
        return
    category = await session.get(Category, form.category)
    if category is None or category.subsystem != form.subsystem or form.wanted.has_category:
        raise Problem("unknown-category")


async def _has_categories(session: AsyncSession, subsystem: str) -> bool:
    found = await session.scalars(select(Category.id).where(col(Category.subsystem) == subsystem).limit(1))
    return found.first() is not None


async def _next_number(session: AsyncSession, year: int) -> str:
    """The next number of the year, without gaps: the row is locked until the commit."""
    statement = insert(Counter).values(year=year, last=1)
    statement = statement.on_conflict_do_update(index_elements=["year"], set_={"last": col(Counter.last) + 1})
    last = await session.scalar(statement.returning(col(Counter.last)))
    return f"{year}-{last:06d}"


def _row(filed: Filed, incoming: Incoming, now: datetime, actor: str) -> Request:
    form = incoming.form
    return Request(
        number=filed.case.number,
        agency=filed.case.agency,
        subsystem=form.subsystem,
        wanted=form.wanted.value,
        category=form.category,
        category_name=form.category_name,
        course_name=form.course_name,
        goal=form.goal,
        learners_are=form.learners.description,
        learners=[learner.model_dump() for learner in form.learners.people],
        access=form.access.value if form.access else None,
        responsible_name=form.responsible.name,
        responsible_post=form.responsible.post,
        responsible_email=form.responsible.email,
        responsible_phone=form.responsible.phone,
        previous=form.previous,
        outgoing_number=form.outgoing_number,
        outgoing_on=form.outgoing_on,
        is_paper=incoming.is_paper,
        received_on=incoming.received_on,
        filed_at=now,
        filed_by=actor,
        filed=filed.model_dump(mode="json"),
        stage=Stage.REGISTERED.value,
    )


def _registered(incoming: Incoming) -> str:
    if incoming.is_paper:
        return f"Зарегистрировано письмо, поступившее {incoming.received_on:%d.%m.%Y}"
    return "Запрос зарегистрирован"


def _answer(filed: Filed, now: datetime) -> FiledAnswer:
    return FiledAnswer(
        number=filed.case.number,
        received_on=filed.received_on,
        registered_at=now,
        complete=not filed.missing,
        missing=[Named(code=item.value, name=item.russian) for item in filed.missing],
        asked_for=[Named(code=contact.value, name=contact.russian) for contact in filed.ask_for],
    )
