"""The proof of clause 4.8 in people's words, as `activities/proofs.py` keeps it. Pure."""

from typing import Any


def proven(
    proof: dict[str, Any], names: dict[str, str], titles: dict[str, str]
) -> list[tuple[str, str, str]]:
    """The proof for people: the subsystem, the thing, what is known of it now.

    Args:
        proof: As the case keeps it.
        names: Of subsystems, by code.
        titles: Of courses and categories, by `course-12` and `category-3`.
    """
    told = []
    for key, seen in sorted(proof.items()):
        code, _, thing = key.partition("/")
        told.append((names.get(code, code), _thing(thing, titles), _seen(seen)))
    return told


def ids(proof: dict[str, Any], kind: str) -> list[int]:
    """Ids in the register of all things of a kind: `course` or `category`."""
    things = (key.partition("/")[2].rpartition("-") for key in proof)
    return [int(id) for name, _, id in things if name == kind]


def _thing(key: str, titles: dict[str, str]) -> str:
    """«курс «Охрана труда»»; one that is in Moodle alone by its number there."""
    kind, _, id = key.rpartition("-")
    if kind == "moodle-course":
        return f"курс Moodle № {id}"
    if kind in _KINDS:
        return f"{_KINDS[kind]} «{titles[key]}»" if key in titles else f"{_KINDS[kind]} № {id}"
    return "учётная запись" if key == "account" else "все права"


_KINDS = {"course": "курс", "category": "категория"}


def _seen(seen: Any) -> str:
    if not isinstance(seen, dict):
        return "права сняты Оператором вручную"
    if seen.get("absent"):
        return "её в Moodle больше нет: снимать нечего"
    if seen.get("exists") is False:
        return "курса в Moodle уже нет"
    if seen.get("can_build") or seen.get("still_enrolled") or seen.get("can_create"):
        return "право ещё видно, снятие продолжается"
    parts = ["прочитано обратно: прав нет" if _is_read(seen) else "роль снята; показать это Moodle не может"]
    if seen.get("ended_by") == "suspend":
        parts.append("запись на курс приостановлена")
    return "; ".join(parts)


def _is_read(seen: dict[str, Any]) -> bool:
    return seen.get("can_build") is False or seen.get("can_create") is False
