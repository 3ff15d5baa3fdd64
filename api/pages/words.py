"""How templates say dates, moments and roles."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from api.auth import Role
from api.pages.menu import ROLE_NAMES
from models import cases, russian
from models.deadlines import local_date


def _day(value: date | str | None) -> str:
    """«24 декабря 2026 г.»; a moment is told by its local day."""
    if value is None or value == "":
        return "—"
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return russian.date_words(local_date(value) if isinstance(value, datetime) else value)


def _moment(value: datetime | str | None) -> str:
    """«24 декабря 2026 г., 09:05 (тюменское время)»"""
    if value is None or value == "":
        return "—"
    return russian.moment(datetime.fromisoformat(value) if isinstance(value, str) else value)


FIELDS = {
    "agency": "От кого",
    "access": "Порядок доступа",
    "analogue": "Что уже создано",
    "category": "Категория",
    "category_name": "Название новой категории",
    "code": "Код",
    "course": "Учебный курс",
    "course_name": "Название учебного курса",
    "day": "День",
    "decree": "Решение",
    "design": "Вид",
    "document": "Название документа",
    "email": "Почта",
    "ends_on": "Последний день",
    "first_name": "Имя",
    "goal": "Цель",
    "grade_from": "Оценка от",
    "grade_to": "Оценка до",
    "ground": "Основание",
    "head_email": "Почта руководителя",
    "holder": "Кому",
    "hours": "Академических часов",
    "learners": "Пользователи",
    "learners.description": "Кто будет учиться",
    "learners.people": "Перечень Пользователей",
    "lists": "Списки Пользователей",
    "missing": "Чего не хватает",
    "name": "Имя или название",
    "order_received_on": "Дата поступления",
    "organisation": "Организация",
    "outcome": "Создать или отказать",
    "outgoing_number": "Номер исходящего письма",
    "outgoing_on": "Дата исходящего письма",
    "owner": "Владелец",
    "patronymic": "Отчество",
    "person": "Чьи полномочия прекращаются",
    "phone": "Телефон",
    "places": "Сколько мест",
    "planned_on": "День готовности",
    "post": "Должность",
    "powers_ended_on": "Последний день полномочий",
    "previous": "Вместо отклонённого запроса",
    "reason": "Причина",
    "received_on": "Дата поступления",
    "responsible.name": "Ответственное лицо",
    "role": "Роль",
    "signatory_name": "Кто подписывает",
    "signatory_post": "Должность подписывающего",
    "starts_on": "Первый день",
    "subsystem": "Подсистема",
    "surname": "Фамилия",
    "text": "Текст",
    "threshold": "Порог оценки",
    "title": "Название обучения",
    "until": "Последний день записи",
    "url": "Адрес",
    "wanted": "Просим создать",
    "whom": "Кому",
    "working": "Сделать",
}
"""Fields of forms as people call them."""


def _field(name: str) -> str:
    """«Должность» for `responsible.post` and for `post`; a field of no form is named as it came."""
    parts = [part for part in name.split(".") if not part.isdigit()]
    return FIELDS.get(".".join(parts)) or FIELDS.get(parts[-1] if parts else "") or name


def _sentence(text: str) -> str:
    """With a capital; the capitals within it, as of «Пользователей», stay."""
    return text[:1].upper() + text[1:]


FILTERS: dict[str, Callable[..., Any]] = {
    "day": _day,
    "moment": _moment,
    "weekday": russian.weekday,
    "role": lambda role: ROLE_NAMES[Role(role)],
    "case": cases.label,
    "plural": russian.plural,
    "field": _field,
    "sentence": _sentence,
}
