"""Clauses 4.6 and 4.7: trainings, who takes part, who wants to, and how far they have come."""

from datetime import date, datetime

from sqlalchemy import Index, func
from sqlmodel import Field, SQLModel, col

from models.tables.types import AWARE


class TrainingRow(SQLModel, table=True):
    """One training of a course; several may run side by side."""

    __tablename__ = "trainings"

    number: str = Field(primary_key=True, foreign_key="cases.number")
    course: int = Field(foreign_key="courses.id", index=True)
    title: str
    starts_on: date
    ends_on: date
    """Inclusive, local."""
    state: str
    """`planned`, `running`, `ended`, `closed_early`."""
    closed_on: date | None = None
    places: int | None = None
    """For sign-up; None where it is closed, or has no limit."""
    sign_up_until: date | None = None
    """None where there is no public sign-up."""
    read_at: datetime | None = Field(default=None, sa_type=AWARE)
    """When the progress was last read from Moodle."""
    unseen: str = ""
    """Codes, comma-separated, of what the service account could not see then."""


class ParticipantRow(SQLModel, table=True):
    """A learner of a training, with the results as they were last read; frozen when it ends."""

    __tablename__ = "participants"

    training: str = Field(primary_key=True, foreign_key="trainings.number")
    moodle_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str
    email: str = ""
    organisation: str = ""
    post: str = ""
    state: str = "not_begun"
    progress: float | None = None
    grade: float | None = None
    grade_max: float | None = None
    begun_on: date | None = None
    completed_on: date | None = None
    last_seen_on: date | None = None


class SignUpRow(SQLModel, table=True):
    """Somebody asked to take part (the module «Запись на обучение»)."""

    __tablename__ = "sign_ups"

    id: int | None = Field(default=None, primary_key=True)
    training: str = Field(foreign_key="trainings.number", index=True)
    surname: str
    first_name: str
    patronymic: str = ""
    email: str
    organisation: str = ""
    post: str = ""
    state: str
    """`applied`, `waiting`, `accepted`, `declined`, `withdrawn`."""
    reason: str = ""
    at: datetime = Field(sa_type=AWARE)
    decided_at: datetime | None = Field(default=None, sa_type=AWARE)
    decided_by: str = ""
    enrolment: str | None = Field(default=None, foreign_key="enrolments.number")
    """The list by which the accepted one was enrolled."""


Index("sign_ups_person", col(SignUpRow.training), func.lower(col(SignUpRow.email)), unique=True)
