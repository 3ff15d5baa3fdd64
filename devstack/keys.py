"""Ready-made keys of the devstack, one a role, and addresses for the organisations of Appendix 1."""

import json
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api import keys
from api.auth import Role, digest
from devstack import private
from models import store
from models.tables import ApiKey, Organisation

HOLDERS = {
    Role.AGENCY: ("zdrav", "Департамент здравоохранения (система)"),
    Role.RESPONSIBLE: ("zdrav", "Иванова Мария Петровна"),
    Role.REVIEWER: ("di", "Петров Сергей Ильич"),
    Role.SUPERVISOR: ("di", "Орлова Анна Викторовна"),
    Role.OPERATOR: ("citto", "Кузнецов Олег Борисович"),
    Role.OPERATOR_HEAD: ("citto", "Лебедева Ирина Павловна"),
    Role.ADMIN: ("di", "Администратор"),
}

RESPONSIBLE_EMAIL = "m.ivanova@example.org"
"""As in the examples of the API: the responsible's key opens the cases that name it."""


async def issue_keys(database_url: str, file: Path) -> dict[str, str]:
    """The keys by role: those of the file, and fresh ones for those that the database does not know.

    Args:
        database_url: Where their hashes are kept.
        file: Keeps the keys themselves, for the devstack only; readable by its owner alone.
    """
    engine = store.connect(database_url)
    async with store.sessions(engine).begin() as session:
        await _enter_addresses(session)
        known = await _in_force(session, read_keys(file))
        fresh = {
            role.value: await keys.issue(session, role, organisation, holder, RESPONSIBLE_EMAIL)
            for role, (organisation, holder) in HOLDERS.items()
            if role.value not in known
        }
    await engine.dispose()
    issued = {role.value: {**known, **fresh}[role.value] for role in HOLDERS}
    private.write(file, json.dumps(issued, indent=2))
    return issued


def read_keys(file: Path) -> dict[str, str]:
    """The keys by role as they were last issued; none before the first start, or of a file cut short."""
    try:
        return dict(json.loads(file.read_text()))
    except (FileNotFoundError, ValueError):
        return {}


async def _enter_addresses(session: AsyncSession) -> None:
    """What somebody has entered stays."""
    for organisation in await session.scalars(select(Organisation)):
        organisation.email = organisation.email or f"{organisation.code}@example.org"
        organisation.head_email = organisation.head_email or f"{organisation.code}-head@example.org"


async def _in_force(session: AsyncSession, kept: dict[str, str]) -> dict[str, str]:
    """Those that this database knows: it, or the file, may be younger than the other."""
    in_force = await session.scalars(select(ApiKey).where(col(ApiKey.revoked_at).is_(None)))
    roles = {row.sha256: row.role for row in in_force}
    return {role: key for role, key in kept.items() if roles.get(digest(key)) == role}
