"""Calendar feeds over HTTP."""

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Form, Instant
from models.terms import Recipient


class FeedForm(Form):
    """Which of the holder's deadlines a feed shows."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"waits_for": "operator"}]})

    waits_for: Recipient | None = Field(
        default=None, description="Только сроки, в которых ждут этого участника; нет — все, что видны ключу."
    )


class FeedShown(BaseModel):
    """A feed. Its token is nowhere kept and is shown when it is issued alone."""

    id: int
    waits_for: str | None
    issued_at: Instant


class FeedIssued(FeedShown):
    """A feed just issued."""

    token: str = Field(description="Показывается один раз.")
    url: str = Field(description="Адрес подписки для программы-календаря; открывается без ключа.")
