"""Clause 4.5 - how learners register themselves: a sheet to print, with a QR of the course's address."""

from dataclasses import dataclass
from datetime import date

from models import russian
from reports import typst
from reports.qr import qr


@dataclass(frozen=True)
class Instruction:
    course: str
    course_url: str
    site_url: str
    dated: date
    agency: str = ""
    enrolment_key: str = ""
    """The code word that the course asks for, if it does."""
    open_until: date | None = None
    """The last day of self-enrolment, if it ends."""
    help: str = ""
    """Whom to ask: a name, an e-mail, a phone."""


def steps(instruction: Instruction) -> list[str]:
    """What a learner does, in the order of doing; for the letter and for the sheet."""
    key = instruction.enrolment_key
    enrol = "Нажмите «Записаться на курс»" + (f" и введите кодовое слово: {key}" if key else ".")
    return [
        f"Откройте {instruction.site_url} и нажмите «Вход», затем «Создать учётную запись»."
        " Если учётная запись уже есть, войдите и перейдите к шагу 4.",
        "Укажите фамилию, имя и отчество полностью и действующий адрес электронной почты.",
        "Откройте письмо, которое придёт на этот адрес, и перейдите по ссылке в нём:"
        " она подтверждает регистрацию.",
        "Откройте страницу курса: по адресу ниже или по QR-коду.",
        enrol,
    ]


def sheet(instruction: Instruction) -> bytes:
    """A page in PDF. Safe in threads."""
    facts = {
        "course": instruction.course,
        "course_url": instruction.course_url,
        "agency": instruction.agency,
        "steps": steps(instruction),
        "qr": qr(instruction.course_url),
        "open_until": russian.date_words(instruction.open_until) if instruction.open_until else "",
        "help": instruction.help,
        "footer": f"Составлено {russian.date_words(instruction.dated)}",
    }
    return typst.pdf("instruction", f"Как записаться: {instruction.course}", facts, dated=instruction.dated)
