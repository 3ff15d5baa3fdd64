"""Clause 4.1 - registering a request so that it can't be lost.

One statement writes the row, the answer under its Idempotency-Key and the journal. The
request is registered then, and the answer goes out; the workflow starts behind it. What
crashes in between is started by the worker's upkeep.
"""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse
from sqlalchemy import Exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import drafts
from api.auth import Caller
from api.errors import Problem
from api.idempotency import Post
from api.invalid import FieldProblem
from api.registering import register
from api.schemas.fields import Named
from api.schemas.requests import CheckForm, FiledAnswer, RequestForm
from api.starting import Starts
from models import completeness, store
from models.attachments import Attached
from models.cases import Kind
from models.deadlines import local_date
from models.regulation import REVIEW_TERM, SETUP_TERM
from models.requests import Filed, Integration, RequestCase, Stage, Wanted
from models.settings import Settings
from models.tables import Category, Organisation, Request, Subsystem
from models.terms import Clause


@dataclass(frozen=True)
class Incoming:
    """A request on its way into the register."""

    form: RequestForm
    agency: str
    received_on: date
    is_paper: bool
    attached: tuple[str, ...] = ()
    """What its draft has attached, in Russian."""
    learners_attached: int = 0
    """How many learners the attached list names."""


class Intake:
    """Registers requests and starts their cases."""

    def __init__(self, starts: Starts, settings: Settings) -> None:
        self._starts = starts
        self._settings = settings

    async def register(self, post: Post, incoming: Incoming) -> JSONResponse:
        """Register a request once; its case is started behind the answer.

        Raises:
            Problem: What it names does not exist, or nobody could be written to.
        """
        try:
            with self._starts.receipts.one_more():
                return await self._register(post, incoming)
        except (Problem, IntegrityError):
            # The same POST, sent again: the first answer, whatever has changed since.
            if (answered := await post.first_answer()) is not None:
                return answered
            raise

    async def _register(self, post: Post, incoming: Incoming) -> JSONResponse:
        async with _session(post, incoming.form.draft) as session:
            agency = await check(session, incoming)
            incoming = await _with_files(session, post.caller, incoming)
            filed = self._filed(agency, incoming)
            answer = _answer(filed)
            number = await _write(session, post, incoming, filed, answer)
        numbered = filed.model_copy(update={"case": filed.case.model_copy(update={"number": number})})
        response = JSONResponse(jsonable_encoder(answer.model_copy(update={"number": number})), 201)
        response.background = self._starts.behind(numbered.case, numbered)
        return response

    def _filed(self, agency: Organisation, incoming: Incoming) -> Filed:
        form = incoming.form
        contents = form.contents(incoming.learners_attached)
        return Filed(
            case=RequestCase(
                number="",
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


async def check(session: AsyncSession, incoming: Incoming) -> Organisation:
    """Everything that a request names must exist, and its agency must have addresses.

    Raises:
        Problem: What does not.
    """
    form = incoming.form
    query = select(Organisation, *_place(form)).where(col(Organisation.code) == incoming.agency)
    found = (await session.execute(query)).first()
    if found is None:
        raise Problem("unknown-organisation")
    agency, *place = found
    if not (agency.email and agency.head_email):
        raise Problem("organisation-without-address")
    _check(form, *place)
    if form.previous is not None:
        previous = await session.get(Request, form.previous)
        if previous is None or previous.agency != agency.code or previous.stage != Stage.REFUSED:
            raise Problem("unknown-previous")
    return agency


def _session(post: Post, draft: int | None) -> AbstractAsyncContextManager[AsyncSession]:
    """Statements each for itself; but with a draft one transaction.

    It holds the draft until the request is written: what completeness was judged by is what is filed.
    """
    return store.looking(post.sessions) if draft is None else post.sessions.begin()


async def _with_files(session: AsyncSession, caller: Caller, incoming: Incoming) -> Incoming:
    """
    Raises:
        Problem: `unknown-draft`.
    """
    files = await drafts.filed_with(session, caller, incoming.form.draft)
    attached = tuple(Attached(one.kind).russian for one in files)
    return replace(incoming, attached=attached, learners_attached=sum(one.rows for one in files))


async def unfilled(session: AsyncSession, form: CheckForm) -> list[FieldProblem]:
    """What a request that is being written can't be registered without.

    Raises:
        Problem: The subsystem or the category that it names does not exist.
    """
    if not form.subsystem:
        lacks_category = form.wanted is Wanted.COURSE and form.category is None
        return [_NO_SUBSYSTEM, *([_PERHAPS_NO_CATEGORY] if lacks_category else [])]
    found = (await session.execute(select(*_place(form)))).one()
    try:
        _check(form, found[0], found[1], found[2])
    except Problem as problem:
        if problem.type != "category-missing":
            raise
        return [_NO_CATEGORY]
    return []


_NO_SUBSYSTEM = FieldProblem(field="subsystem", detail="выберите подсистему, в которой будут учиться")
_NO_CATEGORY = FieldProblem(field="category", detail="выберите категорию, в которой создать курс")
_PERHAPS_NO_CATEGORY = FieldProblem(
    field="category", detail="выберите категорию, в которой создать курс, если в подсистеме они есть"
)


def _place(form: RequestForm) -> tuple[Exists, ...]:
    """Whether the subsystem is one that holds courses, has categories, and has this one."""
    subsystem = select(Subsystem).where(
        col(Subsystem.code) == form.subsystem, col(Subsystem.parent).is_(None)
    )
    categories = select(Category).where(col(Category.subsystem) == form.subsystem)
    category = categories.where(col(Category.id) == form.category)
    return subsystem.exists(), categories.exists(), category.exists()


def _check(form: RequestForm, is_subsystem: bool, has_categories: bool, has_category: bool) -> None:
    if not is_subsystem:
        raise Problem("unknown-subsystem")
    if form.category is not None and not has_category:
        raise Problem("unknown-category")
    if form.category is None and form.wanted is Wanted.COURSE and has_categories:
        raise Problem("category-missing")


async def _write(
    session: AsyncSession, post: Post, incoming: Incoming, filed: Filed, answer: FiledAnswer
) -> str:
    now = answer.registered_at
    journal = {
        "step": "request/registered",
        "at": now,
        "actor": post.caller.actor,
        "actor_name": post.caller.holder,
        "clause": Clause.REQUEST.value,
        "what": _registered(incoming),
    }
    record = {**post.record(now), "status": 201, "answer": jsonable_encoder(answer)}
    number = await register(
        session,
        local_date(now).year,
        case=_case(filed, now),
        request=_columns(filed, incoming, post),
        journal=journal,
        record=record,
        draft=incoming.form.draft,
    )
    if number is None:
        raise Problem("unknown-draft")
    return number


def _case(filed: Filed, now: datetime) -> dict[str, Any]:
    return {
        "kind": Kind.REQUEST.value,
        "organisation": filed.case.agency,
        "subsystem": filed.case.subsystem,
        "title": filed.case.title,
        "input": filed.model_dump(mode="json"),
        "opened_at": now,
        "histories_kept": False,
        "is_sealed": False,
    }


def _columns(filed: Filed, incoming: Incoming, post: Post) -> dict[str, Any]:
    form = incoming.form
    return {
        "agency": filed.case.agency,
        "subsystem": form.subsystem,
        "wanted": form.wanted.value,
        "category": form.category,
        "category_name": form.category_name,
        "course_name": form.course_name,
        "goal": form.goal,
        "learners_are": form.learners.description,
        "learners": [learner.model_dump() for learner in form.learners.people],
        "learners_attached": incoming.learners_attached,
        "access": form.access.value if form.access else None,
        "responsible_name": form.responsible.name,
        "responsible_post": form.responsible.post,
        "responsible_email": form.responsible.email,
        "responsible_phone": form.responsible.phone,
        "previous": form.previous,
        "outgoing_number": form.outgoing_number,
        "outgoing_on": form.outgoing_on,
        "is_paper": incoming.is_paper,
        "received_on": incoming.received_on,
        "filed_by": post.caller.actor,
        "stage": Stage.REGISTERED.value,
        "claimed_by_name": "",
    }


def _registered(incoming: Incoming) -> str:
    attached = f"; приложено: {', '.join(incoming.attached)}" if incoming.attached else ""
    if incoming.is_paper:
        return f"Зарегистрировано письмо, поступившее {incoming.received_on:%d.%m.%Y}{attached}"
    return f"Запрос зарегистрирован{attached}"


def _answer(filed: Filed) -> FiledAnswer:
    return FiledAnswer(
        number="",
        received_on=filed.received_on,
        registered_at=datetime.now(UTC),
        complete=not filed.missing,
        missing=[Named(code=item.value, name=item.russian) for item in filed.missing],
        asked_for=[Named(code=contact.value, name=contact.russian) for contact in filed.ask_for],
    )
