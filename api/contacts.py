"""Particulars of the responsible that a request lacked or had wrong (clause 4.1: never a ground)."""

import asyncio
from datetime import UTC, datetime

import structlog
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.service import RPCError

from api import resending
from api.errors import Problem
from api.idempotency import Post
from api.schemas.actions import ContactForm, Done
from models import ids, store
from models.requests import Contact, Filed, Integration, Stage
from models.setup import ContactsAdded
from models.step import Step
from models.tables import CaseRow, LetterRow, Request
from models.terms import Clause, Recipient
from workflows.setup import SetupWorkflow

log = structlog.get_logger()

_TELLING_SECONDS = 5


async def add(post: Post, number: str, form: ContactForm, client: Client, task_queue: str) -> JSONResponse:
    """Fill in or correct; another person is clause 4.8.

    Whoever waited for the address is told behind the transaction. Should that go astray, the
    operator's task stays open, and asking for it to be retried does the same.

    Raises:
        Problem: The request was refused or withdrawn, or the address is in use already.
    """
    answer = await post.at_once(lambda session: _write(session, post, number, form))
    if form.email:
        try:
            async with asyncio.timeout(_TELLING_SECONDS):
                await _tell(post, number, client, task_queue)
        except (RPCError, RuntimeError, TimeoutError) as error:
            log.warning("nobody told of contacts", number=number, error=type(error).__name__)
    return answer


async def _write(session: AsyncSession, post: Post, number: str, form: ContactForm) -> Done:
    request = await session.get_one(Request, number, with_for_update=True)
    if request.stage in (Stage.REFUSED, Stage.WITHDRAWN):
        raise Problem("stage-passed")
    given = {contact: text for contact in Contact if (text := getattr(form, contact.value))}
    known = request.responsible_email
    if form.email and known not in ("", form.email) and not await _may_be_corrected(session, request):
        raise Problem("contacts-given")
    for contact, text in given.items():
        setattr(request, f"responsible_{contact.value}", text)
    step = Step(number=number, step=f"request/contacts-{post.id}", at=datetime.now(UTC))
    what = f"Сведения об ответственном лице: {', '.join(one.russian for one in given)}"
    await store.write_once(session, step, Clause.REQUEST, what, by=post.caller.actor)
    return Done(number=number)


async def _may_be_corrected(session: AsyncSession, request: Request) -> bool:
    """The engine makes accounts by the address, and whoever got a letter is reached by it."""
    case = await session.get_one(CaseRow, request.number)
    if Filed.model_validate(case.input).integration is Integration.MOODLE:
        return False
    own = (
        col(LetterRow.number) == request.number,
        col(LetterRow.recipient) == Recipient.RESPONSIBLE.value,
    )
    states = set((await session.scalars(select(LetterRow.state).where(*own))).all())
    return bool(states) and states <= set(resending.FAILED)


async def _tell(post: Post, number: str, client: Client, task_queue: str) -> None:
    """The engine may have waited for the address, and so may letters."""
    async with post.sessions() as session:
        request = await session.get_one(Request, number)
        letters = await resending.failed(session, number, Recipient.RESPONSIBLE)
    if request.stage == Stage.SETUP:
        handle = client.get_workflow_handle(ids.setup_id(number))
        await handle.signal(SetupWorkflow.contacts_added, ContactsAdded(by=post.caller.actor))
    for letter in letters:
        await resending.send_anew(client, task_queue, letter)
        async with post.sessions.begin() as session:
            await resending.note(session, letter, by=post.caller.actor)
