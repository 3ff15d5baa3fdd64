"""Ready-made keys of the devstack, one a role, and addresses for the organisations of Appendix 1."""

import json
from pathlib import Path

from sqlmodel import select

from api import keys
from api.auth import Role
from models import store
from models.tables import Organisation

HOLDERS = {
    Role.AGENCY: ("zdrav", "Департамент здравоохранения (система)"),
    Role.RESPONSIBLE: ("zdrav", "Иванова Мария Петровна"),
    Role.REVIEWER: ("di", "Петров Сергей Ильич"),
    Role.SUPERVISOR: ("di", "Орлова Анна Викторовна"),
    Role.OPERATOR: ("citto", "Кузнецов Олег Борисович"),
    Role.OPERATOR_HEAD: ("citto", "Лебедева Ирина Павловна"),
    Role.ADMIN: ("di", "Администратор"),
}


async def issue_keys(database_url: str, file: Path) -> dict[str, str]:
    """The keys by role: those of the file, or fresh ones at the first start.

    Args:
        database_url: Where their hashes are kept.
        file: Keeps the keys themselves, for the devstack only; readable by its owner alone.
    """
    if file.exists():
        return dict(json.loads(file.read_text()))
    engine = store.connect(database_url)
    issued: dict[str, str] = {}
    async with store.sessions(engine).begin() as session:
        for organisation in await session.scalars(select(Organisation)):
            organisation.email = f"{organisation.code}@example.org"
            organisation.head_email = f"{organisation.code}-head@example.org"
        for role, (code, holder) in HOLDERS.items():
            issued[role.value] = await keys.issue(session, role, code, holder)
    await engine.dispose()
    file.touch(mode=0o600)
    file.write_text(json.dumps(issued, indent=2))
    return issued
