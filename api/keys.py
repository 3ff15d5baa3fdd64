"""API keys: issued and revoked, from the command line and by the administrator."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api.auth import Role, digest, new_secret
from models.tables import ApiKey, Organisation


class UnknownOrganisation(Exception):
    """No organisation has this code."""


class AddressMissing(Exception):
    """A responsible is known by their address: without one the key would open nothing."""


async def issue(session: AsyncSession, role: Role, organisation: str, holder: str, email: str = "") -> str:
    """A new key; as `enter`, for those who need nothing but the key itself."""
    _, secret = await enter(session, role, organisation, holder, email)
    return secret


async def enter(
    session: AsyncSession, role: Role, organisation: str, holder: str, email: str = ""
) -> tuple[ApiKey, str]:
    """A new key, shown this once: Postgres holds only its hash.

    Args:
        session: The transaction.
        role: What it may.
        organisation: Code of the organisation whose it is.
        holder: The person or the system, for people to read.
        email: Of a responsible, as their requests name it.

    Raises:
        UnknownOrganisation: The code is none of the register's.
        AddressMissing: A responsible's key needs their address.
    """
    if role is Role.RESPONSIBLE and not email:
        raise AddressMissing
    if await session.get(Organisation, organisation) is None:
        raise UnknownOrganisation
    secret = new_secret()
    row = ApiKey(
        sha256=digest(secret),
        role=role.value,
        organisation=organisation,
        holder=holder,
        email=email.lower() if role is Role.RESPONSIBLE else "",
        issued_at=datetime.now(UTC),
    )
    session.add(row)
    await session.flush()
    return row, secret


async def revoke(session: AsyncSession, key_id: int) -> bool:
    """End a key at once; False when there is none in force with this id."""
    query = select(ApiKey).where(col(ApiKey.id) == key_id, col(ApiKey.revoked_at).is_(None))
    key = (await session.scalars(query)).first()
    if key is None:
        return False
    key.revoked_at = datetime.now(UTC)
    return True
