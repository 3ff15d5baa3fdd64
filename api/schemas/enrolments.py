"""Clause 4.5 over HTTP: a list of learners, its plan, its rows."""

from pydantic import BaseModel, Field

from api.schemas.fields import Instant, Letters, Named


class EnrolmentShown(BaseModel):
    """A list as it stands. No persons."""

    number: str
    course: int
    way: Named
    training: str | None
    filename: str = Field(description="Пусто, если список составлен из записи на обучение.")
    state: Named
    why: str = Field(description="Почему файл прочитать нельзя, что нужно включить или сообщить.")
    lacks: list[Named] = Field(description="Что нужно включить, чтобы Пользователи записывались сами.")
    counts: dict[str, int] = Field(
        description="Строк по плану (new, existing, clash, wrong) и по тому, что сделано"
        " (planned, created, enrolled, set_aside); в ходе регистрации — после каждой части."
    )
    confirmed_at: Instant | None
    letters: list[Letters] = Field(description="Письма с кодами первого входа, по состоянию.")
    slips: int = Field(description="Скольким нужен листок с кодом: пароль не выбран, адреса почты нет.")


class RowShown(BaseModel):
    """A row of a list: what it says, what becomes of it and why."""

    row: int = Field(description="Номер строки, как его показывает Excel.")
    surname: str
    first_name: str
    patronymic: str
    email: str
    organisation: str
    post: str
    verdict: Named
    state: Named
    why: str


class RowPage(BaseModel):
    items: list[RowShown]
    next: int | None = Field(description="Передайте в after, чтобы получить следующую страницу.")
