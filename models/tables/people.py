"""Persons: who is responsible for what and since when, and the accounts that the engine knows of."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, func, text
from sqlmodel import Field, SQLModel, col

from models.tables.types import AWARE


class Person(SQLModel, table=True):
    """Somebody who is, was or becomes responsible; one person, however many owners trust them."""

    __tablename__ = "persons"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    post: str = ""
    email: str = ""
    """Who they are to Moodle and to their API key; empty until somebody gives it."""
    phone: str = ""


Index(
    "persons_email",
    func.lower(col(Person.email)),
    unique=True,
    postgresql_where=col(Person.email) != "",
)


class Responsibility(SQLModel, table=True):
    """A person is responsible for a category or a course (clauses 4.3 and 4.8), between two days."""

    __tablename__ = "responsibilities"
    __table_args__ = (
        CheckConstraint("num_nonnulls(category, course) = 1", name="of_one_thing"),
        Index("one_responsible_a_course", "course", unique=True, postgresql_where=text("until IS NULL")),
        Index("one_responsible_a_category", "category", unique=True, postgresql_where=text("until IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True)
    person: int = Field(foreign_key="persons.id", index=True)
    category: int | None = Field(default=None, foreign_key="categories.id", index=True)
    course: int | None = Field(default=None, foreign_key="courses.id", index=True)
    since: date
    until: date | None = None
    """Their last day; None while they are responsible."""
    given_by: str = Field(foreign_key="cases.number")
    """The request or the replacement that made them so."""
    ended_by: str | None = Field(default=None, foreign_key="cases.number")


class Account(SQLModel, table=True):
    """An account in a Moodle that the engine made, or found for somebody."""

    __tablename__ = "accounts"

    subsystem: str = Field(primary_key=True, foreign_key="subsystems.code")
    moodle_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    person: int | None = Field(default=None, foreign_key="persons.id", index=True)
    """Whose it is, where it is a responsible's; learners are in the lists that they came by."""
    username: str = ""
    email: str = ""
    made_by: str | None = Field(default=None, foreign_key="cases.number")
    """The case that made it; None for one that was there before, which gets no claim code."""
    made_at: datetime | None = Field(default=None, sa_type=AWARE)
    claimed_at: datetime | None = Field(default=None, sa_type=AWARE)
    """When its owner chose a password by a claim code."""
