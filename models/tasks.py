"""The operator's tasks: what kinds there are."""

from enum import StrEnum


class TaskKind(StrEnum):
    """Why a task is in the operator's list."""

    SETUP_BY_HAND = "setup_by_hand"
    """The checklist of clause 4.3; its last tick closes it."""
    STEP_FAILED = "step_failed"
    """A step waits to be mended, and closes it when it is tried again."""
    RIGHTS_BY_HAND = "rights_by_hand"
    """Clause 4.8 in a subsystem without web services; closed by the operator's word on the replacement."""
    WAY_IN = "way_in"
    """Learners can't register themselves yet; closed by the check that finds the way open."""
    WAY_IN_UNSEEN = "way_in_unseen"
    """The same, where the engine cannot see some of it: trying again is the operator's word for that."""
    LETTER_UNDELIVERED = "letter_undelivered"
    """Nothing waits; the letter may be sent anew."""
    ORPHANED = "orphaned"
    """A case is open and its workflow is not."""
    MOODLE_ACCOUNT = "moodle_account"
    """A service account lacks a right; closed by the check that finds it there."""

    PERSON_GONE = "person_gone"
    """A responsible seems to be gone: the operator may open a replacement (clause 4.8)."""
    DIFFERENCE = "difference"
    """A Moodle differs from the register; closed by the night that finds it gone."""
    CANARY_FAILED = "canary_failed"
    """The ladder of letters does not work as it should; closed by the next canary that passes."""

    @property
    def russian(self) -> str:
        return _KINDS[self]

    @property
    def closes_itself(self) -> bool:
        """Whether a step waits for it, so that nobody may put it aside."""
        return self in (
            TaskKind.SETUP_BY_HAND,
            TaskKind.STEP_FAILED,
            TaskKind.RIGHTS_BY_HAND,
            TaskKind.WAY_IN,
            TaskKind.WAY_IN_UNSEEN,
        )


_KINDS = {
    TaskKind.SETUP_BY_HAND: "настройка вручную",
    TaskKind.STEP_FAILED: "шаг не выполнен",
    TaskKind.RIGHTS_BY_HAND: "смена ответственного вручную",
    TaskKind.WAY_IN: "самостоятельная запись не включена",
    TaskKind.WAY_IN_UNSEEN: "самостоятельная запись: нужно подтверждение",
    TaskKind.LETTER_UNDELIVERED: "письмо не вручено",
    TaskKind.ORPHANED: "дело остановлено",
    TaskKind.MOODLE_ACCOUNT: "служебная учётная запись Moodle",
    TaskKind.PERSON_GONE: "ответственное лицо выбыло",
    TaskKind.DIFFERENCE: "расхождение с реестром",
    TaskKind.CANARY_FAILED: "проверка напоминаний не прошла",
}
