"""A document revoked or replaced: written down in one transaction, its holder told behind the answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Problem
from api.idempotency import Post
from api.schemas.certificates import CertificateShown
from api.starting import Starts
from models import certifying, store
from models.certificates import CertificateRejected
from models.letters import Notice
from models.settings import Settings
from models.step import Step
from models.tables import CertificateRow
from models.terms import Clause


class Revised(NamedTuple):
    """What became of a document."""

    row: CertificateRow
    """The document itself, or the one in its place."""
    what: str
    """In the journal, which the staff read: no names of learners."""
    notice: Notice
    """To the holder."""


@dataclass(frozen=True)
class Revising:
    """A POST that changes a document of a decision."""

    certification: str
    post: Post
    starts: Starts
    settings: Settings

    async def once(
        self, work: Callable[[AsyncSession, datetime], Awaitable[Revised]], *, status: int = 200
    ) -> JSONResponse:
        """Do it once, and send the holder's letter, if one is needed, behind the answer.

        Args:
            work: Does it in the transaction; what a rule rejects is a problem of the same name.
            status: Of the answer.
        """
        step = Step(
            number=self.certification, step=f"{certifying.REVISED}{self.post.id}", at=datetime.now(UTC)
        )
        to_send: list[Step] = []

        async def revise(session: AsyncSession) -> CertificateShown:
            try:
                row, what, notice = await work(session, step.at)
            except CertificateRejected as rejected:
                raise Problem(rejected.rejection.value) from None
            by = self.post.caller.actor
            await store.write_once(session, step, Clause.CERTIFICATION, what, by=by)
            if await certifying.write_letter(session, row, notice, step):
                to_send.append(step)
            return CertificateShown.of(await certifying.stand(session, row), self.settings.public_url)

        response = await self.post.at_once(revise, status=status)
        for one in to_send:
            response.background = self.starts.letter_behind(one)
        return response
