"""The proof of clause 4.8 in people's words, as `activities/proofs.py` keeps it. Pure."""

from typing import Any


def proven(proof: dict[str, Any], names: dict[str, str]) -> list[tuple[str, str, str]]:
    """The proof for people: the subsystem, the thing, what is known of it now."""
    told = []
    for key, seen in sorted(proof.items()):
        code, _, thing = key.partition("/")
        told.append((names.get(code, code), _thing(thing), _seen(seen)))
    return told


def _thing(key: str) -> str:
    """«курс 12»: by the engine's number, or Moodle's where the engine has none."""
    for beginning, name in (("moodle-course-", "курс Moodle № "), ("course-", "курс № ")):
        if key.startswith(beginning):
            return name + key.removeprefix(beginning)
    if key.startswith("category-"):
        return "категория № " + key.removeprefix("category-")
    return "учётная запись" if key == "account" else "все права"


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
