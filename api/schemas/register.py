"""Changes of the register, as they are asked for and shown."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.invalid import RussianValueError
from api.schemas.fields import Form, Instant, Line, Named, Reason


class ChangeForm(Form):
    """Another owner or another name, for a course or a category."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"category": 9, "owner": "trud", "why": "Приказ от 24 ноября 2026 г. № 17"},
                {
                    "category": 9,
                    "name": "Курсы: обучение граждан предпенсионного возраста",
                    "why": "Письмо Владельца",
                },
            ]
        }
    )

    course: int | None = Field(default=None, ge=1, le=2**31 - 1)
    category: int | None = Field(default=None, ge=1, le=2**31 - 1)
    owner: Line = Field(default="", description="Код организации — нового Владельца.")
    name: Line = Field(default="", description="Новое наименование.")
    why: Reason = Field(description="Основание.")

    @model_validator(mode="after")
    def _is_one_change(self) -> "ChangeForm":
        if (self.course is None) == (self.category is None):
            raise RussianValueError("укажите либо курс, либо категорию")
        if bool(self.owner) == bool(self.name):
            raise RussianValueError("укажите либо Владельца, либо наименование")
        return self


class ChangeShown(BaseModel):
    """A change of the register."""

    on: date
    at: Instant
    kind: Named
    before: str
    after: str
    who: str
    why: str
    request: str | None


class HeldShown(BaseModel):
    """Who was responsible, from the first day to the last."""

    since: date
    until: date | None
    name: str = Field(description="Пусто для тех, кто видит только Владельца.")
    case: str = Field(description="Дело, которым назначено.")


class HistoryShown(BaseModel):
    """How a course or a category came to be as it is."""

    changes: list[ChangeShown]
    responsible: list[HeldShown]
