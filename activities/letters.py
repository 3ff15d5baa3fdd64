"""Letters: written once into Postgres, sent by SMTP, their delivery kept beside them."""

import asyncio
import hashlib
from datetime import UTC, datetime
from urllib.parse import urlsplit

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio import activity

from activities import recipients
from activities.facts import Facts
from activities.rendering import LetterContext, render
from activities.sites import Sites
from activities.typesetting import DocumentKind, typeset
from clients.mail import Attachment, Mail, MailClient, MailError, MailRefused
from models import store
from models.letters import Letter, LetterState, Notice
from models.settings import Settings
from models.step import Step
from models.tables import Document, LetterRow, Request, Task
from models.terms import Clause

_DOCUMENTS = {Notice.REFUSAL: DocumentKind.REFUSAL, Notice.ORDER: DocumentKind.ORDER}
"""What goes with a notice as PDF."""


class LetterActivities:
    """Activities on letters."""

    def __init__(self, sessions: store.Sessions, mail: MailClient, settings: Settings, sites: Sites) -> None:
        self._sessions = sessions
        self._mail = mail
        self._settings = settings
        self._sites = sites

    @activity.defn
    async def write_letter(self, letter: Letter) -> LetterState:
        """Write a letter with its documents; again: the letter that stands there."""
        async with self._sessions.begin() as session:
            written = await session.get(LetterRow, letter.key)
            if written is not None:
                return LetterState(written.state)
            return await self._write(session, letter)

    @activity.defn
    async def send_letter(self, key: str) -> LetterState:
        """Hand a letter to the SMTP server, unless that has been done.

        Raises:
            MailUnavailable: Worth trying again.
            MailRejected: The server refuses us or the letter.
        """
        async with store.looking(self._sessions) as session:
            row = await session.get_one(LetterRow, key)
            if row.state != LetterState.WRITTEN:
                return LetterState(row.state)
            mail = await self._as_mail(session, row)
        try:
            state = await self._send(mail)
        except MailError:
            await self._count_attempt(key)
            raise
        await self._settle(key, state, attempts=1)
        return state

    @activity.defn
    async def give_up_letter(self, letter: Letter) -> LetterState:
        """Show a letter as undelivered, and make it the operator's task."""
        await self._settle(letter.key, LetterState.UNDELIVERED)
        return LetterState.UNDELIVERED

    async def _write(self, session: AsyncSession, letter: Letter) -> LetterState:
        request = await session.get_one(Request, letter.number)
        to = await recipients.address(session, self._settings, request, letter.to)
        context = await Facts(session, self._settings, self._sites).of(letter)
        rendered = render(letter.notice, context)
        state = LetterState.WRITTEN if to else LetterState.NO_ADDRESS
        row = LetterRow(
            key=letter.key,
            number=letter.number,
            notice=letter.notice.value,
            recipient=letter.to.value,
            address=to,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=self._message_id(letter.key),
            documents=await _documents(session, letter, context),
            rung=letter.rung,
            state=state.value,
            written_at=letter.at,
        )
        session.add(row)
        if state is LetterState.NO_ADDRESS:
            await _tell_operator(session, row)
        return state

    async def _send(self, mail: Mail) -> LetterState:
        try:
            await self._mail.send(mail)
        except MailRefused:
            return LetterState.BOUNCED
        return LetterState.DELIVERED

    async def _count_attempt(self, key: str) -> None:
        async with store.looking(self._sessions) as session:
            own = col(LetterRow.key) == key
            await session.execute(update(LetterRow).where(own).values(attempts=col(LetterRow.attempts) + 1))

    async def _settle(self, key: str, state: LetterState, *, attempts: int = 0) -> None:
        """The letter's end, after so many more attempts."""
        async with self._sessions.begin() as session:
            row = await session.get_one(LetterRow, key, with_for_update=True)
            if row.state != LetterState.WRITTEN:
                return
            row.state, row.settled_at = state.value, datetime.now(UTC)
            row.attempts += attempts
            if state is not LetterState.DELIVERED:
                await _tell_operator(session, row)

    async def _as_mail(self, session: AsyncSession, row: LetterRow) -> Mail:
        documents = [await session.get_one(Document, document) for document in row.documents]
        return Mail(
            to=row.address,
            subject=row.subject,
            text=row.text,
            html=row.html,
            message_id=row.message_id,
            attachments=tuple(Attachment(one.filename, one.media_type, one.content) for one in documents),
        )

    def _message_id(self, key: str) -> str:
        """Made from the step, so that a letter sent twice is recognised as one."""
        host = urlsplit(self._settings.public_url).hostname or "localhost"
        return f"<{key.replace('/', '.')}@{host}>"


async def _documents(session: AsyncSession, letter: Letter, context: LetterContext) -> list[int]:
    """Ids of the documents that go with a letter, made when they are not there yet."""
    kind = _DOCUMENTS.get(letter.notice)
    if kind is None:
        return []
    made = await asyncio.to_thread(typeset, kind, context)
    row = {
        "number": letter.number,
        "kind": kind.value,
        "title": made.title,
        "filename": made.filename,
        "media_type": made.media_type,
        "content": made.content,
        "sha256": hashlib.sha256(made.content).hexdigest(),
        "made_at": letter.at,
    }
    await session.execute(insert(Document).values(row).on_conflict_do_nothing())
    query = select(Document.id).where(col(Document.number) == letter.number, col(Document.kind) == kind.value)
    return [one for one in (await session.scalars(query)).all() if one is not None]


async def _tell_operator(session: AsyncSession, row: LetterRow) -> None:
    """What did not arrive is journaled, and becomes the operator's task."""
    state = LetterState(row.state).russian
    why = f"письмо «{row.subject}» не вручено: {state}"
    at = row.settled_at or row.written_at
    task = {
        "number": row.number,
        "workflow_id": f"request-{row.number}",
        "step": f"letter/{row.key}",
        "clause": Clause.REQUEST.value,
        "kind": "letter_undelivered",
        "why": why,
        "opened_at": at,
        "checklist": [],
        "done": [],
    }
    await session.execute(insert(Task).values(task).on_conflict_do_nothing())
    step = Step(number=row.number, step=f"letter/{row.key}", at=at)
    await store.write_once(session, step, Clause.REQUEST, f"Задача Оператору: {why}")
