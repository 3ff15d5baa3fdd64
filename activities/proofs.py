"""The proof of clause 4.8 as the case keeps it: removed, read back, not shown. Pure."""

from dataclasses import dataclass, field
from typing import Any

from clients.moodle import Proof

_FACTS = ("can_build", "can_create")


@dataclass(frozen=True)
class Group:
    """What is proven together: the courses of one category with it, or one course alone.

    `courses` has the key of each by Moodle's id; None for one that is in Moodle alone.
    """

    subsystem: str
    courses: dict[int, str | None] = field(default_factory=dict)
    category_key: str = ""
    category_id: int | None = None

    @property
    def category_ids(self) -> list[int]:
        return [] if self.category_id is None else [self.category_id]

    def key(self, course_id: int) -> str:
        return self.courses[course_id] or f"{self.subsystem}/moodle-course-{course_id}"


def told(group: Group, proof: Proof) -> dict[str, Any]:
    """What one removal has shown, by the keys of the case."""
    seen: dict[str, Any] = {
        group.key(one.course_id): {
            "exists": one.exists,
            "was_enrolled": one.was_enrolled,
            "can_build": one.can_build,
            "still_enrolled": one.still_enrolled,
            "ended_by": one.ended_by,
        }
        for one in proof.courses
    }
    for one in proof.categories:
        seen[group.category_key] = {"moodle_id": one.category_id, "can_create": one.can_create}
    return seen


def merged(before: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    """Both; a later attempt that could see less takes nothing from what an earlier one saw."""
    return before | {key: _one(before.get(key, {}), value) for key, value in seen.items()}


def of_subsystem(proof: dict[str, Any], subsystem: str) -> dict[str, Any]:
    return {key: value for key, value in proof.items() if key.startswith(f"{subsystem}/")}


def is_unclean(proof: dict[str, Any]) -> bool:
    """Whether something of the rights still shows."""
    return any(
        one.get("can_build") or one.get("still_enrolled") or one.get("can_create") for one in _things(proof)
    )


def in_words(subsystem: str, proof: dict[str, Any]) -> str:
    """One line of the journal, without persons."""
    if proof.get(f"{subsystem}/account"):
        return f"Снимать нечего ({subsystem}): учётной записи в Moodle больше нет"
    things = _things(proof)
    courses = [one for one in things if "was_enrolled" in one]
    read = [one for one in things if any(one.get(fact) is False for fact in _FACTS)]
    gone = [one for one in courses if one.get("exists") is False]
    unseen = len(things) - len(read) - len(gone)
    parts = [
        f"Права сняты ({subsystem}): курсов — {len(courses)}, категорий — {len(things) - len(courses)}",
        f"прочитано обратно — {len(read)}",
    ]
    if gone:
        parts.append(f"курсов уже нет в Moodle — {len(gone)}")
    if any(one.get("ended_by") == "suspend" for one in courses):
        parts.append("запись на курс приостановлена: удалить её эта Moodle не даёт")
    if unseen:
        parts.append(f"роль снята, но показать это Moodle не может — {unseen}")
    if any(one.get("interrupted") for one in courses):
        parts.append("первая попытка была прервана, повторная видела меньше")
    return "; ".join(parts)


def _one(before: dict[str, Any], seen: dict[str, Any]) -> dict[str, Any]:
    both = before | {key: value for key, value in seen.items() if value is not None or key not in before}
    for key in ("was_enrolled", "interrupted"):
        if before.get(key) or seen.get(key):
            both[key] = True
    both["ended_by"] = seen.get("ended_by") or before.get("ended_by", "")
    return both


def _things(proof: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in proof.values() if isinstance(one, dict) and "absent" not in one]
