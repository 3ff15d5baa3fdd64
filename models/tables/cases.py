"""Cases, and everything that is decided, waited for and done about them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.completeness import Contents
from models.requests import Access, Wanted
from models.tables.types import AWARE


class Counter(SQLModel, table=True):
    """The last number given in a series; numbers have no gaps."""

    __tablename__ = "counters"

    series: str = Field(primary_key=True)
    """The year, for requests; `cases` for all other cases."""
    last: int


class CaseRow(SQLModel, table=True):
    """A case: one process of the regulation, whatever its clause, and how it runs.

    What the process is about stands in a row of its own under the same number.
    """

    __tablename__ = "cases"
    # What upkeep looks for every few seconds is a handful among all there have ever been.
    __table_args__ = (
        Index("ix_cases_unstarted", "number", postgresql_where=text("started_at IS NULL")),
        Index("ix_cases_open", text("checked_at NULLS FIRST"), postgresql_where=text("closed_at IS NULL")),
        Index(
            "ix_cases_to_keep",
            "number",
            postgresql_where=text("closed_at IS NOT NULL AND NOT histories_kept"),
        ),
        Index("ix_cases_to_seal", "number", postgresql_where=text("histories_kept AND NOT is_sealed")),
        Index("ix_cases_opened", "opened_at", "number"),
    )

    number: str = Field(primary_key=True)
    """`2026-000123` of a request; of the others their workflow's id, such as `training-17`."""
    kind: str
    organisation: str = Field(foreign_key="organisations.code", index=True)
    """The agency that asks, or the owner of the course."""
    subsystem: str | None = Field(foreign_key="subsystems.code")
    """None where the case is about courses of several."""
    course: int | None = Field(default=None, foreign_key="courses.id", index=True)
    title: str
    input: dict[str, Any] = Field(sa_type=JSONB)
    """The workflow's input as registered: what starts the case after a crash."""
    opened_at: datetime = Field(sa_type=AWARE)
    started_at: datetime | None = Field(default=None, sa_type=AWARE)
    closed_at: datetime | None = Field(default=None, sa_type=AWARE)
    checked_at: datetime | None = Field(default=None, sa_type=AWARE)
    """When upkeep last saw that the open case really runs."""
    histories_kept: bool = False
    is_sealed: bool = False
    """Its file is made, and kept."""


class Request(SQLModel, table=True):
    """A request (clause 4.1) with its persons, and where it stands."""

    __tablename__ = "requests"

    number: str = Field(primary_key=True, foreign_key="cases.number")
    agency: str = Field(foreign_key="organisations.code", index=True)
    subsystem: str = Field(foreign_key="subsystems.code")
    wanted: str
    category: int | None = Field(default=None, foreign_key="categories.id")
    """The existing category that a course is asked for in."""
    category_name: str = ""
    course_name: str = ""
    goal: str = Field(default="", sa_type=Text)
    learners_are: str = Field(default="", sa_type=Text)
    learners: list[dict[str, str]] = Field(default_factory=list, sa_type=JSONB)
    learners_attached: int = 0
    """How many learners the attached list names: a document of the case."""
    access: str | None = None
    responsible_name: str = ""
    responsible_post: str = ""
    responsible_email: str = ""
    responsible_phone: str = ""
    previous: str | None = Field(default=None, foreign_key="requests.number")
    """The refused request that this one follows."""
    outgoing_number: str = ""
    """The agency's own number and date of the letter."""
    outgoing_on: date | None = None
    is_paper: bool = False
    """A paper letter that the authority registered."""
    received_on: date
    order_received_on: date | None = None
    """The local date on which the order came to the operator (clause 4.3): with the decision, or as
    the operator entered it."""
    filed_by: str
    stage: str = Field(index=True)
    claimed_by: str | None = None
    claimed_by_name: str = ""
    claimed_at: datetime | None = Field(default=None, sa_type=AWARE)

    @property
    def title(self) -> str:
        """The course's name, or the category's where no course is asked for."""
        return self.course_name or self.category_name

    @property
    def learners_listed(self) -> int:
        """How many learners are named, in the form and in the attached list."""
        return len(self.learners) + self.learners_attached

    def contents(self) -> Contents:
        """What the rule of completeness looks at."""
        return Contents(
            wanted=Wanted(self.wanted),
            category_name=self.category_name,
            course_name=self.course_name,
            goal=self.goal,
            learners_are=self.learners_are,
            learners_listed=self.learners_listed,
            access=Access(self.access) if self.access else None,
            responsible_name=self.responsible_name,
            responsible_post=self.responsible_post,
            responsible_email=self.responsible_email,
            responsible_phone=self.responsible_phone,
        )


class ClauseRow(SQLModel, table=True):
    """A clause of a case that has a term: its deadline, why, and how it ended."""

    __tablename__ = "clauses"
    # Lists of what is urgent are of the open ones, a handful among all there have ever been.
    __table_args__ = (
        Index("ix_clauses_open", "due_at", "number", "clause", postgresql_where=text("finished_at IS NULL")),
    )

    number: str = Field(primary_key=True, foreign_key="cases.number")
    clause: str = Field(primary_key=True)
    workflow_id: str
    term: dict[str, Any] = Field(sa_type=JSONB)
    deadline: dict[str, Any] = Field(sa_type=JSONB)
    """As the workflow has it, ladder included."""
    calendar_version: int
    """The newest amendment of the calendar that the deadline counts with."""
    started_on: date
    last_day: date
    moved_from: date | None = None
    """The last day before the calendar was amended."""
    due_at: datetime = Field(sa_type=AWARE)
    is_provisional: bool = False
    explanation: dict[str, Any] = Field(sa_type=JSONB)
    waits_for: str = ""
    is_overdue: bool = False
    opened_at: datetime = Field(sa_type=AWARE)
    finished_at: datetime | None = Field(default=None, sa_type=AWARE)
    late_by: str = ""
    """In Russian, with the clause's unit: «на 2 рабочих дня»; empty when in time."""


class RungRow(SQLModel, table=True):
    """A rung of a clause's ladder, and what has become of it last."""

    __tablename__ = "rungs"
    # Lists ask of every open term whether a reminder has gone out.
    __table_args__ = (
        Index(
            "ix_rungs_reminded",
            "number",
            "clause",
            postgresql_where=text("kind = 'reminder' AND state = 'sent'"),
        ),
    )

    number: str = Field(primary_key=True, foreign_key="cases.number")
    clause: str = Field(primary_key=True)
    ordinal: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str
    label: str
    recipients: list[str] = Field(sa_type=JSONB)
    planned_at: datetime = Field(sa_type=AWARE)
    state: str
    fired_at: datetime | None = Field(default=None, sa_type=AWARE)


class DecisionRow(SQLModel, table=True):
    """The decision on a request (clause 4.2), with what the decider saw."""

    __tablename__ = "decisions"

    number: str = Field(primary_key=True, foreign_key="requests.number")
    outcome: str
    ground: str | None = None
    missing: list[str] = Field(default_factory=list, sa_type=JSONB)
    analogue: str | None = None
    reason_id: UUID | None = Field(default=None, foreign_key="texts.id", index=True)
    decided_by: str
    decided_by_name: str
    at: datetime = Field(sa_type=AWARE)
    late_by: str = ""


class CandidateRow(SQLModel, table=True):
    """A similar course, category or open request found when the review began."""

    __tablename__ = "candidates"

    number: str = Field(primary_key=True, foreign_key="requests.number")
    ref: str = Field(primary_key=True)
    kind: str
    source: str
    title: str
    link: str
    score: int
    note: str = ""
    """What differs though the names are alike: a year, a number."""


class TextRow(SQLModel, table=True):
    """Free text that somebody typed: it travels through Temporal as its id."""

    __tablename__ = "texts"

    id: UUID = Field(primary_key=True)
    number: str = Field(foreign_key="cases.number", index=True)
    body: str = Field(sa_type=Text)
    author: str
    at: datetime = Field(sa_type=AWARE)


class Task(SQLModel, table=True):
    """Work for the operator: setting up by hand, or a step that waits for a person."""

    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("workflow_id", "step"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str | None = Field(foreign_key="cases.number", index=True)
    """None for work that belongs to no case, such as a calendar amendment."""
    workflow_id: str
    """Whom to tell `try_again`."""
    step: str
    clause: str
    kind: str
    why: str
    checklist: list[str] = Field(default_factory=list, sa_type=JSONB)
    done: list[str] = Field(default_factory=list, sa_type=JSONB)
    opened_at: datetime = Field(sa_type=AWARE)
    closed_at: datetime | None = Field(default=None, sa_type=AWARE)
