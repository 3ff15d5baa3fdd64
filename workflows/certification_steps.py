"""The steps of clause 4.9, as `steps.py` has those of the others."""

from activities.certification import CertificationActivities
from activities.mailing import MailingActivities
from models.certification import Number
from models.step import Step
from workflows.steps import LONG, write_down


async def number_certificates(number: Number) -> int:
    return await write_down(CertificationActivities.number_certificates, number, "Нумерация документов", LONG)


async def write_letters(write: Step) -> int:
    return await write_down(
        CertificationActivities.write_certificate_letters, write, "Письма с документами", LONG
    )


async def send_mailing(mailing: Step) -> None:
    await write_down(MailingActivities.send_mailing, mailing, "Отправка документов", LONG)
