"""Clause 4.5 over HTTP: claim codes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Form, Instant, Named

Row = Annotated[int, Field(ge=1, le=2**31 - 1)]


class CodesForm(Form):
    """Whose codes to send anew."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"rows": [2]}]})

    rows: list[Row] = Field(
        default=[], max_length=1000, description="Строки списка; пусто — все, кто ещё не выбрал пароль."
    )


class SlipsForm(Form):
    """Whose slips to print."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"rows": [3]}]})

    rows: list[Row] = Field(
        default=[],
        max_length=500,
        description="Строки списка, с почтой тоже; пусто — все без почты, кто ещё не выбрал пароль.",
    )
    after: int = Field(
        default=0,
        ge=0,
        le=2**31 - 1,
        description="X-Last-Row прошлого ответа: в одном файле не больше 500 листков.",
    )


class CodesSent(BaseModel):
    """How many letters are on their way."""

    number: str
    letters: int


class SlipsGiven(BaseModel):
    """What is kept of an answer with slips: never the codes."""

    slips: int
    last_row: int
    left: int


class Unclaimed(BaseModel):
    """A learner who has not chosen a password yet."""

    row: int
    name: str
    organisation: str
    email: str
    username: str
    letter: Named | None = Field(description="Что с письмом; нет, если код не высылался.")
    issued_at: Instant | None
    expires_at: Instant | None
    code_works: bool


class UnclaimedPage(BaseModel):
    total: int
    items: list[Unclaimed]
    next: int | None = Field(description="С какой строки (after) читать дальше; нет — это всё.")
