"""Appendix 1 as it lives, and what the Moodles hold."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.types import AWARE


class Organisation(SQLModel, table=True):
    """An agency, the authority or the operator; owners of Appendix 1 are here too."""

    __tablename__ = "organisations"

    code: str = Field(primary_key=True)
    name: str
    kind: str
    email: str = ""
    """Where its letters go; empty until somebody enters it, and then nothing can be filed for it."""
    head_email: str = ""


class Subsystem(SQLModel, table=True):
    """A subsystem or module of Appendix 1."""

    __tablename__ = "subsystems"

    code: str = Field(primary_key=True)
    number: str
    name: str
    release: str | None = None
    url: str | None = None
    purpose: str
    owner: str = Field(foreign_key="organisations.code")
    parent: str | None = Field(default=None, foreign_key="subsystems.code")


class Category(SQLModel, table=True):
    """A category of courses in the register."""

    __tablename__ = "categories"

    id: int | None = Field(default=None, primary_key=True)
    subsystem: str = Field(foreign_key="subsystems.code")
    number: int | None = None
    """Its number in Appendix 1."""
    name: str
    purpose: str
    owner: str = Field(foreign_key="organisations.code")
    request: str | None = Field(default=None, unique=True)
    """Number of the request that it came from; Appendix 1 has none."""
    moodle_id: int | None = None
    url: str | None = None


class Course(SQLModel, table=True):
    """A course in the register."""

    __tablename__ = "courses"
    __table_args__ = (Index("one_course_of_moodle", "subsystem", "moodle_id", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    subsystem: str = Field(foreign_key="subsystems.code")
    category: int | None = Field(default=None, foreign_key="categories.id")
    name: str
    owner: str = Field(foreign_key="organisations.code")
    request: str | None = Field(default=None, unique=True)
    moodle_id: int | None = None
    url: str | None = None


class CatalogueEntry(SQLModel, table=True):
    """What a Moodle held when it was last read: the other half of where analogues are looked for."""

    __tablename__ = "catalogue"

    subsystem: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    moodle_id: int = Field(primary_key=True)
    title: str
    idnumber: str = ""
    url: str


class CatalogueReading(SQLModel, table=True):
    """When a Moodle's catalogue was last read whole."""

    __tablename__ = "catalogue_readings"

    subsystem: str = Field(primary_key=True)
    read_at: datetime = Field(sa_type=AWARE)
