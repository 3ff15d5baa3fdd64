"""What people do with a case, over HTTP."""

from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.invalid import RussianValueError
from api.schemas.fields import Day, Email, Form, Instant, Line, Named, Prose, Reason, Url
from models.decisions import Ground, Outcome
from models.requests import Item
from models.setup import Check


def _examples(*examples: dict[str, Any]) -> ConfigDict:
    """Bodies that work when sent as they are."""
    return ConfigDict(json_schema_extra={"examples": list(examples)})


class DecisionForm(Form):
    """A reviewer's decision (clause 4.2)."""

    model_config = _examples(
        {
            "outcome": "refused",
            "ground": "incomplete",
            "missing": ["learners"],
            "reason": "Перечень Пользователей указан не полностью: нет муниципальных служащих.",
        },
        {"outcome": "approved", "reason": "Похожий курс прошлого года снят, аналогов нет."},
    )

    outcome: Literal[Outcome.APPROVED, Outcome.REFUSED]
    ground: Ground | None = Field(default=None, description="Основание отказа.")
    missing: list[Item] = Field(default=[], description="Чего не хватает, для основания incomplete.")
    analogue: Line = Field(default="", description="Обозначение аналога, для основания analogue.")
    reason: Prose = Field(
        default="", description="Причина отказа — или почему похожий курс не аналогичен, при согласии."
    )


class WithdrawalForm(Form):
    """The agency takes its request back."""

    model_config = _examples({"reason": "Курс проведём очно."})

    reason: Prose = ""


class TextForm(Form):
    """A reason to be named by a Signal: the text stays here, the Signal carries its id."""

    model_config = _examples({"body": "Такой курс уже есть в категории «Медицина»."})

    body: Reason


class TextShown(BaseModel):
    id: UUID


class DecisionAnswer(BaseModel):
    """The decision as it was taken."""

    number: str
    outcome: Outcome
    ground: Ground | None
    at: Instant
    late: bool = Field(description="Принято после 24:00 последнего дня срока.")


class ConfirmationForm(Form):
    """What the operator has done by hand."""

    model_config = _examples(
        {"done": ["course", "account", "role"], "url": "http://test.example.org/course/view.php?id=12"}
    )

    done: Annotated[list[Check], Field(min_length=1, max_length=4)]
    url: Url | None = Field(default=None, description="Адрес созданного курса или категории.")


class ProgressAnswer(BaseModel):
    """The operator's checklist as it stands."""

    done: list[Named]
    left: list[Named]


class ObstacleForm(Form):
    """Why the operator cannot go on."""

    model_config = _examples({"text": "Рабочее место в управе отключено до понедельника."})

    text: Reason


class OrderReceivedForm(Form):
    """The date on which the order came, where work is done by hand."""

    model_config = _examples({})

    order_received_on: Day | None = Field(default=None, description="Пусто — сегодня.")


class ContactForm(Form):
    """Particulars of the responsible: what the request lacked, or had wrong."""

    model_config = _examples(
        {"post": "Методист", "email": "m.ivanova@example.org", "phone": "+7 3452 55-00-00"}
    )

    post: Line = ""
    email: Email = ""
    phone: Line = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.post or self.email or self.phone):
            raise RussianValueError("укажите должность, почту или телефон")
        return self


class Done(BaseModel):
    """It is done."""

    number: str


class AssignmentForm(Form):
    """Whose work a request is to be."""

    model_config = _examples({})

    to: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = Field(
        default=None, description="Номер сотрудника из `GET /reviewers`; нет — себе."
    )


class Colleague(BaseModel):
    """Somebody to whom the caller may assign a request."""

    id: int
    name: str


class ClaimAnswer(BaseModel):
    number: str
    claimed_by: str
