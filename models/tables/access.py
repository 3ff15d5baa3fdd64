"""Who may call, what was called, and the calendar that they amend."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.tables.types import AWARE


class ApiKey(SQLModel, table=True):
    """A credential: role, organisation and, where it is a person, that person."""

    __tablename__ = "api_keys"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    role: str
    organisation: str = Field(foreign_key="organisations.code")
    holder: str
    email: str = ""
    """Of the responsible whose cases it opens, in lower case; other roles have none."""
    issued_at: datetime = Field(sa_type=AWARE)
    revoked_at: datetime | None = Field(default=None, sa_type=AWARE)
    subject: str | None = Field(default=None, unique=True)
    """Whom a provider of identities knows by it: such a person signs in, and nobody has the key."""


class CalendarFeed(SQLModel, table=True):
    """An address that shows a calendar program the deadlines of a key's holder; it ends with the key too."""

    __tablename__ = "calendar_feeds"

    id: int | None = Field(default=None, primary_key=True)
    api_key: int = Field(foreign_key="api_keys.id", index=True)
    sha256: str = Field(unique=True)
    """Of the token."""
    waits_for: str | None = None
    """Only deadlines that wait for this kind of recipient; None: all that the key sees."""
    issued_at: datetime = Field(sa_type=AWARE)
    revoked_at: datetime | None = Field(default=None, sa_type=AWARE)


class SavedFilter(SQLModel, table=True):
    """What a person looks for in the work list, under a name of theirs; what it does not name is blank."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("api_key", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    api_key: int = Field(foreign_key="api_keys.id")
    name: str
    pressure: str = ""
    clause: str = ""
    waits_for: str = ""
    search: str = ""


class IdempotencyRecord(SQLModel, table=True):
    """A POST that was begun under an Idempotency-Key, and its first answer."""

    __tablename__ = "idempotency"

    api_key: int = Field(primary_key=True, foreign_key="api_keys.id")
    key: str = Field(primary_key=True)
    route: str
    body_sha256: str
    begun_at: datetime = Field(sa_type=AWARE, index=True)
    status: int | None = None
    answer: dict[str, Any] | None = Field(default=None, sa_type=JSONB)


class SignedIn(SQLModel, table=True):
    """A person who is signed in to the pages; ends by idleness, by signing out, or with the key."""

    __tablename__ = "signed_in"

    sha256: str = Field(primary_key=True)
    """Of the cookie."""
    api_key: int = Field(foreign_key="api_keys.id", index=True)
    began_at: datetime = Field(sa_type=AWARE)
    seen_at: datetime = Field(sa_type=AWARE, index=True)
    id_token: str = ""
    """By which the provider of identities is asked to sign the person out too."""


class SignInAttempt(SQLModel, table=True):
    """A browser that is at the provider of identities now."""

    __tablename__ = "sign_in_attempts"

    sha256: str = Field(primary_key=True)
    """Of its cookie."""
    began_at: datetime = Field(sa_type=AWARE, index=True)
    back_to: str
    """The page that was asked for."""
    state: dict[str, Any] = Field(sa_type=JSONB)
    """What the answer is checked by: state, nonce, the verifier of PKCE."""


class AccessEntry(SQLModel, table=True):
    """The journal of access: who signed in and out, and whose role became another."""

    __tablename__ = "access_journal"

    id: int | None = Field(default=None, primary_key=True)
    api_key: int = Field(foreign_key="api_keys.id", index=True)
    at: datetime = Field(sa_type=AWARE)
    what: str


class AmendmentRow(SQLModel, table=True):
    """A day made working or made off by decree, on top of the official calendar, or as it was again.

    The rows are their own journal: nothing is ever changed, and the last one of a day counts.
    """

    __tablename__ = "calendar_amendments"

    id: int | None = Field(default=None, primary_key=True)
    post_id: UUID = Field(unique=True)
    """Of the POST that entered it, so that a repeated one enters nothing."""
    day: date
    is_working: bool | None
    """None takes the day's amendment back."""
    decree: str
    entered_by: str
    entered_at: datetime = Field(sa_type=AWARE)
