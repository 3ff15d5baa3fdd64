"""Clause 4.9 over HTTP: what the owner decides to give, and how far it is."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from api.schemas.certificates import CertificateShown
from api.schemas.fields import Instant, Letters, Named
from models.certificates import Award
from models.lines import Line

Signatory = Annotated[Line, Field(max_length=254)]


class CertificationForm(Award):
    """The owner's decision: to whom, what document, and who signs it on paper."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "whom": "threshold",
                    "threshold": 60,
                    "document": "Сертификат",
                    "design": "frame",
                    "hours": 36,
                    "shows_grade": True,
                    "signatory_post": "Директор",
                    "signatory_name": "Сидорова А. В.",
                }
            ]
        },
    )

    # As the document describes them, unlike what Temporal's own converter reads.
    threshold: float | None = Field(default=None, strict=True, ge=0, le=100, allow_inf_nan=False)
    named: tuple[StrictInt, ...] = ()
    hours: int | None = Field(default=None, strict=True, ge=1, le=10_000)
    shows_grade: StrictBool = False
    signatory_post: Signatory = ""
    signatory_name: Signatory = ""

    @property
    def award(self) -> Award:
        return Award.model_validate(self.model_dump())


class CertificationShown(BaseModel):
    """A decision and how far it is. No persons but the signatory."""

    number: str
    training: str
    course: str
    state: Named
    award: Award
    signatory_post: str
    signatory_name: str
    decided_at: Instant
    starts_on: date
    ends_on: date
    people: int = Field(description="Сколько человек получают документ.")
    given: int = Field(description="Сколько документов уже пронумеровано.")
    revoked: int
    replaced: int = Field(description="Сколько заменено документом с исправленным именем.")
    letters: list[Letters]
    print_parts: int = Field(description="Из скольких файлов состоят документы для печати.")


class CertificatePage(BaseModel):
    """Documents of a decision by number, some at a time."""

    certificates: list[CertificateShown]
    next: str | None = Field(description="`cursor` следующей страницы; нет, если это последняя.")


class Participant(BaseModel):
    """Whom a decision may name."""

    ordinal: int = Field(description="Для поля `named` решения.")
    name: str
    state: Named
    percent: float | None


class ParticipantPage(BaseModel):
    participants: list[Participant]
    next: str | None = Field(description="`cursor` следующей страницы; нет, если это последняя.")
