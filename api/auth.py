"""Who is calling: API keys, roles, and what each may see.

A key is 256 random bits; Postgres holds its hash. Who acted is taken from the key,
never from the body. What is not the caller's answers 404.
"""

import hashlib
import secrets
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Self

from fastapi import Depends
from fastapi import Request as HTTPRequest
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from api.deps import SessionsDep
from api.errors import Problem
from api.rates import Rate
from models import store
from models.requests import ORDERED
from models.tables import ApiKey, Request
from models.terms import Recipient

_bearer = HTTPBearer(auto_error=False, description="Ключ доступа, выданный администратором.")


class Role(StrEnum):
    AGENCY = "agency"
    """An agency; the owner too, once its course exists."""
    RESPONSIBLE = "responsible"
    REVIEWER = "reviewer"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"
    OPERATOR_HEAD = "operator_head"
    ADMIN = "admin"


AUTHORITY = (Role.REVIEWER, Role.SUPERVISOR)
OPERATORS = (Role.OPERATOR, Role.OPERATOR_HEAD)
STAFF = (*AUTHORITY, *OPERATORS, Role.ADMIN)
_ADDRESSED_TO = {
    Role.AGENCY: (Recipient.AGENCY, Recipient.OWNER, Recipient.OWNER_HEAD),
    Role.RESPONSIBLE: (Recipient.RESPONSIBLE,),
}
EVERYBODY = tuple(Role)


class Caller(NamedTuple):
    """Who a key stands for."""

    key_id: int
    role: Role
    organisation: str
    holder: str
    email: str
    """Of the person, where the key is a responsible's: tells which cases are theirs."""

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        return cls(key.id or 0, Role(key.role), key.organisation, key.holder, key.email)

    @property
    def actor(self) -> str:
        """As the journal and Temporal know them: `key-12`, never a name."""
        return actor_of(self.key_id)

    def sees(self, request: Request) -> bool:
        """An agency sees its own, a responsible theirs, the operator what was ordered, the authority all.

        A case whose responsible has no address yet is nobody's.
        """
        if self.role in OPERATORS:
            return request.stage in ORDERED
        if self.role in STAFF:
            return True
        if self.role is Role.RESPONSIBLE and request.responsible_email.lower() != self.email:
            return False
        return request.agency == self.organisation

    def visible(self) -> tuple[ColumnElement[bool], ...]:
        """The same rule for a query of requests."""
        own: ColumnElement[bool] = col(Request.agency) == self.organisation
        if self.role in OPERATORS:
            return (col(Request.stage).in_(ORDERED),)
        if self.role in STAFF:
            return ()
        if self.role is Role.RESPONSIBLE:
            return own, func.lower(col(Request.responsible_email)) == self.email
        return (own,)

    def reads(self, recipient: str) -> bool:
        """Staff read every letter of a case they see; others those addressed to them."""
        return self.role in STAFF or recipient in _ADDRESSED_TO.get(self.role, ())


def actor_of(key_id: int) -> str:
    """Who acts, by their key, as the journal and Temporal name them."""
    return f"key-{key_id}"


def new_secret() -> str:
    """A fresh key: 256 random bits, readable by its prefix."""
    return f"seo_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What Postgres holds of a key. It is random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def known_caller(
    http: HTTPRequest,
    sessions: SessionsDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    """Who holds the key, or is signed in to the page, unless they call too often.

    Raises:
        Problem: No valid key, or `rate-limited`.
    """
    # Set by the pages (`api/pages/visitors.py`), for their own routes and for what these ask of the API.
    signed_in: Caller | None = getattr(http.state, "caller", None)
    if signed_in is not None:
        return signed_in
    key = await _key(sessions, credentials.credentials) if credentials else None
    if key is None:
        count_bad(http)
        raise Problem("unauthenticated")
    count_good(http, str(key.id))
    return Caller.of(key)


async def anybody(http: HTTPRequest) -> None:
    """Somebody without a key, who may call as often as others without a valid one.

    Raises:
        Problem: `rate-limited`.
    """
    count_bad(http)


async def _key(sessions: store.Sessions, secret: str) -> ApiKey | None:
    query = select(ApiKey).where(col(ApiKey.sha256) == digest(secret), col(ApiKey.revoked_at).is_(None))
    async with store.looking(sessions) as session:
        return (await session.scalars(query)).first()


def count_good(http: HTTPRequest, caller: str) -> None:
    """Count a call of somebody known.

    Raises:
        Problem: They call too often.
    """
    _count(http.app.state.rate, caller)


def count_bad(http: HTTPRequest) -> None:
    """Count a call by a secret that opens nothing.

    Raises:
        Problem: Too many come from this address.
    """
    _count(http.app.state.bad_rate, http.client.host if http.client else "")


def _count(rate: Rate, caller: str) -> None:
    if wait := rate.wait(caller):
        raise Problem("rate-limited", wait=wait)


async def _secret(credentials: Annotated[HTTPAuthorizationCredentials, Depends(_bearer)]) -> str:
    return credentials.credentials


CallerDep = Annotated[Caller, Depends(known_caller)]
SecretDep = Annotated[str, Depends(_secret)]
"""The key itself, of a caller who is known already."""


def allow(*roles: Role) -> Any:
    """A dependency of a route: it lets only these roles through."""

    async def check(caller: CallerDep) -> None:
        if caller.role not in roles:
            raise Problem("forbidden")

    return Depends(check)
