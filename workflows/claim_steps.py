"""The steps of giving claim codes out (clause 4.5), as `steps.py` has those of the others."""

from activities.claim_codes import ClaimCodeActivities
from models.claim_codes import WriteCodes
from models.step import Step
from workflows.steps import LONG, write_down
from workflows.training_steps import send_mailing


async def send_codes(write: WriteCodes) -> int:
    """Letters with codes to those who have an address and no way in yet; how many there are."""
    count = await write_down(
        ClaimCodeActivities.write_codes, write, "Письма с кодами для первого входа", LONG
    )
    if count:
        await send_mailing(Step(number=write.number, step=write.step, at=write.at))
    return count
