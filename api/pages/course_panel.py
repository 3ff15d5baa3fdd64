"""What the page of a case about a course shows and offers, by its kind and the rules of the API."""

from typing import Any

from api.auth import OPERATORS, Caller, Role
from api.enrolments import has_services
from api.pages.asking import Api
from api.pages.courses import OWNERS, authoring_of, is_unready
from models import self_registration, store
from models.cases import Kind
from models.enrolment import Stage, State
from models.plans import Verdict
from models.self_registration import Lack
from models.settings import Settings
from models.tables import CaseRow, Course

_FORMS = {
    Kind.AUTHORING.value: "authoring_panel.html",
    Kind.CONSULTATION.value: "consultation_panel.html",
    Kind.ENROLMENT.value: "enrolment_panel.html",
}
_COUNTED = {
    Verdict.NEW: "Новых",
    Verdict.EXISTING: "Уже в Moodle",
    Verdict.CLASH: "Спорных",
    Verdict.WRONG: "С ошибкой",
    State.PLANNED: "Ждут своей очереди",
    State.CREATING: "Создаются",
    State.CREATED: "Учётная запись есть",
    State.ENROLLED: "Записаны на курс",
    State.SET_ASIDE: "Отложены",
}
"""How many rows are so, by plan and by what has been done."""


async def course_panel(
    api: Api, caller: Caller, case: CaseRow, sessions: store.Sessions, settings: Settings
) -> dict[str, Any]:
    """Facts for `case.html`; `course_panel` names the part of the page, if its kind has one."""
    facts: dict[str, Any] = {"course_panel": _FORMS.get(case.kind), "owns": caller.role in OWNERS}
    match case.kind:
        case Kind.AUTHORING:
            async with store.looking(sessions) as session:
                course = await session.get_one(Course, case.course)
            return {
                **facts,
                "authoring": await authoring_of(api, course.id),
                "takes_lists": has_services(course, settings),
            }
        case Kind.CONSULTATION:
            return {
                **facts,
                "talk": await api.get(f"/consultations/{case.number}"),
                "asks": caller.role is Role.RESPONSIBLE,
                "answers": caller.role in OPERATORS,
            }
        case Kind.ENROLMENT:
            return {**facts, **await _enrolment(api, caller, case)}
    return facts


async def _enrolment(api: Api, caller: Caller, case: CaseRow) -> dict[str, Any]:
    listed = await api.get(f"/enrolments/{case.number}")
    counts, stage = listed["counts"], Stage(listed["state"]["code"])
    at_work = sum(
        counts.get(one, 0) for one in (State.PLANNED, State.CREATING, State.CREATED, State.ENROLLED)
    )
    checks = caller.role in (*OWNERS, *OPERATORS) and stage is Stage.WAY_SHUT
    is_unseen = self_registration.is_unseen([Lack(one["code"]) for one in listed["lacks"]])
    shown = {
        "listed": listed,
        "counted": [(name, counts[one]) for one, name in _COUNTED.items() if one in counts],
        "of_all": at_work,
        "enrolled": counts.get(State.ENROLLED, 0),
        "checks": checks and not is_unseen,
        "is_unseen": checks and is_unseen,
        "is_operator": caller.role in OPERATORS,
        "set_aside": [],
        "unready": stage is Stage.PLANNED and await is_unready(api, case.course),
    }
    if caller.role in OWNERS:
        path = f"/enrolments/{case.number}/rows"
        shown["set_aside"] = (await api.get(path, verdict=["wrong", "clash"], limit=20))["items"]
    if not case.closed_at:
        shown["live"] = f"/cases/{case.number}/learners/state"
        shown["known"] = stand(case, stage, counts)
    return shown


def stand(case: CaseRow, stage: str, counts: dict[str, int]) -> str:
    """How far a list is, in one word of the script's."""
    parts = "-".join(f"{name}:{number}" for name, number in sorted(counts.items()))
    return f"{stage}-{parts}-{'open' if case.closed_at is None else 'closed'}"
