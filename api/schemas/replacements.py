"""Clause 4.8 over HTTP: the end of a responsible's powers, and who comes after them."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, model_validator

from api.invalid import RussianValueError
from api.schemas.fields import Day, Email, Form, Instant, Line, Named, Reason
from models.replacement import Work

_SUCCESSOR: dict[str, JsonValue] = {
    "name": "Смирнов Пётр Андреевич",
    "post": "Методист",
    "email": "p.smirnov@example.org",
    "phone": "+7 3452 00-00-00",
}


class SuccessorForm(Form):
    """The new responsible person."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SUCCESSOR]})

    name: Annotated[Line, StringConstraints(min_length=1)]
    post: Line = ""
    email: Annotated[Email, StringConstraints(min_length=3)]
    phone: Line = ""


class ReplacementForm(Form):
    """The end of a responsible's powers."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"email": "m.ivanova@example.org", "powers_ended_on": "2026-11-30", "successor": _SUCCESSOR}
            ]
        }
    )

    email: Email = Field(default="", description="Чьи полномочия прекращаются.")
    person: int | None = Field(
        default=None,
        ge=1,
        le=2**31 - 1,
        description="То же, если адреса нет: номер лица из реестра, `responsible_id`.",
    )
    powers_ended_on: Day = Field(description="Последний день полномочий; может быть и впереди.")
    owner: str = Field(
        default="",
        max_length=100,
        description="Владелец; Оператор называет его, если лицо отвечает за курсы нескольких.",
    )
    successor: SuccessorForm | None = None

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if bool(self.email) is (self.person is not None):
            raise RussianValueError("укажите либо адрес, либо номер лица")
        return self


class ByHandForm(Form):
    model_config = ConfigDict(json_schema_extra={"examples": [{"work": "removal", "subsystem": "local"}]})

    work: Work = Field(description="`removal` — права сняты, `grant` — права даны.")
    subsystem: str = Field(max_length=100)


class MistakeForm(Form):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Названо не то лицо"}]})

    reason: Reason = Field(description="Почему сообщение отзывают; остаётся в журнале.")


class EmptyForm(Form):
    """Nothing to say but that it is so."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class PersonShown(BaseModel):
    id: int
    name: str
    post: str
    email: str


class ReplacementShown(BaseModel):
    """A replacement as it stands."""

    number: str
    owner: str
    title: str
    person: PersonShown
    powers_ended_on: date
    informed_at: Instant | None = Field(description="Когда Владелец сообщил Оператору.")
    successor: PersonShown | None
    appointed_at: Instant | None
    accepted_at: Instant | None
    withdrawn_at: Instant | None = Field(description="Когда сообщение отозвали как ошибочное.")
    closed_at: Instant | None
    proof: dict[str, Any] = Field(description="Что снято, что прочитано обратно, чего Moodle не показывает.")


class ReplacementState(StrEnum):
    """Whom a replacement waits for, in a list."""

    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    VACANT = "vacant"
    APPOINTED = "appointed"
    ACCEPTED = "accepted"

    @property
    def russian(self) -> str:
        return _STATES[self]


_STATES = {
    ReplacementState.WITHDRAWN: "сообщение отозвано",
    ReplacementState.CLOSED: "завершено",
    ReplacementState.VACANT: "ждёт назначения",
    ReplacementState.APPOINTED: "назначено, ждёт принятия",
    ReplacementState.ACCEPTED: "принято",
}


class ReplacementItem(BaseModel):
    """A replacement in a list."""

    number: str
    owner: str
    title: str
    person: str = Field(description="Чьи полномочия прекращаются.")
    powers_ended_on: date
    state: Named
    opened_at: Instant


class ReplacementPage(BaseModel):
    """A page of a list; `next` is the cursor of the page after it."""

    items: list[ReplacementItem]
    next: str | None = None
