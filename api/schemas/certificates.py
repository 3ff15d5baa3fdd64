"""Clause 4.9 over HTTP: a certificate as its owner sees it, and what may be done about it."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.fields import Form, Instant, Named
from models.certificate_facts import check_page
from models.certificates import Award, Name, Reason
from models.certifying import Found

CertificateNumber = Annotated[str, StringConstraints(pattern=r"^72-[0-9]{4}-([0-9]{6}|[1-9][0-9]{6,8})$")]


class RevocationForm(Form):
    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "Документ выдан по ошибке"}]})

    reason: Reason = Field(
        description="Её прочтёт в письме обладатель документа. На открытой странице проверки причины нет."
    )


class CorrectionForm(Form):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Семёнова Мария Петровна"}]})

    name: Name = Field(description="Имя, как оно должно быть в документе.")


class CertificateShown(BaseModel):
    """A certificate (clause 4.9)."""

    number: str
    document: str
    name: str
    email: str = Field(description="Куда идут письма о документе; пусто — почты у обладателя нет.")
    course: str
    issued_on: date
    standing: Named
    supersedes: str | None = Field(description="Номер документа, вместо которого выдан этот.")
    replaced_by: str | None = Field(description="Номер документа, который выдан вместо этого.")
    revoked_at: Instant | None
    revoked_because: str
    check_url: str = Field(description="Открытая страница проверки.")

    @classmethod
    def of(cls, found: Found, public_url: str) -> Self:
        row, certification = found.row, found.certification
        return cls(
            number=row.number,
            document=Award.model_validate(certification.award).document,
            name=row.name,
            email=row.email,
            course=certification.course,
            issued_on=row.issued_on,
            standing=Named.of(found.standing),
            supersedes=row.supersedes,
            replaced_by=found.replaced_by.number if found.replaced_by else None,
            revoked_at=row.revoked_at,
            revoked_because=row.revoked_because,
            check_url=f"{check_page(public_url)}/{row.code}",
        )
