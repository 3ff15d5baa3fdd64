"""What people do with a case, over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.schemas.fields import Email, Form, Line, Prose, Reason, Url
from models.decisions import Ground, Outcome
from models.requests import Item
from models.setup import Check

REFUSE_EXAMPLE: dict[str, Any] = {
    "outcome": "refused",
    "ground": "incomplete",
    "missing": ["learners"],
    "reason": "Перечень Пользователей указан не полностью: нет муниципальных служащих.",
}


class DecisionForm(Form):
    """A reviewer's decision (clause 4.2)."""

    outcome: Literal[Outcome.APPROVED, Outcome.REFUSED]
    ground: Ground | None = Field(default=None, description="Основание отказа.")
    missing: list[Item] = Field(default=[], description="Чего не хватает, для основания incomplete.")
    analogue: Line = Field(default="", description="Обозначение аналога, для основания analogue.")
    reason: Prose = Field(
        default="", description="Причина отказа — или почему похожий курс не аналогичен, при согласии."
    )


class WithdrawalForm(Form):
    """The agency takes its request back."""

    reason: Prose = ""


class TextForm(Form):
    """A reason to be named by a Signal: the text stays here, the Signal carries its id."""

    body: Reason


class TextShown(BaseModel):
    id: UUID


class DecisionAnswer(BaseModel):
    """The decision as it was taken."""

    number: str
    outcome: Outcome
    ground: Ground | None
    at: datetime
    late: bool = Field(description="Принято после 24:00 последнего дня срока.")


class ConfirmationForm(Form):
    """What the operator has done by hand."""

    done: Annotated[list[Check], Field(min_length=1, max_length=4)]
    url: Url | None = Field(default=None, description="Адрес созданного курса или категории.")


class ProgressAnswer(BaseModel):
    done: list[Check]
    left: list[Check]


class ObstacleForm(Form):
    """Why the operator cannot go on."""

    text: Reason


class OrderReceivedForm(Form):
    """The date on which the order came, where work is done by hand."""

    order_received_on: date


class ContactForm(Form):
    """Particulars of the responsible that the request lacked."""

    post: Line = ""
    email: Email = ""
    phone: Line = ""


class Done(BaseModel):
    """It is done."""

    number: str


class ClaimAnswer(BaseModel):
    number: str
    claimed_by: str


class AmendmentForm(Form):
    """A day made working or off by decree."""

    day: date
    working: bool
    decree: Reason


class MovedShown(BaseModel):
    """An open case whose deadline the amendment moves."""

    number: str
    clause: str
    last_day: date
    new_last_day: date


class PreviewAnswer(BaseModel):
    """What an amendment would move, before it is applied."""

    moved: list[MovedShown]


class AmendmentShown(BaseModel):
    """An amendment that is in force."""

    id: int
    day: date
    working: bool
    decree: str


class AmendmentAnswer(AmendmentShown):
    """A new amendment; these open cases are being moved."""

    moved: list[MovedShown]
