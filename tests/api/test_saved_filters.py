"""Filters of the work list that people keep."""

from uuid import uuid4

from api.auth import Role
from api.saved_filters import MOST
from models.tables import SavedFilter
from tests.api import words
from tests.engine import API, Engine


async def test_a_person_keeps_replaces_and_deletes_filters_of_their_own(engine: Engine) -> None:
    name = f"Мои {uuid4().hex}"
    owner, other = [await words.issue(engine, Role.REVIEWER, "di") for _ in range(2)]
    filters = {"pressure": "overdue", "clause": "4.2", "waits_for": "reviewer", "search": "труд"}

    kept = await engine.post(owner, "/saved-filters", {"name": name, **filters})
    assert kept.status_code == 201, kept.text
    saved = kept.json()
    assert saved == {"id": saved["id"], "name": name, **filters}
    assert await engine.get(owner, "/saved-filters") == [saved]
    assert await engine.get(other, "/saved-filters") == []

    await engine.post(other, "/saved-filters", {"name": name})
    again = (await engine.post(owner, "/saved-filters", {"name": name, "search": "право"})).json()
    blank = {"pressure": "", "clause": "", "waits_for": ""}
    assert again == {"id": saved["id"], "name": name, **blank, "search": "право"}
    wrong = await engine.post(owner, "/saved-filters", {"name": " ", "clause": "9"})
    assert set(words.wrong_fields(wrong)) == {"name", "clause"}

    async with engine.sessions.begin() as session:
        key = (await session.get_one(SavedFilter, saved["id"])).api_key
        session.add_all(SavedFilter(api_key=key, name=str(one)) for one in range(MOST - 1))
    one_more = await engine.post(owner, "/saved-filters", {"name": "Ещё"})
    assert words.problem(one_more, 409) == "too-many-filters"
    assert (await engine.post(owner, "/saved-filters", {"name": name})).status_code == 201

    path = f"{API}/saved-filters/{saved['id']}"
    assert words.problem(await words.send(engine.app, "DELETE", path, key=other), 404) == "not-found"
    assert (await words.send(engine.app, "DELETE", path, key=owner)).status_code == 204
    assert words.problem(await words.send(engine.app, "DELETE", path, key=owner), 404) == "not-found"
    assert len(await engine.get(other, "/saved-filters")) == 1
