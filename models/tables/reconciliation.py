"""How the register came to be as it is, and what the nights found in the Moodles that differs from it."""

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from models.tables.types import AWARE


class RegisterChange(SQLModel, table=True):
    """A change of the register. It only grows: the register of any day is today's with later ones undone."""

    __tablename__ = "register_changes"

    id: int | None = Field(default=None, primary_key=True)
    category: int | None = Field(default=None, foreign_key="categories.id", index=True)
    course: int | None = Field(default=None, foreign_key="courses.id", index=True)
    on: date
    """Local."""
    at: datetime = Field(sa_type=AWARE)
    kind: str
    """A `models.register.Change`."""
    before: str = ""
    after: str = ""
    by: str
    """The actor: `key-12`, `engine`."""
    why: str = ""
    """In Russian: what it rests on."""
    request: str | None = Field(default=None, foreign_key="cases.number")
    """The case that it came from."""


class ReconciliationRow(SQLModel, table=True):
    """One run of the reconciliation with one Moodle."""

    __tablename__ = "reconciliations"
    __table_args__ = (Index("ix_reconciliations_last", "subsystem", "started_at"),)

    run: str = Field(primary_key=True)
    """Id of the workflow's run."""
    subsystem: str = Field(foreign_key="subsystems.code")
    started_at: datetime = Field(sa_type=AWARE)
    finished_at: datetime | None = Field(default=None, sa_type=AWARE)
    outcome: str = "running"
    """A `models.reconciliation.Outcome`."""
    failure: str = ""
    """Type of the failure that kept it from being whole."""
    categories: int = 0
    courses: int = 0
    """That Moodle has."""
    looked: int = 0
    unread: int = 0
    """Courses of the register that were looked at, and that could not be."""
    adopted: int = 0


class DifferenceRow(SQLModel, table=True):
    """What differs from the register, from the night that found it until the one that finds it gone."""

    __tablename__ = "differences"
    __table_args__ = (
        Index("one_difference", "subsystem", "key", unique=True, postgresql_where=text("gone_at IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    subsystem: str = Field(foreign_key="subsystems.code")
    key: str
    kind: str
    """A `models.reconciliation.Kind`."""
    category: int | None = Field(default=None, foreign_key="categories.id")
    course: int | None = Field(default=None, foreign_key="courses.id")
    in_register: str
    in_moodle: str
    """What the one says and the other, in Russian, without persons."""
    found_at: datetime = Field(sa_type=AWARE)
    gone_at: datetime | None = Field(default=None, sa_type=AWARE)
    task: int | None = Field(default=None, foreign_key="tasks.id")
    is_told: bool = False
    """Whether the task says it as it is now."""
