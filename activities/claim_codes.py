"""Letters with claim codes (clause 4.5): planned for those without a way in, a code made as each goes."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select
from temporalio import activity

from activities.sites import Site, Sites
from clients.moodle import User
from models import claim_codes, claims, store
from models.claim_codes import WriteCodes
from models.claims import Holder
from models.deadlines import local_date
from models.letters import LetterState, Notice
from models.settings import Settings
from models.tables import Account, BulkLetter, CaseRow, LearnerRow
from models.terms import Clause

_AT_ONCE = 1000
_CALLS_AT_ONCE = 4

Learners = list[tuple[LearnerRow, Account]]


class ClaimCodeActivities:
    """Activities on claim codes."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites

    @activity.defn
    async def write_codes(self, write: WriteCodes) -> int:
        """Plan a letter for each learner with an address who still has no way in; how many there are.

        Raises:
            MoodleUnavailable: Who has signed in already can't be seen.
        """
        async with store.looking(self._sessions) as session:
            case = await session.get_one(CaseRow, write.number)
            learners = await _addressed(session, write)
        if site := self._sites.get(case.subsystem or ""):
            learners = await _without_way_in(site, learners)
        async with self._sessions.begin() as session:
            what = f"Коды для первого входа: писем — {len(learners)}"
            if not await store.write_once(session, write, Clause.ENROLMENT, what):
                own = (col(BulkLetter.number) == write.number, col(BulkLetter.step) == write.step)
                return int(await session.scalar(select(func.count()).where(*own)) or 0)
            for page in _pages(learners):
                letters = [_letter(write, *one) for one in page]
                await session.execute(insert(BulkLetter).on_conflict_do_nothing(), letters)
                await _show(session, write.number, [one.row for one, _ in page], LetterState.WRITTEN)
        return len(learners)


async def tell(sessions: store.Sessions, settings: Settings, row: BulkLetter) -> dict[str, Any] | None:
    """What one letter tells, with a code made now; None once its reader has a way in."""
    query = claim_codes.unclaimed(row.number).where(col(LearnerRow.row) == row.row)
    async with sessions.begin() as session:
        learners = [(one, account) for one, account in (await session.execute(query)).all()]
        if not learners:
            return None
        at, validity = await store.now(session), settings.claim_validity
        [code] = await claim_codes.issue(session, learners, step=row.step, at=at, validity=validity)
    ends = claims.expires_at(at, validity)
    return {
        "code": code,
        "username": learners[0][1].username or learners[0][0].username,
        "claim_url": f"{settings.public_url}/claim/{code}",
        "claim_page": f"{settings.public_url}/claim",
        "last_day": local_date(ends - timedelta(microseconds=1)),
    }


async def settle(
    session: AsyncSession, row: BulkLetter, state: LetterState, told: dict[str, Any] | None
) -> None:
    """Show what became of a letter; a code that did not go works no more."""
    await _show(session, row.number, [row.row], state)
    if told and state is not LetterState.DELIVERED:
        await claim_codes.take_back(session, told["code"], await store.now(session))


async def _addressed(session: AsyncSession, write: WriteCodes) -> Learners:
    query = claim_codes.unclaimed(write.number).where(col(LearnerRow.email) != "")
    if write.rows:
        query = query.where(col(LearnerRow.row).in_(write.rows))
    found = (await session.execute(query)).all()
    return [(one, account) for one, account in found if claim_codes.mailbox(one, account)]


async def _without_way_in(site: Site, learners: Learners) -> Learners:
    """Whom a code may be given for, as Moodle shows their accounts now."""
    gate = asyncio.Semaphore(_CALLS_AT_ONCE)
    found: Learners = []
    for page in _pages(learners):
        users = await site.moodle.users([account.moodle_id for _, account in page], gate)
        found += [one for one in page if _may_claim(users.get(one[1].moodle_id), one[1])]
    return found


def _may_claim(user: User | None, account: Account) -> bool:
    if user is None:
        return False
    holder = Holder(
        is_ours=account.made_by is not None,
        is_claimed=account.claimed_at is not None,
        is_used=bool(user.first_access),
        auth=user.auth,
        suspended=user.suspended,
    )
    return claims.why_no_code(holder) is None


async def _show(session: AsyncSession, number: str, rows: list[int], state: LetterState) -> None:
    own = (col(LearnerRow.number) == number, col(LearnerRow.row).in_(rows))
    await session.execute(update(LearnerRow).where(*own).values(letter=state.value))


def _letter(write: WriteCodes, learner: LearnerRow, account: Account) -> dict[str, Any]:
    names = (learner.first_name, learner.patronymic)
    return {
        "number": write.number,
        "step": write.step,
        "row": learner.row,
        "address": claim_codes.mailbox(learner, account),
        "facts": {
            "notice": Notice.CLAIM_CODE.value,
            "name": " ".join(name for name in names if name) or learner.surname,
        },
    }


def _pages(learners: Learners) -> Iterable[Learners]:
    return (learners[first : first + _AT_ONCE] for first in range(0, len(learners), _AT_ONCE))
