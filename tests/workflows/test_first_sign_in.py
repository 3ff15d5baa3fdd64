"""Clause 4.5 from a list to the first sign-in: who was registered chooses a password by a code."""

from uuid import uuid4

import httpx
import pytest
from sqlmodel import col, select

from models.letters import LetterState
from models.tables import BulkLetter, Course
from tests.api.test_codes import codes_told, printed
from tests.claims import PASSWORD, choose
from tests.engine import Engine, result_of
from tests.workflows import enrolments
from tests.workflows.trainings import course_of_its_own


@pytest.fixture(scope="module")
async def course(engine: Engine) -> Course:
    return await course_of_its_own(engine)


async def registered(engine: Engine, course: Course, *lines: str) -> str:
    """A list at its end, its letters sent."""
    number = await enrolments.planned(engine, course, enrolments.table(lines))
    await enrolments.confirm(engine, number)
    await result_of(enrolments.handle(engine, number))
    return number


async def signs_in(engine: Engine, username: str) -> bool:
    users = (await engine.moodle_state())["users"]
    user = next(one for one in users if one["username"] == username)
    await engine.moodle_act("add_token", user_id=user["id"], value=uuid4().hex, service="probe", functions=[])
    form = {"username": username, "password": PASSWORD, "service": "probe"}
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{engine.moodle_url}/edu/login/token.php", data=form)
    return "token" in answer.json()


async def test_a_learner_of_a_list_gets_a_letter_and_signs_in(engine: Engine, course: Course) -> None:
    email = f"nova-{uuid4().hex[:8]}@list.example"
    number = await registered(
        engine, course, enrolments.person("Новая", email), enrolments.person(enrolments.surname())
    )
    [code] = codes_told(engine, email)
    with_mail, without = await enrolments.rows(engine, number)

    answers = [await choose(engine, code)]
    [slip] = printed(await engine.post("responsible", f"/enrolments/{number}/slips"))
    answers.append(await choose(engine, slip))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert await signs_in(engine, with_mail.username)
    assert await signs_in(engine, without.username)
    left = await engine.get("responsible", f"/enrolments/{number}/unclaimed")
    assert left["total"] == 0


async def test_whose_account_was_there_before_gets_no_code(engine: Engine, course: Course) -> None:
    name = f"davny-{uuid4().hex[:8]}"
    await engine.moodle_act(
        "add_user", username=name, firstname="Пётр Ильич", lastname="Давний", email=f"{name}@list.example"
    )

    number = await registered(engine, course, enrolments.person("Давний", f"{name}@list.example"))

    assert codes_told(engine, f"{name}@list.example") == []
    refused = await engine.post("responsible", f"/enrolments/{number}/slips", {"rows": [2]})
    assert refused.json()["type"] == "nobody-to-give-codes"


async def test_whoever_has_not_claimed_yet_gets_a_code_by_the_next_list_too(
    engine: Engine, course: Course
) -> None:
    email = f"snova-{uuid4().hex[:8]}@list.example"
    await registered(engine, course, enrolments.person("Снова", email))

    await registered(engine, course, enrolments.person("Снова", email))

    first, second = codes_told(engine, email)
    assert (await choose(engine, first)).status_code == 404
    assert (await choose(engine, second)).status_code == 200


async def test_registration_is_over_though_the_mail_server_is_away(engine: Engine, course: Course) -> None:
    email = f"pozdno-{uuid4().hex[:8]}@list.example"
    await engine.mail.down()
    number = await enrolments.planned(engine, course, enrolments.table([enrolments.person("Поздняя", email)]))
    await enrolments.confirm(engine, number)
    await enrolments.until_state(engine, number, "done")
    await engine.mail.start()

    await result_of(enrolments.handle(engine, number))

    query = select(BulkLetter).where(col(BulkLetter.number) == number)
    async with engine.sessions() as session:
        [letter] = (await session.scalars(query)).all()
    assert letter.state == LetterState.DELIVERED
    assert (await choose(engine, codes_told(engine, email)[-1])).status_code == 200
