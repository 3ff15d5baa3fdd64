"""«Запись на обучение» (Appendix 1): places, the waiting list, the closing date, decisions, letters."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select
from temporalio.workflow import Info

from api.auth import Role
from devstack.keys import RESPONSIBLE_EMAIL
from models import learners, sign_up_rows
from models.learners import Learner
from models.letters import Notice
from models.tables import BulkLetter, KeptHistory, TrainingRow
from tests.api.words import issue, send
from tests.engine import API, Engine, result_of
from tests.workflows import words
from tests.workflows.sign_ups import applied, look, open_to_all, sign_up, standings
from tests.workflows.trainings import bulk_letters, course_of_its_own, opened

YESTERDAY = str(words.local_today() - timedelta(days=1))


async def told(engine: Engine, number: str, *, of: int) -> list[str]:
    """«anna accepted», in the order of writing, once so many letters are delivered."""

    async def letters() -> list[str] | None:
        rows = [row for row in await bulk_letters(engine, number) if row.facts["notice"] == Notice.SIGN_UP]
        rows.sort(key=lambda row: row.row)
        sent = [f"{row.address.partition('@')[0]} {row.facts['standing']}" for row in rows]
        return sent if len(rows) >= of and all(row.state == "delivered" for row in rows) else None

    return list(await engine.until(letters))


async def test_people_sign_up_are_put_on_the_waiting_list_and_told(engine: Engine) -> None:
    number = (await open_to_all(engine, places=1))["number"]
    before = await look(engine, number)

    first = await sign_up(engine, number, "anna")
    second = await sign_up(engine, number, "boris")

    assert (before["places"], before["free"], before["is_open"]) == (1, 1, True)
    assert [one.json()["standing"]["code"] for one in (first, second)] == ["applied", "waiting"]
    after = await look(engine, number)
    assert (after["free"], after["waiting"]) == (0, 1)
    assert await told(engine, number, of=2) == ["anna applied", "boris waiting"]


async def test_the_responsible_hears_once_a_day_that_applications_wait(engine: Engine) -> None:
    number = (await open_to_all(engine, places=2))["number"]

    for name in ("anna", "boris", "vera"):
        await sign_up(engine, number, name)

    async def letters() -> list[tuple[str, int]] | None:
        rows = [row for row in await bulk_letters(engine, number) if row.facts["notice"] == "sign_up_waiting"]
        is_delivered = rows and all(row.state == "delivered" for row in rows)
        return [(row.address, row.facts["waiting"]) for row in rows] if is_delivered else None

    assert await engine.until(letters) == [(RESPONSIBLE_EMAIL, 1)]
    async with engine.sessions.begin() as session:
        for row in (await session.scalars(select(BulkLetter).where(col(BulkLetter.number) == number))).all():
            row.facts = {**row.facts, "on": YESTERDAY}
    await engine.post("agency", f"/trainings/{number}/sign-up", {"places": 10})
    await sign_up(engine, number, "galya")
    assert (RESPONSIBLE_EMAIL, 4) in await engine.until(letters)


async def test_the_responsible_accepts_and_declines_and_a_freed_place_goes_to_who_waits(
    engine: Engine,
) -> None:
    number = (await open_to_all(engine, places=2))["number"]
    anna, boris = await applied(engine, number, "anna"), await applied(engine, number, "boris")
    await applied(engine, number, "vera")
    path = f"/trainings/{number}/sign-ups"

    accepted = await engine.post("responsible", f"{path}/{anna}/acceptance")
    declined = await engine.post("agency", f"{path}/{boris}/refusal", {"reason": "Нужен диплом"})
    again = await engine.post("responsible", f"{path}/{boris}/refusal", {"reason": "Нужен диплом"})

    assert (accepted.json()["standing"]["code"], declined.json()["reason"]) == ("accepted", "Нужен диплом")
    assert words.problem(again) == (409, "not-pending")
    assert await standings(engine, number) == {"anna": "accepted", "boris": "declined", "vera": "applied"}
    letters = await told(engine, number, of=6)
    assert letters[3:] == ["anna accepted", "boris declined", "vera applied"]
    texts = [
        one.text for one in engine.mail.letters(naming=number) if number in str(one.message["Message-ID"])
    ]
    assert any("Причина: Нужен диплом" in " ".join(text.split()) for text in texts)
    async with engine.sessions() as session:
        rows = await sign_up_rows.accepted_rows(session, number)
    [person] = learners.read_list(rows)
    assert isinstance(person, Learner)
    assert (person.surname, person.email) == ("Записева", "anna@example.org")


async def test_two_people_for_the_last_place_do_not_both_get_it(engine: Engine) -> None:
    number = (await open_to_all(engine, places=3))["number"]
    names = [f"p{place}" for place in range(8)]

    answers = await asyncio.gather(*(sign_up(engine, number, name) for name in names))

    codes = sorted(one.json()["standing"]["code"] for one in answers)
    assert codes == ["applied"] * 3 + ["waiting"] * 5


async def test_a_place_is_not_given_over_the_limit_until_there_are_more(engine: Engine) -> None:
    number = (await open_to_all(engine, places=1))["number"]
    await applied(engine, number, "anna")
    boris = await applied(engine, number, "boris")
    accept = f"/trainings/{number}/sign-ups/{boris}/acceptance"

    over = await engine.post("responsible", accept)
    more = await engine.post("responsible", f"/trainings/{number}/sign-up", {"places": 2})
    taken = await engine.post("responsible", accept)

    assert words.problem(over) == (409, "no-places")
    assert (more.status_code, more.json()["free"], more.json()["waiting"]) == (200, 0, 0)
    assert taken.status_code == 200
    assert await told(engine, number, of=4) == [
        "anna applied",
        "boris waiting",
        "boris applied",
        "boris accepted",
    ]


async def test_past_the_closing_date_nobody_signs_up_but_who_did_is_decided(engine: Engine) -> None:
    number = (await open_to_all(engine, until=str(words.local_today())))["number"]
    anna = await applied(engine, number, "anna")
    async with engine.sessions.begin() as session:
        own = update(TrainingRow).where(col(TrainingRow.number) == number)
        await session.execute(own.values(sign_up_until=words.local_today() - timedelta(days=1)))

    late = await sign_up(engine, number, "boris")
    decided = await engine.post("responsible", f"/trainings/{number}/sign-ups/{anna}/acceptance")

    assert words.problem(late) == (409, "sign-up-closed")
    assert decided.status_code == 200
    assert (await look(engine, number))["is_open"] is False


async def test_the_same_application_again_is_no_second_one(engine: Engine) -> None:
    number = (await open_to_all(engine))["number"]

    first, again = await sign_up(engine, number), await sign_up(engine, number)
    other = await sign_up(engine, number, email="ANNA@example.org", surname="Другова")

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert words.problem(other) == (409, "already-signed-up")
    assert len(await standings(engine, number)) == 1


async def test_who_was_declined_does_not_sign_up_anew(engine: Engine) -> None:
    number = (await open_to_all(engine))["number"]
    anna = await applied(engine, number)
    await engine.post("responsible", f"/trainings/{number}/sign-ups/{anna}/refusal", {"reason": "Нет"})

    response = await sign_up(engine, number, surname="Другова")

    assert words.problem(response) == (409, "declined-before")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "нет"}, "email"),
        ({"surname": " "}, "surname"),
        ({"first_name": "А\u202eБ\x00"}, "first_name"),
        ({"password": "1"}, "password"),
        ({"post": "д" * 255}, "post"),
    ],
)
async def test_a_bad_application_is_refused_by_its_field(
    engine: Engine, changes: dict[str, str], field: str
) -> None:
    number = (await open_to_all(engine))["number"]

    response = await sign_up(engine, number, **changes)

    assert response.status_code == 422
    assert [one["field"] for one in response.json()["fields"]] == [field]


async def test_a_training_without_sign_up_is_not_there_and_another_agency_sees_no_application(
    engine: Engine,
) -> None:
    course = await course_of_its_own(engine)
    closed = (await opened(engine, course))["number"]
    number = (await open_to_all(engine, course=course))["number"]
    anna = await applied(engine, number)

    for nowhere in (closed, "training-999999"):
        assert words.problem(await sign_up(engine, nowhere)) == (404, "not-found")
    for role in (Role.AGENCY, Role.RESPONSIBLE):
        other = await issue(engine, role, "trud", email="another@example.org")
        assert (await engine.call(other, "GET", f"/trainings/{number}/sign-ups")).status_code == 404
        path = f"/trainings/{number}/sign-ups/{anna}/acceptance"
        assert (await engine.post(other, path)).status_code == 404
    foreign = f"/trainings/{closed}/sign-ups/{anna}/acceptance"
    assert words.problem(await engine.post("responsible", foreign)) == (404, "not-found")


async def test_signing_up_is_limited_for_one_address(engine: Engine) -> None:
    number = (await open_to_all(engine))["number"]
    strict = engine.api_with(bad_calls_per_second=0.1)

    looks = [await send(strict.app, "GET", f"{API}/sign-up/{number}") for _ in range(3)]

    assert [one.status_code for one in looks] == [200, 429, 429]


async def test_after_the_training_nobody_signs_up_or_is_decided(engine: Engine) -> None:
    number = (await open_to_all(engine))["number"]
    anna = await applied(engine, number)
    await engine.post("agency", f"/trainings/{number}/closing", {})
    await result_of(engine.client.get_workflow_handle(number))

    assert words.problem(await sign_up(engine, number, "boris")) == (409, "sign-up-closed")
    accept = f"/trainings/{number}/sign-ups/{anna}/acceptance"
    assert words.problem(await engine.post("responsible", accept)) == (409, "already-over")
    reopened = await engine.post("responsible", f"/trainings/{number}/sign-up", {"places": 5})
    assert words.problem(reopened) == (409, "already-over")
    history = await words.history(engine.client.get_workflow_handle(number))
    assert "Записева" not in history
    assert "anna@" not in history


async def test_a_training_with_thousands_of_applications_goes_on_in_a_new_run(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if Temporal called a history of 60 events long; nothing else wakes this training for weeks."""
    monkeypatch.setattr(
        Info, "is_continue_as_new_suggested", lambda info: info.get_current_history_length() > 60
    )
    number = (await open_to_all(engine, places=50))["number"]
    first_run = (await engine.client.get_workflow_handle(number).describe()).run_id

    for at in range(12):
        await sign_up(engine, number, f"n{at}")
        assert len(await told(engine, number, of=at + 1)) == at + 1

    described = await engine.client.get_workflow_handle(number).describe()
    assert described.run_id != first_run
    assert described.history_length < 100

    async def is_kept() -> bool:
        await engine.look_after(number)
        async with engine.sessions() as session:
            return await session.get(KeptHistory, (number, first_run)) is not None

    await engine.until(is_kept)
