"""Ready-made keys: kept with the state, and made anew where database and file do not belong together."""

import stat
from pathlib import Path

import pytest
from sqlmodel import col, select

from api import keys
from api.auth import Role, digest
from devstack.keys import HOLDERS, issue_keys, read_keys
from models.tables import ApiKey
from tests.engine import Engine


@pytest.fixture
def file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Absent, or with what an earlier run left there for all to read."""
    file = tmp_path / "keys.json"
    if left := getattr(request, "param", None):
        file.write_text(left)
        file.chmod(0o644)
    return file


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def issue(engine: Engine, file: Path) -> dict[str, str]:
    return await issue_keys(engine.postgres.url(), file)


async def test_every_role_gets_a_key_and_keeps_it(engine: Engine, file: Path) -> None:
    issued = await issue(engine, file)

    assert issued.keys() == HOLDERS.keys() == {*(role.value for role in Role), "successor"}
    assert await issue(engine, file) == issued == read_keys(file)


@pytest.mark.parametrize("file", ['{"agency": "seo_of_another_database"}', "{"], indirect=True)
async def test_keys_that_the_database_does_not_know_are_replaced(engine: Engine, file: Path) -> None:
    issued = await issue(engine, file)

    response = await engine.call(issued["agency"], "GET", "/requests?limit=1")
    assert response.status_code == 200
    assert mode(file) == 0o600


async def test_a_revoked_key_is_replaced_and_the_others_stay(engine: Engine, file: Path) -> None:
    before = await issue(engine, file)
    async with engine.sessions.begin() as session:
        query = select(ApiKey).where(col(ApiKey.sha256) == digest(before["operator"]))
        row = (await session.scalars(query)).one()
        assert row.id is not None
        await keys.revoke(session, row.id)

    after = await issue(engine, file)

    assert after["operator"] != before["operator"]
    assert {role for role in after if after[role] != before[role]} == {"operator"}
