"""What letters of clause 4.9 tell, and the document that goes with a learner's. Holds persons."""

import asyncio
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from clients.mail import Attachment
from models import certificate_facts, certifying, store
from models.certificates import Award, Standing
from models.deadlines import local_date
from models.letters import Letter, LetterState, Notice
from models.settings import Settings
from models.step import Step
from models.tables import BulkLetter, CertificateRow, CertificationRow, TrainingRow
from reports import certificates

HOLDERS = (Notice.CERTIFICATE, Notice.CERTIFICATE_REPLACED, Notice.CERTIFICATE_REVOKED)
"""To whoever a document was given."""

NOTICES = (*HOLDERS, Notice.CERTIFICATION_SUMMARY)


async def read(session: AsyncSession, letter: Letter) -> dict[str, Any]:
    """The training and the kind of document; of a summary what came of the letters too."""
    decision = await session.get_one(CertificationRow, letter.number)
    training = await session.get_one(TrainingRow, decision.training)
    told: dict[str, Any] = {
        "training": training.title,
        "starts_on": decision.starts_on,
        "ends_on": decision.ends_on,
        "document": Award.model_validate(decision.award).document,
    }
    if letter.notice is not Notice.CERTIFICATION_SUMMARY:
        return told
    counts = await certifying.letter_counts(session, letter.number, certifying.DOCUMENTS)
    delivered = counts.pop(LetterState.DELIVERED, 0)
    return {**told, "given": decision.people, "delivered": delivered, "others": _words(counts)}


async def tell(
    sessions: store.Sessions, settings: Settings, row: BulkLetter
) -> tuple[dict[str, Any] | None, tuple[Attachment, ...]]:
    """What one letter tells, and its PDF: of the document in force, had the name been corrected meanwhile.

    Nothing is told of a document that was revoked before its letter went, but that it was.
    """
    if Notice(row.facts["notice"]) is Notice.CERTIFICATE_REVOKED:
        return await _revoked(sessions, row.facts["certificate"]), ()
    async with store.looking(sessions) as session:
        found = await certifying.newest(session, row.facts["certificate"])
    if found is None or found.standing is not Standing.VALID:
        return None, ()
    certificate = certificate_facts.certificate(found.row, settings.public_url)
    issue = certificate_facts.issue(found.certification, settings.public_url)
    content = await asyncio.to_thread(certificates.document, certificate, issue)
    told = {"certificate": certificate.number, "check_url": certificate.check_url}
    return told, (Attachment(f"{certificate.number}.pdf", certificates.MEDIA_TYPE, content),)


async def settle(session: AsyncSession, row: BulkLetter, number: str) -> None:
    """Who was just sent a document that was replaced or revoked meanwhile is told so: upkeep sends it.

    Args:
        session: The transaction that has settled the letter.
        row: The letter.
        number: Of the document that went with it.
    """
    found = await certifying.newest(session, number)
    if found is None or (found.row.number == number and found.standing is Standing.VALID):
        return
    is_revoked = found.standing is Standing.REVOKED
    notice = Notice.CERTIFICATE_REVOKED if is_revoked else Notice.CERTIFICATE_REPLACED
    step = Step(number=row.number, step=f"{certifying.REVISED}{number}", at=await store.now(session))
    await certifying.write_letter(session, found.row, notice, step)


async def _revoked(sessions: store.Sessions, number: str) -> dict[str, Any]:
    async with store.looking(sessions) as session:
        row = await session.get_one(CertificateRow, number)
    revoked_on = local_date(row.revoked_at) if row.revoked_at else None
    return {"revoked_on": revoked_on, "reason": row.revoked_because}


def _words(counts: dict[LetterState, int]) -> list[str]:
    return [f"{state.russian} — {count}" for state, count in counts.items()]
