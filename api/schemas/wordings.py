"""Templates of letters over HTTP: the administrator's words, and the letter with invented facts."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.fields import Form, Instant, Line, Prose

Opening = Annotated[Prose, StringConstraints(max_length=3000)]


class WordingForm(Form):
    """Words in place of the engine's; both blank give its letter back."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "{{ дело }} отозван",
                    "opening": "{{ организация }} отзывает запрос на «{{ название }}».\n\n"
                    "{% if срок %}Срок по нему был {{ срок }}.{% endif %}",
                }
            ]
        }
    )

    subject: Line = Field(default="", description="Тема; пусто — тема системы.")
    opening: Opening = Field(
        default="", description="Начало письма, абзацы через пустую строку; пусто — своё."
    )


class WordingShown(BaseModel):
    """Words that somebody has entered."""

    subject: str
    opening: str
    by: str
    at: Instant


class TemplateItem(BaseModel):
    """A kind of letter."""

    notice: str
    name: str
    subject: str = Field(description="На придуманных сведениях.")
    changed: bool = Field(description="Слова администратора, а не системы.")


class VariableShown(BaseModel):
    name: str
    meaning: str


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


class DifferenceLine(BaseModel):
    """A line of the letter, beside that of the engine's."""

    change: Change
    line: str


class LetterTried(BaseModel):
    """The letter with invented facts."""

    subject: str
    text: str
    difference: list[DifferenceLine] = Field(description="С письмом системы; нет, если оно такое же.")


class TemplateShown(BaseModel):
    """A kind of letter: its words, what they give, and who changed them before."""

    notice: str
    name: str
    wording: WordingShown | None = Field(description="Слова администратора; нет — письмо системы.")
    letter: LetterTried
    variables: list[VariableShown]
    keeps_subject: bool = Field(description="Тему пишет система: в ней сказано, что произошло.")
    history: list[WordingShown] = Field(description="Новые первыми; пустые слова — возврат к письму системы.")
