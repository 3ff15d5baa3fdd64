"""Clause 4.6 over HTTP: a training and its sign-up."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.fields import CaseNumber, Day, Form, Instant, Letters, Named, Prose

Title = Annotated[str, StringConstraints(min_length=1, max_length=254)]


class SignUpForm(Form):
    """The public sign-up for a training."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"places": 30, "until": "2027-08-25"}]})

    places: int | None = Field(default=None, ge=1, le=100_000, description="Сколько мест; нет — без предела.")
    until: Day | None = Field(default=None, description="Последний день записи; нет — пока идёт обучение.")


class TrainingForm(Form):
    """A training that the owner sets up (clause 4.6)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Осенний поток",
                    "starts_on": "2027-09-01",
                    "ends_on": "2027-10-15",
                    "sign_up": {"places": 30, "until": "2027-08-25"},
                }
            ]
        }
    )

    title: Title
    starts_on: Day
    ends_on: Day = Field(description="Последний день, включительно.")
    lists: list[CaseNumber] = Field(
        default=[], max_length=100, description="Номера списков п. 4.5; пусто — все Пользователи курса."
    )
    sign_up: SignUpForm | None = None


class ProlongationForm(Form):
    model_config = ConfigDict(json_schema_extra={"examples": [{"ends_on": "2027-10-31"}]})

    ends_on: Day


class ClosingForm(Form):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Все завершили раньше срока."}]})

    reason: Prose = ""


class TrainingShown(BaseModel):
    """A training as it stands. No persons."""

    number: str
    course: int
    title: str
    starts_on: date
    ends_on: date
    state: Named
    lists: list[str]
    participants: int
    read_at: Instant | None
    unseen: list[str] = Field(description="Чего в результатах не видно, и почему.")
    closed_at: Instant | None
    letters: list[Letters] = Field(description="Письма Пользователям, по состоянию.")
    sign_up_until: date | None
    places: int | None


class TrainingItem(BaseModel):
    """A training in a list."""

    number: str
    title: str
    course: int
    course_name: str
    owner: str
    owner_name: str
    starts_on: date
    ends_on: date
    state: Named
    closed_at: Instant | None = Field(description="Когда закончилось или было закрыто.")


class TrainingPage(BaseModel):
    """A page of a list; `next` is the cursor of the page after it."""

    items: list[TrainingItem]
    next: str | None = None
