"""Clause 4.5: lists of learners, what became of each row, and the codes by which accounts are claimed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel, col

from models.tables.types import AWARE


class EnrolmentRow(SQLModel, table=True):
    """One way in for the learners of a course: self-registration, or one list."""

    __tablename__ = "enrolments"

    number: str = Field(primary_key=True, foreign_key="cases.number")
    way: str
    """`self_registration` or `by_responsible`."""
    training: str | None = Field(default=None, foreign_key="cases.number", index=True)
    """The training that these learners take part in."""
    filename: str = ""
    """Blank where the list was made from sign-ups."""
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    """The file as it came, or as it was made from sign-ups; None where learners register themselves."""
    sha256: str = ""
    state: str = "new"
    why: str = ""
    """In Russian: why a file can't be read, what is to be switched on."""
    lacks: list[str] = Field(default_factory=list, sa_type=JSONB)
    """What is to be switched on, by its code."""
    counts: dict[str, int] = Field(default_factory=dict, sa_type=JSONB)
    """Rows by verdict and by state, as read back after every chunk."""
    confirmed_at: datetime | None = Field(default=None, sa_type=AWARE)


class LearnerRow(SQLModel, table=True):
    """A row of a list: what it says, what the plan makes of it, what was done."""

    __tablename__ = "learners"

    number: str = Field(primary_key=True, foreign_key="enrolments.number")
    row: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """As the person sees it in the file."""
    surname: str = ""
    first_name: str = ""
    patronymic: str = ""
    email: str = ""
    organisation: str = ""
    post: str = ""
    verdict: str
    """`new`, `existing`, `clash`, `wrong`."""
    why: str = ""
    username: str = ""
    moodle_id: int | None = Field(default=None, index=True)
    state: str = "planned"
    """`planned`, `created`, `enrolled`, `set_aside`."""
    letter: str = ""
    """State of the letter with the claim code: empty while there is none."""


class ClaimCode(SQLModel, table=True):
    """A one-time code by which a learner chooses the password of an account that the engine made."""

    __tablename__ = "claim_codes"
    __table_args__ = (
        ForeignKeyConstraint(["subsystem", "moodle_id"], ["accounts.subsystem", "accounts.moodle_id"]),
    )

    sha256: str = Field(primary_key=True)
    """The code itself is nowhere."""
    subsystem: str
    moodle_id: int
    number: str = Field(foreign_key="enrolments.number", index=True)
    row: int
    step: str
    """Of the mailing that it goes by, or of the slips that it is printed on."""
    issued_at: datetime = Field(sa_type=AWARE)
    expires_at: datetime = Field(sa_type=AWARE)
    used_at: datetime | None = Field(default=None, sa_type=AWARE)
    revoked_at: datetime | None = Field(default=None, sa_type=AWARE)


Index("claim_codes_account", col(ClaimCode.subsystem), col(ClaimCode.moodle_id))


class BulkLetter(SQLModel, table=True):
    """A letter to one of many: never a workflow of its own, never sent twice under two Message-IDs."""

    __tablename__ = "bulk_letters"
    # What upkeep looks for every few seconds is a handful among all there have ever been.
    __table_args__ = (
        Index(
            "ix_bulk_letters_about_documents",
            "step",
            postgresql_where=text("state = 'written' AND step LIKE 'certification/document-%'"),
        ),
    )

    number: str = Field(primary_key=True, foreign_key="cases.number")
    step: str = Field(primary_key=True)
    """The mailing within the case: `enrolment/codes`, `training/start`."""
    row: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """Of the recipient within the mailing."""
    address: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """What the letter tells this recipient; a claim code is never among it."""
    state: str = "written"
    attempts: int = 0
    settled_at: datetime | None = Field(default=None, sa_type=AWARE)
