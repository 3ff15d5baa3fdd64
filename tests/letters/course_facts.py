"""Letters about courses (clauses 4.4-4.8): every notice, in each of its variants."""

from dataclasses import replace
from datetime import date
from typing import Any

from activities.course_examples import ACCESSIBLE, LETTER, MORE, NUMBERS
from activities.course_facts import CourseLetter
from activities.examples import SETUP_DEADLINE
from models.letters import Notice
from models.terms import Clause, Recipient

_MOVED = {
    "old_last_day": date(2026, 12, 1),
    "new_last_day": date(2026, 12, 2),
    "moved_by": "Постановление № 1",
}
_TERMS = (
    ("consultation-12", Clause.CONSULTATION),
    ("authoring-5", Clause.AUTHORING),
    ("replacement-3", Clause.REPLACEMENT),
    ("enrolment-8", Clause.ENROLMENT),
)


def variants(notice: Notice) -> list[CourseLetter]:
    """Letters of a notice to each recipient, in each of its variants, with many facts and with few."""
    return [
        replace(base, recipient=to, number=number, more=more, task_reason="Moodle отказал.", **about)
        for base in (LETTER, ACCESSIBLE)
        for to in Recipient
        for more in MORE[notice]
        for number, about in _cases(notice)
    ]


def _cases(notice: Notice) -> list[tuple[str, dict[str, Any]]]:
    if MORE[notice] == [{}]:
        moved = _MOVED if notice is Notice.DEADLINE_MOVED else {}
        terms = [
            (number, {"deadline": replace(SETUP_DEADLINE, clause=clause), **moved})
            for number, clause in _TERMS
        ]
        by_hand = [
            (number, {**about, "is_by_hand": True, "is_giving": is_giving})
            for number, about in terms
            for is_giving in (False, True)
        ]
        return terms + (by_hand if notice is Notice.STEP_FAILED else [])
    return [(NUMBERS.get(notice[:5], "consultation-12"), {})]
