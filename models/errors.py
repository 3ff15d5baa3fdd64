"""Failures that cross Temporal: the one vocabulary of activities and workflows."""

from enum import StrEnum


class Failure(StrEnum):
    """`ApplicationError.type` of an activity's failure."""

    MOODLE_UNAVAILABLE = "moodle-unavailable"
    MOODLE_DENIED = "moodle-denied"
    MOODLE_REFUSED = "moodle-refused"
    MOODLE_AMBIGUOUS = "moodle-ambiguous"
    """Several accounts or categories fit, and a person has to say which is meant."""
    MOODLE_UNCONFIRMED = "moodle-unconfirmed"
    """What was done does not show when it is read back."""
    ACCOUNT_SUSPENDED = "account-suspended"
    SITE_MISSING = "site-missing"
    """The settings no longer name the subsystem's Moodle."""
    CONTACT_MISSING = "contact-missing"
    MAIL_UNAVAILABLE = "mail-unavailable"
    MAIL_SHUT = "mail-shut"
    """The mail server refuses the engine itself, such as its password."""
    MAIL_BOUNCED = "mail-bounced"
    MAIL_REJECTED = "mail-rejected"
    DATABASE_UNAVAILABLE = "database-unavailable"
    DATABASE_REFUSED = "database-refused"
    NOT_FOUND = "not-found"
    COURSE_GONE = "course-gone"
    """Somebody deleted the course in Moodle."""
    MADE_BY_HAND = "made-by-hand"
    """Of an account, a course or a category that somebody made, the engine knows no number in Moodle."""
    ENDED_BY_HAND = "ended-by-hand"
    """A workflow that somebody terminated or cancelled in Temporal."""
    UNEXPECTED = "unexpected"

    @property
    def russian(self) -> str:
        return _FAILURES[self]


_FAILURES = {
    Failure.MOODLE_UNAVAILABLE: "Moodle недоступна",
    Failure.MOODLE_DENIED: "служебной учётной записи Moodle не хватает прав",
    Failure.MOODLE_REFUSED: "Moodle отклонила действие",
    Failure.MOODLE_AMBIGUOUS: "в Moodle подходят несколько учётных записей или категорий",
    Failure.MOODLE_UNCONFIRMED: "Moodle не показывает того, что было сделано",
    Failure.ACCOUNT_SUSPENDED: "учётная запись ответственного лица в Moodle заблокирована",
    Failure.SITE_MISSING: "адрес Moodle этой подсистемы не указан в настройках",
    Failure.CONTACT_MISSING: "не указан адрес электронной почты ответственного лица",
    Failure.MAIL_UNAVAILABLE: "почтовый сервер недоступен",
    Failure.MAIL_SHUT: "почтовый сервер не пускает систему: проверьте имя, пароль и адрес отправителя",
    Failure.MAIL_BOUNCED: "адрес не принимает почту",
    Failure.MAIL_REJECTED: "почтовый сервер не принял письмо",
    Failure.DATABASE_UNAVAILABLE: "база данных недоступна",
    Failure.DATABASE_REFUSED: "база данных отклонила запись",
    Failure.NOT_FOUND: "нет записи, с которой работает шаг",
    Failure.COURSE_GONE: "учебного курса больше нет в Moodle",
    Failure.MADE_BY_HAND: "заведено вручную: номер в Moodle системе не известен",
    Failure.ENDED_BY_HAND: "процесс остановлен вручную",
    Failure.UNEXPECTED: "непредвиденная ошибка",
}


class ContactMissing(Exception):
    """The responsible's e-mail is not known, so that no account can be found or made."""


class NotConfirmed(Exception):
    """What was set up in Moodle does not show when it is read back."""


class MadeByHand(Exception):
    """The engine does not know what the account, the course or the category is in Moodle."""


class SiteMissing(Exception):
    """The subsystem's Moodle is not in the settings."""


class CourseGone(Exception):
    """Somebody deleted the course in Moodle."""
