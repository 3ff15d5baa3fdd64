"""Clauses 4.6 and 4.7: trainings, who takes part, who wants to, and how far they have come."""

from datetime import date, datetime

from sqlalchemy import Index, func
from sqlalchemy.dialects.postgresql import JSONB
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
    """A `models.trainings.Stage`."""
    closed_at: datetime | None = Field(default=None, sa_type=AWARE)
    """When it was over: its results are kept as they were then, and nothing is read into them."""
    lists: list[str] = Field(default_factory=list, sa_type=JSONB)
    """Numbers of the enrolments whose learners take part; none: all learners of the course. The list of
    those accepted at the sign-up comes to them."""
    places: int | None = None
    """For sign-up; None where it is closed, or has no limit."""
    sign_up_until: date | None = None
    """None where there is no public sign-up."""
    read_at: datetime | None = Field(default=None, sa_type=AWARE)
    """When the results were last read from Moodle, or imported."""
    origin: str = "read"
    """A `models.results.Origin`."""
    unseen: list[str] = Field(default_factory=list, sa_type=JSONB)
    """What could not be seen then: `models.results.Unseen`."""


class ParticipantRow(SQLModel, table=True):
    """A learner of a training, with the results as they were last read; kept so when it ends."""

    __tablename__ = "participants"

    training: str = Field(primary_key=True, foreign_key="trainings.number")
    ordinal: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    """The id of the account in Moodle; of imported results the place in the file."""
    name: str
    email: str = ""
    organisation: str = ""
    post: str = ""
    state: str = "not_begun"
    """A `models.results.State`."""
    progress: int | None = None
    grade: float | None = None
    grade_max: float | None = None
    begun_on: date | None = None
    completed_at: datetime | None = Field(default=None, sa_type=AWARE)
    last_seen_at: datetime | None = Field(default=None, sa_type=AWARE)


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
