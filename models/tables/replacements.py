"""Clauses 4.3-4.4 and 4.8: questions of the responsible, and their replacement."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.types import AWARE


class ThreadLine(SQLModel, table=True):
    """A question or an answer of a consultation, in the order in which they came."""

    __tablename__ = "thread"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(foreign_key="cases.number", index=True)
    text: UUID = Field(foreign_key="texts.id", unique=True)
    is_answer: bool
    at: datetime = Field(sa_type=AWARE)


class ReplacementRow(SQLModel, table=True):
    """The end of a responsible's powers, and who comes after them."""

    __tablename__ = "replacements"

    number: str = Field(primary_key=True, foreign_key="cases.number")
    person: int = Field(foreign_key="persons.id", index=True)
    powers_ended_on: date
    informed_at: datetime | None = Field(default=None, sa_type=AWARE)
    """When the owner told the operator: the clause's own term."""
    successor: int | None = Field(default=None, foreign_key="persons.id")
    appointed_at: datetime | None = Field(default=None, sa_type=AWARE)
    accepted_at: datetime | None = Field(default=None, sa_type=AWARE)
    withdrawn_at: datetime | None = Field(default=None, sa_type=AWARE)
    """The report was a mistake."""
    proof: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """What was removed, what was read back, what this Moodle cannot show."""
