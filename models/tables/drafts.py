"""Requests that are being written: nobody's but their author's, and none of them in the register."""

from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.types import AWARE


class DraftRow(SQLModel, table=True):
    """The form of clause 4.1 as far as a person has filled it in; deleted when it is filed."""

    __tablename__ = "drafts"

    id: int | None = Field(default=None, primary_key=True)
    api_key: int = Field(foreign_key="api_keys.id", index=True)
    form: dict[str, Any] = Field(sa_type=JSONB)
    saved_at: datetime = Field(sa_type=AWARE)


class DraftFile(SQLModel, table=True):
    """A file of a draft; a document of the case once the draft is filed."""

    __tablename__ = "draft_files"

    draft: int = Field(primary_key=True, foreign_key="drafts.id", ondelete="CASCADE")
    kind: str = Field(primary_key=True)
    """A `models.attachments.Attached`."""
    title: str
    filename: str
    media_type: str
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str
    rows: int
    """Of a list of learners: how many it names; else 0."""
