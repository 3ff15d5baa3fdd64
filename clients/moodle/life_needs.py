"""What the course's life (clauses 4.4 to 4.8) needs of the service account: never blocks clauses 4.1–4.3."""

from __future__ import annotations

from typing import NamedTuple

UPDATE_USERS = "core_user_update_users"
COMPLETION = "core_completion_get_course_completion_status"
GRADES = "core_grades_get_grades"
GRADE_REPORT = "gradereport_user_get_grade_items"

ENROL_REVIEW = "moodle/course:enrolreview"
STUDENT = "moodle/role:assign (student)"
USER_UPDATE = "moodle/user:update"
GRADES_VIEW = "moodle/grade:viewall"
COMPLETION_VIEW = "report/completion:view"
ACTIVITIES_VIEW = "mod/assign:view, mod/quiz:view…"


class Need(NamedTuple):
    """`since`: the version of Moodle that brought the function, 0 for all that are served here."""

    clauses: str
    why: str
    since: int = 0


FUNCTIONS = {
    "core_course_get_contents": Need("4.4", "не видно, есть ли в курсе материалы"),
    "core_enrol_get_course_enrolment_methods": Need("4.4, 4.5", "не видно, открыта ли самозапись на курс"),
    UPDATE_USERS: Need("4.5", "слушатель не сможет задать пароль по своему коду"),
    "tool_mobile_get_public_config": Need(
        "4.5", "не видно, открыта ли самостоятельная регистрация", 2016120500
    ),
    COMPLETION: Need("4.6, 4.7", "не видно, кто завершил курс", 2015051100),
    "core_completion_get_activities_completion_status": Need(
        "4.6, 4.7", "не видно, какая доля курса пройдена", 2015051100
    ),
    "core_enrol_get_enrolled_users_with_capability": Need(
        "4.8", "снятие прав в категории нельзя проверить чтением"
    ),
}
GRADES_NEED = Need("4.6, 4.7", f"не видно оценок; достаточно и функции {GRADE_REPORT}")

RIGHTS = {
    ENROL_REVIEW: Need("4.5–4.8", "не отличить действующую запись на курс от приостановленной"),
    STUDENT: Need("4.5", "нельзя записать слушателей: роль «студент» не разрешено назначать"),
    USER_UPDATE: Need("4.5", "слушатель не сможет задать пароль по своему коду"),
    GRADES_VIEW: Need("4.6, 4.7", "не видно оценок"),
    COMPLETION_VIEW: Need("4.6, 4.7", "не видно, кто завершил курс"),
    ACTIVITIES_VIEW: Need("4.4, 4.6, 4.7", "часть элементов курсов скрыта от служебной учётной записи"),
}

_ADD = "Добавьте функцию во внешнюю службу, к которой относится ключ."
_GRANT = "Дайте это право роли служебной учётной записи на уровне системы."
_NOTHING_TO_DO = "В этой версии Moodle такой функции нет, делать ничего не нужно."


def function_why(need: Need, version: int) -> str:
    return (
        f"Для п. {need.clauses} не хватает: {need.why}. {_ADD if version >= need.since else _NOTHING_TO_DO}"
    )


def right_why(need: Need, detail: str) -> str:
    answer = f" Ответ Moodle: {detail}." if detail else ""
    return f"Для п. {need.clauses} не хватает: {need.why}. {_GRANT}{answer}"
