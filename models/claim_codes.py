"""Claim codes in Postgres (clause 4.5): who may get one, giving one, taking it back.

The code is returned to whoever writes it on a letter or a slip, and kept nowhere.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from models import claims
from models.step import Step
from models.tables import Account, CaseRow, ClaimCode, LearnerRow

LEARNER = "learner"
"""The actor of the one who used a code: more is not said of learners."""

_AT_ONCE = 500


class WriteCodes(Step):
    """Plan the letters with codes of a list; `step` names the mailing."""

    rows: tuple[int, ...] = ()
    """Only of these rows; none: of all who are still without a way in."""


def unclaimed(number: str) -> Select[LearnerRow, Account]:
    """Learners of a list whose account the engine made for learners, and nobody has claimed yet."""
    account = and_(
        col(Account.subsystem) == col(CaseRow.subsystem), col(Account.moodle_id) == col(LearnerRow.moodle_id)
    )
    return (
        select(LearnerRow, Account)
        .join(CaseRow, col(CaseRow.number) == col(LearnerRow.number))
        .join(Account, account)
        .where(
            col(LearnerRow.number) == number,
            col(LearnerRow.state) != "set_aside",
            col(Account.made_by).is_not(None),
            # A responsible's account has rights over a course: a list must not be a way into it.
            col(Account.person).is_(None),
            col(Account.claimed_at).is_(None),
        )
        .order_by(col(LearnerRow.row))
    )


def by_hand(number: str) -> Select[LearnerRow, Account]:
    """Those of them whose code the responsible may be given: accounts that their owner's lists made."""
    maker = aliased(CaseRow)
    return (
        unclaimed(number)
        .join(maker, col(maker.number) == col(Account.made_by))
        .where(col(maker.organisation) == col(CaseRow.organisation))
    )


def on_slips(number: str) -> Select[LearnerRow, Account]:
    """Those of them whom no letter can reach."""
    return by_hand(number).where(col(LearnerRow.email) == "")


def mailbox(learner: LearnerRow, account: Account) -> str:
    """Where a code may be mailed: an address that the list and the account agree on, or none."""
    agree = not account.email or account.email.casefold() == learner.email.casefold()
    return learner.email if agree else ""


async def issue(
    session: AsyncSession,
    learners: Sequence[tuple[LearnerRow, Account]],
    *,
    step: str,
    at: datetime,
    validity: timedelta,
) -> list[str]:
    """A new code for each of a list, in the order given; those given by other steps work no more.

    One of the same step goes on working: it may have been sent just before a crash, and then the
    letter that follows it bears its Message-ID and may be dropped on the way as a duplicate.
    """
    codes = [claims.new_code() for _ in learners]
    for first in range(0, len(learners), _AT_ONCE):
        page = learners[first : first + _AT_ONCE]
        await revoke(session, (account for _, account in page), at, but=(page[0][0].number, step))
        rows = [
            _row(learner, account, code, step=step, at=at, validity=validity)
            for (learner, account), code in zip(page, codes[first : first + _AT_ONCE], strict=True)
        ]
        await session.execute(insert(ClaimCode), rows)
    return codes


async def revoke(
    session: AsyncSession, accounts: Iterable[Account], at: datetime, *, but: tuple[str, str] = ("", "")
) -> None:
    """Let the codes of accounts work no more, but for those of one list's one step."""
    by_site: dict[str, list[int]] = {}
    for account in accounts:
        by_site.setdefault(account.subsystem, []).append(account.moodle_id)
    for subsystem, ids in by_site.items():
        await session.execute(
            update(ClaimCode)
            .where(
                col(ClaimCode.subsystem) == subsystem,
                col(ClaimCode.moodle_id).in_(ids),
                tuple_(col(ClaimCode.number), col(ClaimCode.step)) != but,
                *_WORKING,
            )
            .values(revoked_at=at)
        )


async def take_back(session: AsyncSession, code: str, at: datetime) -> None:
    """Let a code that surely reached nobody work no more."""
    own = col(ClaimCode.sha256) == claims.hashed(code)
    await session.execute(update(ClaimCode).where(own, *_WORKING).values(revoked_at=at))


_WORKING = (col(ClaimCode.used_at).is_(None), col(ClaimCode.revoked_at).is_(None))


def _row(
    learner: LearnerRow, account: Account, code: str, *, step: str, at: datetime, validity: timedelta
) -> dict[str, Any]:
    return {
        "sha256": claims.hashed(code),
        "subsystem": account.subsystem,
        "moodle_id": account.moodle_id,
        "number": learner.number,
        "row": learner.row,
        "step": step,
        "issued_at": at,
        "expires_at": claims.expires_at(at, validity),
    }
