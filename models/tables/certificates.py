"""Clause 4.9: what the owner decided to give for a training, and every document that was given."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.types import AWARE


class CertificationRow(SQLModel, table=True):
    """A decision of the owner, and what every document of it says; later changes don't touch it."""

    __tablename__ = "certifications"

    number: str = Field(primary_key=True, foreign_key="cases.number")
    training: str = Field(foreign_key="trainings.number", index=True)
    award: dict[str, Any] = Field(sa_type=JSONB)
    """A `models.certificates.Award`."""
    course: str
    """Its name at the decision, as those that follow."""
    owner: str
    """Name of the organisation."""
    starts_on: date
    ends_on: date
    """Of the training, inclusive, local."""
    signatory_post: str = ""
    signatory_name: str = ""
    """Who signs on paper; empty where nobody does."""
    decided_by: str
    decided_at: datetime = Field(sa_type=AWARE)
    people: int = 0
    """How many are to get a document; the counts of those given are read from `certificates`."""


class CertificateRow(SQLModel, table=True):
    """A document that was given: never changed but to be revoked, never deleted."""

    __tablename__ = "certificates"
    __table_args__ = (
        # A retry finds the person numbered; only a re-issue gives another number.
        Index(
            "certificates_person",
            "certification",
            "ordinal",
            unique=True,
            postgresql_where=text("supersedes IS NULL"),
        ),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by = '')", name="revoked_by_somebody"),
    )

    number: str = Field(primary_key=True)
    """`72-2026-000123`, without gaps within a year."""
    code: str = Field(unique=True)
    """For the public check: `K7QF-2M9X-4DRT`."""
    certification: str = Field(foreign_key="certifications.number")
    ordinal: int
    """Of the participant in the training."""
    name: str
    email: str = ""
    """Where it is sent; empty where the subsystem shows none."""
    grade: str = ""
    """«92 %», where the document shows it."""
    issued_on: date
    """Local; its year is that of the number."""
    supersedes: str | None = Field(default=None, foreign_key="certificates.number", unique=True)
    """The document with a wrong name that this one replaces."""
    revoked_at: datetime | None = Field(default=None, sa_type=AWARE)
    revoked_by: str = ""
    revoked_because: str = Field(default="", sa_type=Text)
    """Shown to staff and the owner; the public page says only that it does not hold."""
