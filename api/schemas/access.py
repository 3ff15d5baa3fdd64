"""Organisations and keys, as the administrator enters and reads them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.auth import Role
from api.schemas.fields import Email, Form, Instant, Line

FilledLine = Annotated[Line, StringConstraints(min_length=1)]


class OrganisationForm(Form):
    """A new organisation, or other addresses of a known one."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "novoe",
                    "name": "Новое учреждение Тюменской области",
                    "email": "novoe@example.org",
                    "head_email": "head@example.org",
                }
            ]
        }
    )

    code: FilledLine = Field(description="Строчные латинские буквы, цифры и дефис, до 50 знаков.")
    name: Line = Field(default="", description="Нужно новой; пусто — название прежнее.")
    email: Email = Field(default="", description="Куда слать письма; пусто — подавать запросы нельзя.")
    head_email: Email = Field(default="", description="Адрес руководителя.")


class OrganisationEntered(BaseModel):
    code: str
    name: str
    email: str
    head_email: str


class KeyForm(Form):
    """Whom a key is for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"role": "agency", "organisation": "zdrav", "holder": "Система документооборота"}]
        }
    )

    role: Role
    organisation: FilledLine = Field(description="Код организации.")
    holder: FilledLine = Field(description="Кому выдан: лицо или система.")
    email: Email = Field(default="", description="Ответственного лица: ключ открывает дела, где она названа.")


class KeyShown(BaseModel):
    """A key, without what opens."""

    id: int
    role: Role
    organisation: str
    holder: str
    email: str
    signs_in: bool = Field(description="Входит через поставщика удостоверений: самого ключа ни у кого нет.")
    issued_at: Instant
    revoked_at: Instant | None


class KeyIssued(KeyShown):
    """The one time that the key is shown."""

    secret: str | None = Field(
        description="Сам ключ. При повторе его нет: если первый ответ потерян, выдайте новый."
    )
