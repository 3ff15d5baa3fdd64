"""Clause 4.5, way one - learners register themselves: what has to be switched on, and by whom.

No web service switches it on; the engine looks, and tells people.
"""

from collections.abc import Collection
from enum import StrEnum

from models.message import Message
from models.step import Step


class Lack(StrEnum):
    """Why learners can't come in by themselves yet, or what nobody but a person can see."""

    COURSE_GONE = "course-gone"
    SITE_SHUT = "site-shut"
    COURSE_SHUT = "course-shut"
    COURSE_HIDDEN = "course-hidden"
    SITE_UNSEEN = "site-unseen"
    COURSE_UNSEEN = "course-unseen"

    @property
    def russian(self) -> str:
        """Who has to do what."""
        return _LACKS[self]

    @property
    def is_unseen(self) -> bool:
        """Whether a person's word is all that there can be."""
        return self in (Lack.SITE_UNSEEN, Lack.COURSE_UNSEEN)


_LACKS = {
    Lack.COURSE_GONE: "Курса нет в Moodle. Оператор: восстановите курс или сообщите его новый адрес.",
    Lack.SITE_SHUT: (
        "На сайте выключена самостоятельная регистрация. Оператор: Администрирование → Плагины →"
        " Аутентификация, параметр «Самостоятельная регистрация» — «На основе адреса электронной почты»."
    ),
    Lack.COURSE_SHUT: (
        "В курсе не открыта самостоятельная запись. Ответственное лицо: Управление курсом → Пользователи →"
        " Способы записи на курс, «Самостоятельная запись» — включить и разрешить новые записи."
    ),
    Lack.COURSE_HIDDEN: (
        "Курс скрыт от Пользователей. Ответственное лицо: в настройках курса выберите «Показать»."
    ),
    Lack.SITE_UNSEEN: (
        "Этот сайт не сообщает системе, включена ли самостоятельная регистрация. Оператор: проверьте, что она"
        " включена, и подтвердите это в задаче."
    ),
    Lack.COURSE_UNSEEN: (
        "Система не видит, открыта ли в курсе самостоятельная запись. Оператор: проверьте, что она открыта и"
        " курс виден, и подтвердите это в задаче."
    ),
}


def is_unseen(lacks: Collection[Lack]) -> bool:
    """Whether the engine can see nothing of it: another look would find what the last one did."""
    return bool(lacks) and all(lack.is_unseen for lack in lacks)


class WayIn(Message):
    """What a Moodle tells of the way in; None where it does not tell."""

    exists: bool = True
    registration: bool | None = None
    """Whether people may make accounts on the site themselves."""
    visible: bool | None = None
    enrolment: bool | None = None
    """Whether learners may enrol themselves in the course."""
    needs_key: bool = False
    """The course asks for a code word."""


class WayShut(Message):
    """How far way one of a case is, while somebody has to switch something on."""

    looks: int = 0
    lacks: tuple[Lack, ...] = ()
    confirmed: tuple[Lack, ...] = ()
    confirmed_by: str = ""
    task: str = ""
    """The operator's, by its step."""


def lacks(seen: WayIn, confirmed: Collection[Lack] = ()) -> tuple[Lack, ...]:
    """What keeps learners out.

    Args:
        seen: What Moodle tells.
        confirmed: What it does not tell, and the operator has seen to.
    """
    if not seen.exists:
        return (Lack.COURSE_GONE,)
    found = {
        Lack.SITE_SHUT: seen.registration is False,
        Lack.COURSE_SHUT: seen.enrolment is False,
        Lack.COURSE_HIDDEN: seen.visible is False,
        Lack.SITE_UNSEEN: seen.registration is None,
        Lack.COURSE_UNSEEN: seen.enrolment is None,
    }
    return tuple(lack for lack, is_so in found.items() if is_so and lack not in confirmed)


class CheckAgain(Message):
    """Somebody has switched something on: the argument of the update `check_again`."""

    by: str


class LookAtWayIn(Step):
    """Look at the site and the course."""

    course: int
    """Its id in the register."""


class ShowLacks(Step):
    """Put on record what keeps learners out, as the operator's task too."""

    workflow_id: str
    lacks: tuple[Lack, ...]


class OpenWayIn(Step):
    """The way in is open: make the instruction for learners."""

    needs_key: bool
    confirmed: tuple[Lack, ...]
    """What stands by the operator's word alone."""
    by: str
    """Who gave it; the engine where there was nothing to confirm."""
