"""What a case has left behind: journal, terms, letters, documents, tasks, register."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

from api.schemas.fields import Instant, Named


class JournalLine(BaseModel):
    """Who did what, when, and by which clause."""

    at: Instant
    who: str
    clause: str
    what: str
    evidence: dict[str, Any] | None


class RungShown(BaseModel):
    """A rung of the ladder of reminders and escalations, and what became of its letters."""

    ordinal: int
    kind: str
    label: str
    to: list[Named]
    planned_at: Instant
    state: str
    state_name: str
    fired_at: Instant | None
    letters: list[str]


class DeadlineShown(BaseModel):
    """A clause's term, «почему эта дата», and its ladder."""

    clause: str
    clause_title: str
    waits_for_name: str = Field(description="Кого ждут, пока срок идёт; пусто — никого.")
    started_on: date
    last_day: date
    due_at: Instant
    provisional: bool
    moved_from: date | None
    overdue: bool
    finished_at: Instant | None
    late_by: str
    standing: str
    explanation: dict[str, Any]
    rungs: list[RungShown]


class CandidateShown(BaseModel):
    """A similar category, course or open request."""

    ref: str
    kind: str
    source: str
    title: str
    link: str
    score: int
    note: str


class LetterShown(BaseModel):
    """A letter as it was sent, with its delivery."""

    key: str
    notice: str
    notice_name: str
    recipient: str
    recipient_name: str
    address: str
    subject: str
    text: str
    state: str
    state_name: str
    attempts: int
    written_at: Instant
    settled_at: Instant | None


class DocumentShown(BaseModel):
    id: int
    kind: str
    title: str
    filename: str
    media_type: str
    sha256: str
    made_at: Instant


class TaskShown(BaseModel):
    """Work for the operator."""

    id: int
    number: str | None
    clause: str
    kind: str
    kind_name: str
    why: str
    checklist: list[Named]
    done: list[Named]
    opened_at: Instant
    closed_at: Instant | None


class OrganisationShown(BaseModel):
    code: str
    name: str


class CourseShown(BaseModel):
    id: int
    name: str
    owner: OrganisationShown
    responsible: str
    responsible_id: int | None = Field(description="По нему Владелец сообщает о смене (п. 4.8).")
    without_responsible: bool = Field(description="Прежнее ответственное лицо выбыло, нового ещё нет.")
    url: str | None
    request: str | None


class CategoryShown(BaseModel):
    id: int
    number: int | None
    name: str
    purpose: str
    owner: OrganisationShown
    responsible: str
    responsible_id: int | None = Field(description="По нему Владелец сообщает о смене (п. 4.8).")
    without_responsible: bool = Field(description="Прежнее ответственное лицо выбыло, нового ещё нет.")
    url: str | None
    request: str | None
    courses: list[CourseShown]


class SubsystemShown(BaseModel):
    """A subsystem or module of Appendix 1, with what is in it."""

    code: str
    number: str
    name: str
    release: str | None
    url: str | None
    purpose: str
    owner: OrganisationShown
    integration: str
    parent: str | None
    categories: list[CategoryShown]
    courses: list[CourseShown]
