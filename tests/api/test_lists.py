"""Lists of courses, trainings and replacements: whose they are, and pages that lose and double nothing."""

import pytest

from api.auth import Role
from api.cursors import Cursor
from tests.api import words
from tests.engine import Engine, Json
from tests.workflows import replacements, trainings


class _Stranger(Cursor):
    anything: int = 1


async def _all(engine: Engine, role: str, path: str) -> list[Json]:
    """Every row, two a page."""
    rows: list[Json] = []
    page = await engine.get(role, f"{path}?limit=2")
    rows += page["items"]
    while page["next"]:
        page = await engine.get(role, f"{path}?limit=2&cursor={page['next']}")
        rows += page["items"]
    return rows


async def test_each_sees_their_own_courses_and_trainings_page_by_page(engine: Engine) -> None:
    first, second = [await trainings.course_of_its_own(engine) for _ in range(2)]
    number = str((await trainings.opened(engine, second))["number"])
    stranger = await words.issue(engine, Role.AGENCY, "trud")
    nobody = await words.issue(engine, Role.RESPONSIBLE, "zdrav", email="nobody-at-all@example.org")

    for role in ("agency", "responsible", "operator"):
        listed = await _all(engine, role, "/courses")
        ids = [one["id"] for one in listed]
        assert ids == sorted(set(ids), reverse=True)
        assert ids.index(second.id) < ids.index(first.id)
        assert number in [one["number"] for one in await _all(engine, role, "/trainings")]
    own = next(one for one in listed if one["id"] == second.id)
    shown = await engine.get("operator", f"/courses/{second.id}/authoring")
    assert (own["state"], own["planned_on"], own["owner"]) == (shown["state"], shown["planned_on"], "zdrav")

    for key in (stranger, nobody):
        assert second.id not in [one["id"] for one in await _all(engine, key, "/courses")]
        assert number not in [one["number"] for one in await _all(engine, key, "/trainings")]
    cancelled = await engine.get("operator", "/trainings?state=cancelled&limit=200")
    assert number not in [one["number"] for one in cancelled["items"]]
    assert (await engine.get("operator", "/courses?agency=no-such"))["items"] == []


async def test_a_replacement_is_listed_for_its_owner_its_successor_and_the_staff(engine: Engine) -> None:
    numbers = [await replacements.ahead(engine) for _ in range(3)]
    stranger = await words.issue(engine, Role.AGENCY, "trud")

    for role in ("agency", "operator", "supervisor"):
        listed = {one["number"]: one for one in await _all(engine, role, "/replacements")}
        assert set(numbers) <= set(listed)
    shown = await engine.get("agency", f"/replacements/{numbers[0]}")
    assert listed[numbers[0]]["person"] == shown["person"]["name"]
    closed = await engine.get("agency", "/replacements?open=false&limit=200")
    assert not set(numbers) & {one["number"] for one in closed["items"]}
    for key in (stranger, "responsible"):
        assert not set(numbers) & {one["number"] for one in await _all(engine, key, "/replacements")}


@pytest.mark.parametrize("path", ["/courses", "/trainings", "/replacements"])
async def test_a_cursor_of_another_list_is_none(engine: Engine, path: str) -> None:
    response = await engine.call("operator", "GET", f"{path}?cursor={_Stranger()}")

    assert words.problem(response, 422) == "invalid"
