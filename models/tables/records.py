"""What a case leaves behind: letters, documents, the journal, histories."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.letters import Letter, Notice
from models.tables.types import AWARE
from models.terms import Recipient


class LetterRow(SQLModel, table=True):
    """A letter as it is sent, with its delivery."""

    __tablename__ = "letters"
    # Upkeep looks for those on their way and those just settled, a handful among all.
    __table_args__ = (Index("ix_letters_to_keep", "key", postgresql_where=text("NOT history_kept")),)

    key: str = Field(primary_key=True)
    number: str = Field(foreign_key="cases.number", index=True)
    notice: str
    recipient: str
    address: str
    subject: str
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    message_id: str
    documents: list[int] = Field(default_factory=list, sa_type=JSONB)
    rung: int | None = None
    state: str
    attempts: int = 0
    last_error: str = ""
    """Why the last attempt failed, in Russian."""
    written_at: datetime = Field(sa_type=AWARE)
    settled_at: datetime | None = Field(default=None, sa_type=AWARE)
    history_kept: bool = False

    @property
    def letter(self) -> Letter:
        """The letter that was sent, as its workflow knows it."""
        return Letter.written(
            self.key,
            number=self.number,
            notice=Notice(self.notice),
            to=Recipient(self.recipient),
            rung=self.rung,
            at=self.written_at,
        )


class WordingRow(SQLModel, table=True):
    """The administrator's words in a kind of letter, see `models.wording`.

    The rows are their own journal: nothing is ever changed, and the last one of a notice counts.
    """

    __tablename__ = "letter_wordings"

    id: int | None = Field(default=None, primary_key=True)
    notice: str = Field(index=True)
    subject: str = Field(sa_type=Text)
    opening: str = Field(sa_type=Text)
    """Blank leaves the engine's; both blank give its letter back."""
    entered_by: str
    """The actor: `key-12`."""
    entered_by_name: str
    entered_at: datetime = Field(sa_type=AWARE)


class RehearsalRow(SQLModel, table=True):
    """The report of a rehearsal of changed terms, as somebody brought it from the machine where it ran."""

    __tablename__ = "rehearsals"

    id: int | None = Field(default=None, primary_key=True)
    title: str
    report: dict[str, Any] = Field(sa_type=JSONB)
    """As `rehearsal/report.py` writes it."""
    entered_by: str
    """The actor: `key-12`."""
    entered_by_name: str
    entered_at: datetime = Field(sa_type=AWARE)


class Document(SQLModel, table=True):
    """A document of a case, whole: one backup holds everything."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("number", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(foreign_key="cases.number", index=True)
    kind: str
    title: str
    filename: str
    media_type: str
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str
    made_at: datetime = Field(sa_type=AWARE)


class JournalEntry(SQLModel, table=True):
    """The append-only journal of a case: who, when, by which clause, what; a trigger keeps it so."""

    __tablename__ = "journal"
    __table_args__ = (UniqueConstraint("number", "step"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(foreign_key="cases.number", index=True)
    step: str
    """Chosen in workflow code, never an activity or run id: a retry writes once."""
    at: datetime = Field(sa_type=AWARE)
    actor: str
    actor_name: str
    clause: str
    what: str = Field(sa_type=Text)
    evidence: dict[str, Any] | None = Field(default=None, sa_type=JSONB)


class CanaryRow(SQLModel, table=True):
    """A run of the canary and what it has shown; its case stands in the schema `models.canary.SCHEMA`."""

    __tablename__ = "canaries"

    id: int | None = Field(default=None, primary_key=True)
    workflow_id: str = Field(unique=True)
    asked_by: str
    """Who asked for it, for people to read."""
    started_at: datetime = Field(sa_type=AWARE)
    finished_at: datetime | None = Field(default=None, sa_type=AWARE)
    passed: bool | None = None
    """None until it is finished."""
    faults: list[str] = Field(default_factory=list, sa_type=JSONB)
    ladders: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    """What became of each rung, as `models.escalations` has it."""
    told_at: datetime | None = Field(default=None, sa_type=AWARE)
    """When the mail server took the letter about a failure."""


class CaseFile(SQLModel, table=True):
    """The sealed file of a closed case, as it was made then: whoever asks gets the same bytes."""

    __tablename__ = "case_files"

    number: str = Field(primary_key=True, foreign_key="cases.number")
    content: bytes = Field(sa_type=LargeBinary)
    sha256: str
    sealed_at: datetime = Field(sa_type=AWARE)


class KeptHistory(SQLModel, table=True):
    """The history of one run of a closed workflow, kept because Temporal forgets it after 90 days."""

    __tablename__ = "histories"

    workflow_id: str = Field(primary_key=True)
    run_id: str = Field(primary_key=True)
    number: str = Field(index=True)
    kept_at: datetime = Field(sa_type=AWARE)
    history: dict[str, Any] = Field(sa_type=JSONB)
