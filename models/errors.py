"""Failures that cross Temporal: the one vocabulary of activities and workflows."""

from enum import StrEnum


class Failure(StrEnum):
    """`ApplicationError.type` of an activity's failure."""

    MOODLE_UNAVAILABLE = "moodle-unavailable"
    MOODLE_DENIED = "moodle-denied"
    MOODLE_REFUSED = "moodle-refused"
    CONTACT_MISSING = "contact-missing"
    MAIL_UNAVAILABLE = "mail-unavailable"
    MAIL_BOUNCED = "mail-bounced"
    MAIL_REJECTED = "mail-rejected"
    DATABASE_UNAVAILABLE = "database-unavailable"
    DATABASE_REFUSED = "database-refused"
    NOT_FOUND = "not-found"
    UNEXPECTED = "unexpected"

    @property
    def russian(self) -> str:
        return _FAILURES[self]


_FAILURES = {
    Failure.MOODLE_UNAVAILABLE: "Moodle недоступна",
    Failure.MOODLE_DENIED: "служебной учётной записи Moodle не хватает прав",
    Failure.MOODLE_REFUSED: "Moodle отклонила действие",
    Failure.CONTACT_MISSING: "не указан адрес электронной почты ответственного лица",
    Failure.MAIL_UNAVAILABLE: "почтовый сервер недоступен",
    Failure.MAIL_BOUNCED: "адрес не принимает почту",
    Failure.MAIL_REJECTED: "почтовый сервер не принял письмо",
    Failure.DATABASE_UNAVAILABLE: "база данных недоступна",
    Failure.DATABASE_REFUSED: "база данных отклонила запись",
    Failure.NOT_FOUND: "нет записи, с которой работает шаг",
    Failure.UNEXPECTED: "непредвиденная ошибка",
}


class ContactMissing(Exception):
    """The responsible's e-mail is not known, so that no account can be found or made."""
