"""The fields of the form of clause 4.1: as they are typed, as the API takes them, as a draft keeps them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from api.pages.visitors import Form

Typed = dict[str, str]
"""What stands in each field, by its name on the page."""

LABELS = {
    "wanted": "Что создать",
    "subsystem": "Подсистема",
    "category": "Категория",
    "category_name": "Название новой категории",
    "course_name": "Название учебного курса",
    "goal": "Цель",
    "learners.description": "Кто будет учиться",
    "learners.people": "Перечень Пользователей",
    "access": "Порядок доступа",
    "responsible.name": "Ответственное лицо",
    "responsible.post": "Должность ответственного лица",
    "responsible.email": "Почта ответственного лица",
    "responsible.phone": "Телефон ответственного лица",
    "outgoing_number": "Номер исходящего письма",
    "outgoing_on": "Дата исходящего письма",
    "previous": "Вместо отклонённого запроса",
    "agency": "От кого",
    "received_on": "Дата поступления",
}
"""All fields, as people know them."""

_RESPONSIBLE = ("name", "post", "email", "phone")
_OF_LETTERS = ("agency", "received_on")
"""Of the authority's form alone."""
_NESTED = ("learners", "responsible")
_ITEMS = {"course_name": "name", "category_name": "name", "responsible.name": "responsible"}


def item_of(field: str) -> str:
    """The code of what a field gives of clause 4.1, or of the particulars of the responsible."""
    nest, _, own = field.partition(".")
    return _ITEMS.get(field, own if nest == "responsible" else nest)


def typed(form: Form) -> Typed:
    """As it was sent."""
    return {name: form.text(name) for name in LABELS}


def blank_of_letter(typed: Typed) -> list[dict[str, str]]:
    """What a letter on paper is not registered without, of what is asked for letters alone."""
    return [{"field": name, "detail": "поле обязательно"} for name in _OF_LETTERS if not typed[name]]


def of_draft(form: Mapping[str, Any]) -> Typed:
    """As a draft has kept it."""
    flat = {name: form[name] for name in LABELS if name.partition(".")[0] not in _NESTED}
    people = "\n".join(one["name"] for one in form["learners"]["people"])
    return {
        **{name: "" if value is None else str(value) for name, value in flat.items()},
        "learners.description": form["learners"]["description"],
        "learners.people": people,
        **{f"responsible.{name}": form["responsible"][name] for name in _RESPONSIBLE},
    }


def of_request(shown: Mapping[str, Any]) -> Typed:
    """Of a request that was refused, to be filed anew; whom it listed is for its author to say again."""
    flat = {name: shown[name] for name in LABELS if name.partition(".")[0] not in _NESTED and name in shown}
    known = {name: "" if value is None else str(value) for name, value in flat.items()}
    return {
        **known,
        "category_name": "" if shown["category"] else shown["category_name"],
        "learners.description": shown["learners_description"],
        **{f"responsible.{name}": shown["responsible"][name] for name in _RESPONSIBLE},
        "previous": shown["number"],
        "outgoing_number": "",
        "outgoing_on": "",
    }


def body(
    typed: Typed, draft: int | None, is_letter: bool, kept: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """As the API takes it; what is blank is left out.

    Args:
        typed: What was typed.
        draft: The draft that is filed or checked with its files.
        is_letter: Whether it may say whose letter it is, and of when.
        kept: Learners as the draft has them: who is still named keeps their e-mail, organisation and post.
    """
    flat = [name for name in LABELS if name.partition(".")[0] not in (*_NESTED, "category")]
    names = [name for name in flat if is_letter or name not in _OF_LETTERS]
    category = typed["category"]
    return {
        **{name: typed[name] for name in names if typed[name]},
        **({"category": int(category)} if category.isascii() and category.isdecimal() else {}),
        **({"draft": draft} if draft else {}),
        "learners": {
            "description": typed["learners.description"],
            "people": _people(typed["learners.people"], kept),
        },
        "responsible": {name: typed[f"responsible.{name}"] for name in _RESPONSIBLE},
    }


def _people(lines: str, kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A learner a line; of namesakes the first line is the first that was kept."""
    known: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in reversed(kept):
        known[one["name"]].append({name: value for name, value in one.items() if value})
    names = [line.strip() for line in lines.splitlines()]
    return [known[name].pop() if known[name] else {"name": name} for name in names if name]
