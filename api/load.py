"""The load of reviewers: what waits for each now, and what each has decided."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import ledger_totals
from models.ledger import CaseLedger
from models.ledger_totals import Load
from models.requests import Stage
from models.tables import Request

NOBODY = "никто не взял"


async def of_reviewers(session: AsyncSession, found: Sequence[CaseLedger]) -> list[Load]:
    """The most laden first, over the cases of a period; what nobody has taken stands among them."""
    holder = func.coalesce(func.nullif(col(Request.claimed_by_name), ""), NOBODY)
    waiting = col(Request.stage).in_((Stage.REGISTERED, Stage.REVIEW))
    query = select(holder, func.count()).where(waiting).group_by(holder)
    taken = {row[0]: row[1] for row in await session.execute(query)}
    return ledger_totals.load(found, taken)
