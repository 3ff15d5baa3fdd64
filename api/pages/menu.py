"""The menu of each role, in its order."""

from typing import NamedTuple

from api.auth import AUTHORITY, EVERYBODY, OPERATORS, Caller, Role


class Entry(NamedTuple):
    path: str
    title: str
    roles: tuple[Role, ...]


_ENTRIES = (
    Entry("/", "В работе", EVERYBODY),
    Entry("/requests", "Запросы", EVERYBODY),
    Entry("/requests/new", "Новый запрос", (Role.AGENCY,)),
    Entry("/courses", "Мои курсы", (Role.AGENCY, Role.RESPONSIBLE)),
    Entry("/requests/paper", "Бумажное письмо", AUTHORITY),
    Entry("/tasks", "Задачи", (*OPERATORS, Role.ADMIN)),
    Entry("/clauses", "Соблюдение", (Role.SUPERVISOR, Role.ADMIN)),
    Entry("/ladders", "Эскалация", (Role.SUPERVISOR, Role.ADMIN)),
    Entry("/calendar", "Календарь", (Role.SUPERVISOR, Role.ADMIN)),
    Entry("/administration", "Организации и ключи", (Role.ADMIN,)),
    Entry("/rehearsals", "Репетиция сроков", (Role.SUPERVISOR, Role.ADMIN)),
    Entry("/letters", "Письма", (Role.ADMIN,)),
    Entry("/trainings", "Обучения", (Role.AGENCY, Role.RESPONSIBLE)),
    Entry("/replacements", "Смена ответственных", (Role.AGENCY, Role.RESPONSIBLE, *OPERATORS)),
)


def entries(caller: Caller | None, here: str) -> list[tuple[Entry, bool]]:
    """What somebody may open, each with whether it is the page they are on."""
    if caller is None:
        return []
    return [(entry, entry.path == here) for entry in _ENTRIES if caller.role in entry.roles]


ROLE_NAMES = {
    Role.AGENCY: "орган или учреждение",
    Role.RESPONSIBLE: "ответственное лицо",
    Role.REVIEWER: "рассматривающий",
    Role.SUPERVISOR: "руководитель рассматривающих",
    Role.OPERATOR: "Оператор",
    Role.OPERATOR_HEAD: "руководитель Оператора",
    Role.ADMIN: "администратор",
}
