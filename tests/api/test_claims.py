"""Claim, assign and release: whose work a request is, which locks nothing."""

import httpx

from api.auth import Role
from models.requests import Stage
from tests.api import words
from tests.engine import Engine
from tests.workflows import standing


async def _claim(engine: Engine, number: str, role: str = "reviewer") -> httpx.Response:
    return await engine.post(role, f"/requests/{number}/claim")


async def _release(engine: Engine, number: str, role: str = "reviewer") -> httpx.Response:
    return await engine.post(role, f"/requests/{number}/release")


async def test_a_claim_shows_whose_work_it_is_and_is_journaled(engine: Engine) -> None:
    number = await standing.under_review(engine)

    response = await _claim(engine, number)

    assert response.json() == {"number": number, "claimed_by": "Петров Сергей Ильич"}
    assert (await engine.get("supervisor", f"/requests/{number}"))["claimed_by"] == "Петров Сергей Ильич"
    assert "Взято в работу" in await engine.journal(number)


async def test_of_two_who_claim_at_the_same_time_exactly_one_has_it(engine: Engine) -> None:
    number = await standing.under_review(engine)

    answers = await words.together(_claim(engine, number), _claim(engine, number, "supervisor"))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert sum("Взято в работу" in line for line in await engine.journal(number)) == 1


async def test_who_has_it_may_claim_again_and_others_may_not(engine: Engine) -> None:
    number = await standing.under_review(engine)
    await _claim(engine, number)

    again, other = await _claim(engine, number), await _claim(engine, number, "supervisor")

    assert again.status_code == 200
    assert words.problem(other, 409) == "already-claimed"


async def test_what_is_released_is_free_for_others(engine: Engine) -> None:
    number = await standing.under_review(engine)
    await _claim(engine, number)

    released, claimed = await _release(engine, number), await _claim(engine, number, "supervisor")

    assert released.json() == {"number": number, "claimed_by": ""}
    assert claimed.status_code == 200
    assert "Снято с исполнителя" in await engine.journal(number)


async def test_nobody_releases_what_is_anothers_or_nobodys(engine: Engine) -> None:
    number = await standing.under_review(engine)

    nobodys = await _release(engine, number)
    await _claim(engine, number, "supervisor")
    anothers = await _release(engine, number)

    assert words.problem(nobodys, 409) == "not-claimed"
    assert words.problem(anothers, 409) == "not-claimed"


async def test_a_claim_is_no_lock_others_may_decide(engine: Engine) -> None:
    number = await engine.file()
    await _claim(engine, number)

    response = await engine.post("supervisor", f"/requests/{number}/decision", words.REFUSAL)

    assert response.status_code == 200, response.text


async def test_what_is_decided_is_neither_claimed_nor_released(engine: Engine) -> None:
    number = await engine.file()
    await _claim(engine, number)
    await engine.post("reviewer", f"/requests/{number}/decision", words.REFUSAL)
    await words.until_stage(engine, number, Stage.REFUSED)

    claimed, released = await _claim(engine, number), await _release(engine, number)

    assert words.problem(claimed, 409) == "stage-passed"
    assert words.problem(released, 409) == "stage-passed"


async def test_two_keys_of_one_role_are_two_persons(engine: Engine) -> None:
    number = await standing.under_review(engine)
    other = await words.issue(engine, Role.REVIEWER, "di")
    await _claim(engine, number)

    assert words.problem(await _claim(engine, number, other), 409) == "already-claimed"


async def test_a_supervisor_assigns_to_any_reviewer_and_others_take_for_themselves(engine: Engine) -> None:
    number = await engine.file()
    await words.issue(engine, Role.REVIEWER, "di", f"Соколова {number}")
    listed = await engine.get("supervisor", "/reviewers")
    (sokolova,) = [one["id"] for one in listed if one["name"] == f"Соколова {number}"]
    (own,) = await engine.get("reviewer", "/reviewers")

    async def assign(role: str, **body: int) -> httpx.Response:
        return await engine.post(role, f"/requests/{number}/assignment", body)

    assert listed[0]["name"] == "Орлова Анна Викторовна"
    assert own["name"] == "Петров Сергей Ильич"
    assert words.problem(await assign("reviewer", to=sokolova), 422) == "not-assignable"
    assert (await assign("reviewer", to=own["id"])).json()["claimed_by"] == "Петров Сергей Ильич"

    assigned = await assign("supervisor", to=sokolova)
    assert assigned.json() == {"number": number, "claimed_by": f"Соколова {number}"}
    assert f"Назначено: Соколова {number}" in await engine.journal(number)
    assert words.problem(await assign("reviewer"), 409) == "already-claimed"
    assert words.problem(await assign("supervisor", to=2**31 - 1), 422) == "not-assignable"

    await engine.post("reviewer", f"/requests/{number}/decision", words.REFUSAL)
    await words.until_stage(engine, number, Stage.REFUSED)
    assert words.problem(await assign("supervisor"), 409) == "stage-passed"
