"""Letters to many: one after the other at a bounded rate, each row settled as soon as it has gone.

A worker killed in the middle goes on with the next row. What it had handed over without hearing the
answer goes again under the same Message-ID: more SMTP does not allow.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col
from temporalio import activity

from activities import certificate_letters, claim_codes, course_facts, wording
from activities.course_facts import CourseLetter
from activities.rendering import Rendered
from activities.sites import Sites
from clients.mail import (
    Attachment,
    Mail,
    MailClient,
    MailInvalid,
    MailRefused,
    MailRejected,
    MailShut,
    MailUnavailable,
)
from models import store
from models.cases import clause_of
from models.letters import Letter, LetterState, Notice
from models.settings import Settings
from models.step import Step
from models.tables import BulkLetter
from models.terms import Recipient
from models.wording import Wording, in_force

Told = dict[str, Any]

_AT_ONCE = 200
_ATTEMPTS = 20
"""Of a letter that the server says "not now" to; then it is given up."""


class MailingActivities:
    """Activities on mailings: the rows of `BulkLetter` of one case and step."""

    def __init__(self, sessions: store.Sessions, mail: MailClient, settings: Settings, sites: Sites) -> None:
        self._sessions = sessions
        self._mail = mail
        self._settings = settings
        self._sites = sites
        self._pause = 1 / settings.letters_per_second

    @activity.defn
    async def send_mailing(self, mailing: Step) -> None:
        """Send what has not gone yet. Each row's `facts["notice"]` names its templates.

        Raises:
            MailUnavailable: The server is away, or puts some off: worth going on later.
            MailRejected: It refuses us or a letter: nothing is lost, the operator says when to go on.
        """
        await self.send_written(mailing)
        await self._journal(mailing)

    @activity.defn
    async def send_written(self, mailing: Step) -> None:
        """The same of a mailing that goes on growing, and is journaled letter by letter elsewhere."""
        known: dict[Notice, tuple[CourseLetter, Wording]] = {}
        put_off = False
        async for row in self._left(mailing):
            begun = time.monotonic()
            notice = Notice(row.facts["notice"])
            if notice not in known:
                known[notice] = await self._context(mailing, notice)
            state, told = await self._send(row, notice, *known[notice])
            put_off |= state is LetterState.WRITTEN
            await self._settle(row, notice, state, told)
            await asyncio.sleep(max(0.0, self._pause - (time.monotonic() - begun)))
        if put_off:
            raise MailUnavailable("some letters were put off")

    async def _left(self, mailing: Step) -> AsyncIterator[BulkLetter]:
        """In the order of the rows, some at a time: memory does not grow with the mailing."""
        last = -1
        while True:
            query = select(BulkLetter).where(
                *_of(mailing), col(BulkLetter.state) == LetterState.WRITTEN, col(BulkLetter.row) > last
            )
            async with store.looking(self._sessions) as session:
                rows = (await session.scalars(query.order_by(col(BulkLetter.row)).limit(_AT_ONCE))).all()
            for row in rows:
                yield row
            if len(rows) < _AT_ONCE:
                return
            last = rows[-1].row

    async def _context(self, mailing: Step, notice: Notice) -> tuple[CourseLetter, Wording]:
        to = Recipient.RESPONSIBLE if notice is Notice.SIGN_UP_WAITING else Recipient.LEARNER
        letter = Letter(**mailing.model_dump(), notice=notice, to=to)
        async with store.looking(self._sessions) as session:
            told = await course_facts.read(session, letter, self._settings, self._sites)
            return told.context, await in_force(session, notice)

    async def _send(
        self, row: BulkLetter, notice: Notice, context: CourseLetter, own_words: Wording
    ) -> tuple[LetterState, Told | None]:
        """What became of it, and what it told beside its facts."""
        if not row.address:
            return LetterState.NO_ADDRESS, None
        told, attachments = await self._tell(row, notice)
        if told is None:
            return LetterState.NOT_NEEDED, None
        rendered = wording.write(notice, context.with_more({**row.facts, **told}), own_words)
        return await self._hand_over(row, rendered, attachments), told

    async def _tell(self, row: BulkLetter, notice: Notice) -> tuple[Told | None, tuple[Attachment, ...]]:
        """What it tells beside its facts, None where it is not needed any more; what goes with it."""
        match notice:
            case Notice.CLAIM_CODE:
                return await claim_codes.tell(self._sessions, self._settings, row), ()
            case _ if notice in certificate_letters.HOLDERS:
                return await certificate_letters.tell(self._sessions, self._settings, row)
            case _:
                return {}, ()

    async def _hand_over(
        self, row: BulkLetter, rendered: Rendered, attachments: tuple[Attachment, ...]
    ) -> LetterState:
        try:
            await self._mail.send(
                Mail(
                    to=row.address,
                    subject=rendered.subject,
                    text=rendered.text,
                    html=rendered.html,
                    message_id=self._message_id(row),
                    attachments=attachments,
                )
            )
        except (MailRefused, MailInvalid):
            return LetterState.BOUNCED
        except MailUnavailable as error:
            if error.code is None:
                raise
            return LetterState.WRITTEN if row.attempts + 1 < _ATTEMPTS else LetterState.UNDELIVERED
        except MailShut as shut:
            # The operator's task at once: a mailing goes on without end, and nobody would see that it stands.
            raise MailRejected("mail server refuses us", shut.code) from None
        return LetterState.DELIVERED

    async def _settle(self, row: BulkLetter, notice: Notice, state: LetterState, told: Told | None) -> None:
        own = (*_of(row), col(BulkLetter.row) == row.row)
        settled_at = None if state is LetterState.WRITTEN else func.now()
        values = {"state": state.value, "attempts": row.attempts + 1, "settled_at": settled_at}
        is_document = notice is Notice.CERTIFICATE and state is LetterState.DELIVERED
        async with self._sessions.begin() if is_document else store.looking(self._sessions) as session:
            await session.execute(update(BulkLetter).where(*own).values(values))
            if notice is Notice.CLAIM_CODE:
                await claim_codes.settle(session, row, state, told)
            if is_document and told:
                await certificate_letters.settle(session, row, told["certificate"])

    async def _journal(self, mailing: Step) -> None:
        async with self._sessions.begin() as session:
            counts = await _counts(session, mailing)
            said = ", ".join(f"{LetterState(state).russian} — {count}" for state, count in counts.items())
            sent = mailing.model_copy(update={"step": f"{mailing.step}/sent"})
            await store.write_once(session, sent, clause_of(mailing.number), f"Рассылка: {said or 'никому'}")

    def _message_id(self, row: BulkLetter) -> str:
        host = urlsplit(self._settings.public_url).hostname or "localhost"
        return f"<{row.number}.{row.step.replace('/', '.')}.{row.row}@{host}>"


async def _counts(session: AsyncSession, mailing: Step) -> dict[str, int]:
    states = (await session.scalars(select(col(BulkLetter.state)).where(*_of(mailing)))).all()
    return {state: states.count(state) for state in sorted(set(states))}


def _of(mailing: Any) -> tuple[Any, ...]:
    return col(BulkLetter.number) == mailing.number, col(BulkLetter.step) == mailing.step
