"""Amendments of the production calendar, over HTTP."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool

from api.invalid import RussianValueError
from api.schemas.fields import Day, Form, Instant, Named, Reason

_FIRST_YEAR, _LAST_YEAR = 2019, 2100
"""Of the regulation's version 3.0, and of the production calendar that we have."""


def _is_of_our_time(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise RussianValueError(f"год — от {_FIRST_YEAR} до {_LAST_YEAR}")
    return day


CalendarDay = Annotated[Day, AfterValidator(_is_of_our_time)]
"""A day that may be amended."""


class AmendmentForm(Form):
    """A day made working or off by decree."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"day": "2027-04-30", "working": False, "decree": "постановление от 20.04.2027 № 100"}
            ]
        }
    )

    day: CalendarDay
    working: StrictBool
    decree: Reason


class AmendmentPreviewForm(AmendmentForm):
    """The same, asked about and not yet decided."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"day": "2027-05-14", "working": False, "decree": "проект постановления"}]
        }
    )


class AmendmentWithdrawalForm(Form):
    """By what an amendment is taken back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"decree": "постановление от 25.04.2027 № 107"}]}
    )

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
    note: str = Field(description="О чём стоит знать; пусто, если не о чем.")


class WouldMove(MovedShown):
    """The same with whose case it is, and who would hear of it."""

    case_name: str
    title: str
    organisation: str
    organisation_name: str
    overdue: bool
    would_be_overdue: bool
    told: list[Named] = Field(
        description="Кому сообщат; никому, если последний день тот же и переносятся только напоминания."
    )


class WhatIfAnswer(BaseModel):
    """What would come of a day being working or off; nothing of it is applied."""

    day: date
    is_working: bool
    moved: list[WouldMove]
    note: str = Field(description="О чём стоит знать; пусто, если не о чем.")


class AmendmentShown(BaseModel):
    """An amendment, or its withdrawal."""

    id: int
    day: date
    working: bool | None = Field(description="Нет — прежнее изменение этого дня отменено.")
    decree: str
    entered_by: str
    entered_at: Instant
    in_force: bool


class AmendmentAnswer(AmendmentShown, PreviewAnswer):
    """What was entered; these open cases are being moved."""
