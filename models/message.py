"""The base of everything that crosses Temporal."""

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value that crosses Temporal: no personal data, no free text that people typed.

    Unknown fields are ignored, so that a worker of yesterday can read a message of tomorrow.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
