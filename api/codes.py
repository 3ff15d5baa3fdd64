"""Claim codes for the responsible and the owner: who has no way in yet, codes anew, slips to print."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

from fastapi import Depends, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Select, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.service import RPCError

from api import files
from api.cases import CaseDep
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.errors import Problem
from api.idempotency import Post, PostDep
from api.schemas.codes import CodesForm, CodesSent, SlipsForm, SlipsGiven, Unclaimed, UnclaimedPage
from api.schemas.fields import Named
from models import claim_codes, claims, starting, store
from models.claim_codes import WriteCodes
from models.claims import Claim, Standing
from models.deadlines import local_date
from models.letters import LetterState
from models.settings import Settings
from models.step import Step
from models.tables import Account, CaseRow, ClaimCode, EnrolmentRow, LearnerRow
from models.terms import Clause
from reports import slips
from reports.slips import Handout, Slip

Learners = Select[LearnerRow, Account]


async def _list(case: CaseDep, sessions: SessionsDep) -> CaseRow:
    """The list of this number, of a course that the caller may see."""
    async with sessions() as session:
        if await session.get(EnrolmentRow, case.number) is None:
            raise Problem("not-found")
    return case


ListDep = Annotated[CaseRow, Depends(_list)]


async def page(session: AsyncSession, number: str, *, after: int, limit: int) -> UnclaimedPage:
    """Whose account nobody has claimed yet, in the order of the list."""
    left = claim_codes.unclaimed(number).where(col(LearnerRow.row) > after)
    rows = (await session.execute(left.limit(limit + 1))).all()
    shown = [(learner, account) for learner, account in rows[:limit]]
    codes = await _last_codes(session, number, [learner.row for learner, _ in shown])
    now = datetime.now(UTC)
    return UnclaimedPage(
        total=await _count(session, claim_codes.unclaimed(number)),
        items=[_shown(learner, account, codes.get(learner.row), now) for learner, account in shown],
        next=shown[-1][0].row if len(rows) > limit else None,
    )


@dataclass(frozen=True)
class Giving:
    """A POST that gives codes out."""

    case: CaseRow
    post: Post
    settings: Settings

    async def send(self, form: CodesForm, temporal: TemporalDep) -> JSONResponse:
        """By mail, to those who have an address; earlier codes work no more once theirs is made.

        Raises:
            Problem: Nobody of them waits for a code that can be mailed.
        """

        async def work() -> CodesSent:
            write = WriteCodes(
                number=self.case.number,
                step=f"enrolment/codes-{self.post.id}",
                at=datetime.now(UTC),
                rows=tuple(sorted(set(form.rows))),
            )
            count = await self._addressed(write)
            if not count:
                raise Problem("nobody-to-give-codes")
            try:
                await starting.start_codes(temporal, self.settings.task_queue, write, self.post.id)
            except (RPCError, RuntimeError):
                raise Problem("unavailable") from None
            return CodesSent(number=self.case.number, letters=count)

        return await self.post.once(work)

    async def print(self, form: SlipsForm) -> Response:
        """On paper; the codes are in the answer alone, so that a repetition can't be answered again.

        Raises:
            Problem: Nobody waits for a slip, or these slips were given already.
        """
        at = datetime.now(UTC)
        async with self.post.sessions.begin() as session:
            if await self.post.begin(session) is not None:
                raise Problem("slips-given")
            learners, left = await self._for_slips(session, form)
            step = f"enrolment/slips-{self.post.id}"
            codes = await claim_codes.issue(
                session, learners, step=step, at=at, validity=self.settings.claim_validity
            )
            what = f"Листки с кодами для первого входа: {len(codes)}"
            await store.write_once(
                session,
                Step(number=self.case.number, step=step, at=at),
                Clause.ENROLMENT,
                what,
                by=self.post.caller.actor,
            )
            given = SlipsGiven(slips=len(codes), last_row=learners[-1][0].row, left=left)
            content = await asyncio.to_thread(self._pdf, learners, codes, at)
            await self.post.finish(session, given, 200)
        return _pdf_answer(content, self.case.number, given)

    async def _addressed(self, write: WriteCodes) -> int:
        query = claim_codes.unclaimed(write.number).where(col(LearnerRow.email) != "")
        if write.rows:
            query = query.where(col(LearnerRow.row).in_(write.rows))
        async with self.post.sessions() as session:
            return await _count(session, query)

    async def _for_slips(
        self, session: AsyncSession, form: SlipsForm
    ) -> tuple[list[tuple[LearnerRow, Account]], int]:
        """Those of one PDF, and how many are left for the next."""
        number = self.case.number
        query = claim_codes.by_hand(number) if form.rows else claim_codes.on_slips(number)
        query = query.where(col(LearnerRow.row) > form.after)
        if form.rows:
            query = query.where(col(LearnerRow.row).in_(form.rows))
        rows = (await session.execute(query.limit(slips.PART))).all()
        if not rows:
            raise Problem("nobody-to-give-codes")
        return [(one, account) for one, account in rows], await _count(session, query) - len(rows)

    def _pdf(self, learners: list[tuple[LearnerRow, Account]], codes: list[str], at: datetime) -> bytes:
        url = f"{self.settings.public_url}/claim"
        site = self.settings.moodle_sites.get(self.case.subsystem or "")
        ends = claims.expires_at(at, self.settings.claim_validity)
        handout = Handout(
            course=self.case.title,
            site_url=site.url if site else "",
            claim_page_url=url,
            last_day=local_date(ends - timedelta(microseconds=1)),
            issued_on=local_date(at),
        )
        printed = [
            Slip(
                name=_name(learner),
                username=account.username or learner.username,
                code=code,
                claim_url=f"{url}/{code}",
                organisation=learner.organisation,
            )
            for (learner, account), code in zip(learners, codes, strict=True)
        ]
        return b"".join(slips.parts(printed, handout))


async def _giving(case: ListDep, post: PostDep, settings: SettingsDep) -> Giving:
    return Giving(case, post, settings)


GivingDep = Annotated[Giving, Depends(_giving)]


class _Code(NamedTuple):
    issued_at: datetime
    expires_at: datetime
    standing: Standing


async def _last_codes(session: AsyncSession, number: str, rows: list[int]) -> dict[int, _Code]:
    own = (col(ClaimCode.number) == number, col(ClaimCode.row).in_(rows))
    found = await session.scalars(select(ClaimCode).where(*own).order_by(col(ClaimCode.issued_at)))
    now = datetime.now(UTC)
    return {
        one.row: _Code(
            one.issued_at,
            one.expires_at,
            claims.standing(Claim(one.expires_at, one.used_at, one.revoked_at), now),
        )
        for one in found
    }


def _shown(learner: LearnerRow, account: Account, code: _Code | None, now: datetime) -> Unclaimed:
    return Unclaimed(
        row=learner.row,
        name=_name(learner),
        organisation=learner.organisation,
        email=learner.email,
        username=account.username or learner.username,
        letter=Named.of(LetterState(learner.letter)) if learner.letter else None,
        issued_at=code.issued_at if code else None,
        expires_at=code.expires_at if code else None,
        code_works=code is not None and code.standing is Standing.USABLE,
    )


def _name(learner: LearnerRow) -> str:
    return " ".join(name for name in (learner.surname, learner.first_name, learner.patronymic) if name)


async def _count(session: AsyncSession, query: Learners) -> int:
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return int(await session.scalar(counted) or 0)


def _pdf_answer(content: bytes, number: str, given: SlipsGiven) -> Response:
    counted = {"X-Slips": str(given.slips), "X-Last-Row": str(given.last_row), "X-Left": str(given.left)}
    return files.attachment(content, "application/pdf", f"kody-{number}-{given.last_row}.pdf", **counted)
