"""Who is calling: API keys, roles, and what each may see.

A key is 256 random bits; Postgres holds its hash. Who acted is taken from the key,
never from the body. What is not the caller's answers 404.
"""

import hashlib
import secrets
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlmodel import col, select

from api.deps import SessionsDep
from api.errors import Problem
from models import store
from models.requests import Stage
from models.tables import ApiKey, Request

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
ORDERED = (Stage.SETUP, Stage.DONE)
"""Stages of what the operator has been told to set up."""
STAFF = (*AUTHORITY, *OPERATORS, Role.ADMIN)
EVERYBODY = tuple(Role)


class Caller(NamedTuple):
    """Who a key stands for."""

    key_id: int
    role: Role
    organisation: str
    holder: str

    @property
    def actor(self) -> str:
        """As the journal and Temporal know them: `key-12`, never a name."""
        return f"key-{self.key_id}"

    def sees(self, request: Request) -> bool:
        """An agency sees its own, the operator what was ordered, the authority all."""
        if self.role not in STAFF:
            return request.agency == self.organisation
        if self.role in OPERATORS:
            return request.stage in ORDERED
        return True


def new_secret() -> str:
    """A fresh key: 256 random bits, readable by its prefix."""
    return f"seo_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> str:
    """What Postgres holds of a key. It is random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def known_caller(
    sessions: SessionsDep, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    if credentials is None:
        raise Problem("unauthenticated")
    query = select(ApiKey).where(
        col(ApiKey.sha256) == digest(credentials.credentials), col(ApiKey.revoked_at).is_(None)
    )
    async with store.looking(sessions) as session:
        key = (await session.scalars(query)).first()
    if key is None:
        raise Problem("unauthenticated")
    return Caller(key.id or 0, Role(key.role), key.organisation, key.holder)


CallerDep = Annotated[Caller, Depends(known_caller)]


def allow(*roles: Role) -> Any:
    """A dependency of a route: it lets only these roles through."""

    async def check(caller: CallerDep) -> None:
        if caller.role not in roles:
            raise Problem("forbidden")

    return Depends(check)
