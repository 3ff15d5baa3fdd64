"""Ready-made keys of the devstack and addresses for the organisations of Appendix 1."""

import json
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api import keys
from api.auth import Role, digest
from devstack import private
from models import store
from models.tables import ApiKey, Organisation

RESPONSIBLE_EMAIL = "m.ivanova@example.org"
"""As in the examples of the API: the responsible's key opens the cases that name it."""
SUCCESSOR_EMAIL = "p.smirnov@example.org"
"""Of whoever comes after them (clause 4.8)."""


class Holder(NamedTuple):
    """Whom a key is for."""

    role: Role
    organisation: str
    name: str
    email: str = ""


_HOLDERS = (
    Holder(Role.AGENCY, "zdrav", "Департамент здравоохранения (система)"),
    Holder(Role.RESPONSIBLE, "zdrav", "Иванова Мария Петровна", RESPONSIBLE_EMAIL),
    Holder(Role.REVIEWER, "di", "Петров Сергей Ильич"),
    Holder(Role.SUPERVISOR, "di", "Орлова Анна Викторовна"),
    Holder(Role.OPERATOR, "citto", "Кузнецов Олег Борисович"),
    Holder(Role.OPERATOR_HEAD, "citto", "Лебедева Ирина Павловна"),
    Holder(Role.ADMIN, "di", "Администратор"),
)
HOLDERS = {
    **{holder.role.value: holder for holder in _HOLDERS},
    "successor": Holder(Role.RESPONSIBLE, "zdrav", "Смирнов Пётр Андреевич", SUCCESSOR_EMAIL),
}
"""By the names of their keys: one a role, and one for whoever follows the responsible."""


async def issue_keys(database_url: str, file: Path) -> dict[str, str]:
    """The keys by name: those of the file, and fresh ones for those that the database does not know.

    Args:
        database_url: Where their hashes are kept.
        file: Keeps the keys themselves, for the devstack only; readable by its owner alone.
    """
    engine = store.connect(database_url)
    async with store.sessions(engine).begin() as session:
        await _enter_addresses(session)
        known = await _in_force(session, read_keys(file))
        fresh = {
            name: await keys.issue(session, holder.role, holder.organisation, holder.name, holder.email)
            for name, holder in HOLDERS.items()
            if name not in known
        }
    await engine.dispose()
    issued = {name: {**known, **fresh}[name] for name in HOLDERS}
    private.write(file, json.dumps(issued, indent=2))
    return issued


def read_keys(file: Path) -> dict[str, str]:
    """The keys by name as they were last issued; none before the first start, or of a file cut short."""
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
    return {
        name: key
        for name, key in kept.items()
        if name in HOLDERS and roles.get(digest(key)) == HOLDERS[name].role
    }
