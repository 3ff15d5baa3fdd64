"""Letters: written once into Postgres, sent by SMTP, their delivery kept beside them."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import literal, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningInsert
from sqlmodel import col
from temporalio import activity

from activities import course_facts, dossier, recipients, self_registration, wording
from activities.facts import facts
from activities.rendering import LetterContext, Rendered
from activities.sites import Sites
from activities.typesetting import DocumentKind, typeset
from activities.wording import Context
from clients.mail import Attachment, Mail, MailClient, MailError, MailRefused, MailShut, MailUnavailable
from models import cases, ids, store
from models.cases import Kind
from models.letters import Letter, LetterState, Notice
from models.settings import Settings
from models.step import Step
from models.tables import Document, JournalEntry, LetterRow, Organisation, Task
from models.tasks import TaskKind
from models.terms import Recipient
from models.wording import in_force

_DOCUMENTS = {Notice.REFUSAL: DocumentKind.REFUSAL, Notice.ORDER: DocumentKind.ORDER}
"""What goes with a notice as PDF."""

_NOBODYS_TASK = frozenset({Notice.POWERS_ENDED})
"""Whoever has gone may have no address any more: nobody has to mend it."""


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
        async with store.looking(self._sessions) as session:
            context, agency = await self._read(session, letter)
            kept = await self_registration.documents(session, letter)
            own_words = await in_force(session, letter.notice)
        # Before anything is written: no transaction stays open while a document is typeset.
        document = await _typeset(letter, context)
        rendered = wording.write(letter.notice, context, own_words)
        row = self._row(letter, self._address(letter.to, context, agency), rendered)
        row.documents = kept
        is_one_statement = document is None and row.state == LetterState.WRITTEN
        async with store.looking(self._sessions) if is_one_statement else self._sessions.begin() as session:
            return await _keep(session, row, document)

    @activity.defn
    async def send_letter(self, key: str) -> LetterState:
        """Hand a letter to the SMTP server, unless that has been done.

        Raises:
            MailUnavailable, MailShut: Worth trying again.
            MailRejected: The server refuses the letter.
        """
        async with store.looking(self._sessions) as session:
            row = await session.get_one(LetterRow, key)
            if row.state != LetterState.WRITTEN:
                return LetterState(row.state)
            mail = await _as_mail(session, row)
        try:
            state = await self._send(mail)
        except MailError as error:
            await self._count_attempt(key, error)
            raise
        await self._settle(row, state, attempts=1)
        return state

    @activity.defn
    async def give_up_letter(self, letter: Letter) -> LetterState:
        """Show a letter as undelivered, and make it the operator's task."""
        async with store.looking(self._sessions) as session:
            row = await session.get_one(LetterRow, letter.key)
        await self._settle(row, LetterState.UNDELIVERED)
        return LetterState.UNDELIVERED

    async def _read(self, session: AsyncSession, letter: Letter) -> tuple[Context, Organisation]:
        """What the letter tells, and whose case it is about."""
        if cases.kind_of(letter.number) is not Kind.REQUEST:
            return await course_facts.read(session, letter, self._settings, self._sites)
        case = await dossier.read(session, letter, self._settings.confirmed_years)
        context = facts(case, letter, self._sites, self._settings)
        return context, case.agency

    def _address(self, to: Recipient, context: Context, agency: Organisation) -> str:
        responsible = context.responsible.email if context.responsible else ""
        return recipients.address(self._settings, agency, responsible, to)

    def _row(self, letter: Letter, to: str, rendered: Rendered) -> LetterRow:
        return LetterRow(
            key=letter.key,
            number=letter.number,
            notice=letter.notice.value,
            recipient=letter.to.value,
            address=to,
            subject=f"Проверка: {rendered.subject}" if cases.is_canary(letter.number) else rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=self._message_id(letter.key),
            rung=letter.rung,
            state=(LetterState.WRITTEN if to else LetterState.NO_ADDRESS).value,
            written_at=letter.at,
        )

    async def _send(self, mail: Mail) -> LetterState:
        try:
            await self._mail.send(mail)
        except MailRefused:
            return LetterState.BOUNCED
        return LetterState.DELIVERED

    async def _count_attempt(self, key: str, error: MailError) -> None:
        failed = {"attempts": col(LetterRow.attempts) + 1, "last_error": _said(error)}
        async with store.looking(self._sessions) as session:
            own = col(LetterRow.key) == key
            await session.execute(update(LetterRow).where(own).values(failed))

    async def _settle(self, row: LetterRow, state: LetterState, *, attempts: int = 0) -> None:
        """The letter's end, after so many more attempts; once."""
        row.state, row.settled_at = state.value, activity.info().started_time
        is_one_statement = state is LetterState.DELIVERED
        async with store.looking(self._sessions) if is_one_statement else self._sessions.begin() as session:
            is_settled = await session.scalar(_settling(row, row.settled_at, attempts))
            if is_settled and _is_task(row):
                await session.execute(_task(row))

    def _message_id(self, key: str) -> str:
        """Made from the step, so that a letter sent twice is recognised as one."""
        host = urlsplit(self._settings.public_url).hostname or "localhost"
        return f"<{key.replace('/', '.')}@{host}>"


async def _typeset(letter: Letter, context: Context) -> dict[str, Any] | None:
    """The document that goes with a letter, if any does."""
    kind = _DOCUMENTS.get(letter.notice)
    if kind is None or not isinstance(context, LetterContext):
        return None
    made = await asyncio.to_thread(typeset, kind, context)
    return {
        "number": letter.number,
        "kind": kind.value,
        "title": made.title,
        "filename": made.filename,
        "media_type": made.media_type,
        "content": made.content,
        "sha256": hashlib.sha256(made.content).hexdigest(),
        "made_at": letter.at,
    }


async def _keep(session: AsyncSession, row: LetterRow, document: dict[str, Any] | None) -> LetterState:
    """Unless the letter is kept already; its state."""
    if document is not None:
        row.documents = [await _keep_document(session, document)]
    letter = insert(LetterRow).values(row.model_dump()).on_conflict_do_nothing()
    if await session.scalar(letter.returning(col(LetterRow.key))) is None:
        return LetterState((await session.get_one(LetterRow, row.key)).state)
    if row.state == LetterState.NO_ADDRESS:
        step = Step(number=row.number, step=_step(row), at=row.written_at)
        await store.write_once(session, step, cases.clause_of(row.number), _journaled(row))
        if _is_task(row):
            await session.execute(_task(row))
    return LetterState(row.state)


async def _keep_document(session: AsyncSession, document: dict[str, Any]) -> int:
    """Its id; of two that tell of the same the first stays."""
    statement = insert(Document).values(document)
    kept = statement.on_conflict_do_update(
        index_elements=["number", "kind"], set_={"kind": statement.excluded.kind}
    )
    return int(await session.scalar(kept.returning(col(Document.id))) or 0)


async def _as_mail(session: AsyncSession, row: LetterRow) -> Mail:
    documents = [await session.get_one(Document, document) for document in row.documents]
    return Mail(
        to=row.address,
        subject=row.subject,
        text=row.text,
        html=row.html,
        message_id=row.message_id,
        attachments=tuple(Attachment(one.filename, one.media_type, one.content) for one in documents),
    )


def _settling(row: LetterRow, at: datetime, attempts: int) -> ReturningInsert[Any]:
    """The letter's end and its line in the journal in one statement; nothing for a letter that has one."""
    settled = (
        update(LetterRow)
        .where(col(LetterRow.key) == row.key, col(LetterRow.state) == LetterState.WRITTEN.value)
        .values(state=row.state, settled_at=at, attempts=col(LetterRow.attempts) + attempts)
        .returning(col(LetterRow.key))
        .cte("settled")
    )
    step = Step(number=row.number, step=_step(row), at=at)
    entry = store.entry(step, cases.clause_of(row.number), _journaled(row))
    line = select(*(literal(value) for value in entry.values())).select_from(settled)
    written = insert(JournalEntry).from_select(list(entry), line).on_conflict_do_nothing()
    return written.returning(col(JournalEntry.id))


def _journaled(row: LetterRow) -> str:
    if _is_task(row):
        return f"Задача Оператору: {_why(row)}"
    to, about = Recipient(row.recipient).whom, Notice(row.notice).russian
    return f"Письмо {to} («{about}»): {LetterState(row.state).russian}"


def _is_task(row: LetterRow) -> bool:
    """Whether a letter that has come to its end leaves the operator with something."""
    return row.state != LetterState.DELIVERED and row.notice not in _NOBODYS_TASK


def _task(row: LetterRow) -> Insert:
    """What did not arrive is the operator's task."""
    task: dict[str, Any] = {
        "number": row.number,
        "workflow_id": ids.case_id(row.number),
        "step": _step(row),
        "clause": cases.clause_of(row.number).value,
        "kind": TaskKind.LETTER_UNDELIVERED,
        "why": _why(row),
        "opened_at": row.settled_at or row.written_at,
        "checklist": [],
        "done": [],
    }
    return insert(Task).values(task).on_conflict_do_nothing()


def _said(error: MailError) -> str:
    """The server's own words may name a person; its code does not."""
    what = next(words for kind, words in _SAID.items() if isinstance(error, kind))
    return f"{what} ({error.code})" if error.code else what


_SAID = {
    MailUnavailable: "почтовый сервер недоступен или отложил письмо",
    MailShut: "почтовый сервер не пускает систему",
    MailError: "почтовый сервер не принял письмо",
}


def _why(row: LetterRow) -> str:
    at_last = f", {row.last_error}" if row.last_error and row.state == LetterState.UNDELIVERED else ""
    return f"письмо «{row.subject}» не вручено: {LetterState(row.state).russian}{at_last}"


def _step(row: LetterRow) -> str:
    """Of the letter's end: it has one."""
    return f"letter/{row.key}"
