"""«Запись на обучение» over HTTP: what anybody reads, what they send, what the responsible decides."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.fields import Email, Form, Instant, Line, Named, Reason
from models.lines import one_line
from models.signup import Standing

Filled = Annotated[Line, StringConstraints(min_length=1), AfterValidator(one_line)]
Address = Annotated[Email, StringConstraints(min_length=3)]


class SignUpShown(BaseModel):
    """A training as anybody sees it who may sign up. No persons."""

    number: str
    course: str
    title: str
    owner: str
    starts_on: date
    ends_on: date
    until: date = Field(description="Последний день записи, включительно.")
    is_open: bool
    places: int | None = Field(description="Сколько мест; null — без предела.")
    free: int | None = Field(description="Сколько мест свободно; null — без предела.")
    waiting: int = Field(description="Сколько человек в листе ожидания.")


class ApplicationForm(Form):
    """Somebody signs up."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "surname": "Петрова",
                    "first_name": "Анна",
                    "patronymic": "Ильинична",
                    "email": "petrova@example.org",
                    "organisation": "ГБУЗ «Областная больница»",
                    "post": "Медсестра",
                }
            ]
        }
    )

    surname: Filled
    first_name: Filled
    patronymic: Line = ""
    email: Address
    organisation: Line = ""
    post: Line = ""


class ApplicationAnswer(BaseModel):
    """How an application stands, for the one who sent it."""

    training: str
    standing: Named = Field(description="applied — есть место; waiting — в листе ожидания.")


class ApplicationShown(BaseModel):
    """An application, for the owner and the responsible. Holds a person."""

    id: int
    surname: str
    first_name: str
    patronymic: str
    email: str
    organisation: str
    post: str
    standing: Named
    reason: str
    at: Instant
    decided_at: Instant | None
    enrolment: str | None = Field(description="Список п. 4.5, в который попал.")


class Applications(BaseModel):
    """Applications in the order of signing up."""

    items: list[ApplicationShown]
    next_after: int | None = Field(description="Передайте как after, чтобы читать дальше; null — это все.")


class DeclineForm(Form):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "Обучение только для медицинских сестёр."}]}
    )

    reason: Reason


def named(state: str) -> Named:
    return Named.of(Standing(state))
