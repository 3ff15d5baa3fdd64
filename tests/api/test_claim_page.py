"""The public page on which a learner chooses a password: every answer, and what is left behind."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models import claims
from models.claims import new_code
from models.tables import Account, CaseRow, ClaimCode, Course, Person
from tests import claims as words
from tests.claims import Learner, List, a_list, account, choose, code_of, open_page, signs_in
from tests.engine import Engine
from tests.workflows.trainings import course_of_its_own

POLICY = "не отвечает правилам сайта"


@pytest.fixture(scope="module")
async def course(engine: Engine) -> Course:
    """Making one takes a second: all lists are of it."""
    return await course_of_its_own(engine)


@pytest.fixture(scope="module")
async def some(engine: Engine, course: Course) -> List:
    """A list of which each test takes a learner of its own."""
    return await a_list(engine, mails=16, course=course)


@pytest.fixture
def place(some: List) -> int:
    """Of a learner that no other test has taken."""
    some.learners.append(some.learners.pop(0))
    return len(some.learners) - 1


async def test_a_learner_chooses_a_password_and_signs_in_with_it(
    engine: Engine, some: List, place: int
) -> None:
    code = await code_of(engine, some, place)
    sibling = await code_of(engine, some, place)

    page = await open_page(engine, code)
    done = await choose(engine, code)

    assert (page.status_code, done.status_code) == (200, 200), done.text
    assert some.learners[place].username in page.text
    assert "Пароль сохранён" in done.text
    assert await signs_in(engine, some, place=place)
    assert (await account(engine, some, place)).claimed_at is not None
    assert (await choose(engine, sibling, "Drugoi-2026-les")).status_code == 404
    assert not await signs_in(engine, some, "Drugoi-2026-les", place)
    [line] = [
        one
        for one in await words.claims_of(engine, some.number)
        if one.step.endswith(f"-{some.learners[place].row}")
    ]
    assert (line.actor, line.actor_name) == ("learner", "Пользователь")


async def test_a_code_is_taken_however_it_is_typed(engine: Engine, some: List, place: int) -> None:
    code = (await code_of(engine, some, place)).lower().replace("-", " ")

    typed = await choose(engine, code, "", "")
    done = await choose(engine, code)

    assert "Новый пароль" in typed.text
    assert done.status_code == 200


async def test_opening_the_page_uses_nothing_up(engine: Engine, some: List, place: int) -> None:
    code = await code_of(engine, some, place)

    pages = [await open_page(engine, code) for _ in range(3)]

    assert {page.status_code for page in pages} == {200}
    assert (await choose(engine, code)).status_code == 200


async def test_a_guessed_code_is_answered_as_one_that_is_used_up(
    engine: Engine, some: List, place: int
) -> None:
    used, revoked = await code_of(engine, some, place, step="enrolment/a"), ""
    revoked = used
    used = await code_of(engine, some, place, step="enrolment/b")
    assert (await choose(engine, used)).status_code == 200

    answers = [await choose(engine, code) for code in (new_code(), used, revoked, "x", "", "к" * 5000)]
    pages = [await open_page(engine, code) for code in (new_code(), used, revoked, "x", "%00", "а" * 500)]

    assert {(one.status_code, one.text) for one in (*answers, *pages)} == {(404, answers[0].text)}


async def test_a_code_works_once(engine: Engine, some: List, place: int) -> None:
    code = await code_of(engine, some, place)

    first, second = await choose(engine, code), await choose(engine, code, "Drugoi-2026-les")

    assert (first.status_code, second.status_code) == (200, 404)
    assert await signs_in(engine, some, place=place)


async def test_an_expired_code_says_so_and_changes_nothing(engine: Engine, some: List, place: int) -> None:
    code = await code_of(engine, some, place)
    await _expire(engine, code)

    page, answer = await open_page(engine, code), await choose(engine, code)

    assert (page.status_code, answer.status_code) == (410, 410)
    assert "истёк" in answer.text
    assert not await signs_in(engine, some, place=place)


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("12345678", None, POLICY),
        ("Qy7", None, POLICY),
        ("verba-les", None, POLICY),
        ("Verba-2026-les", "Verba-2026-lis", "различаются"),
        ("   ", None, "Введите пароль"),
        ("A1-a" * 40, None, "длиннее 128"),
        ("Verba-2026\x07les", None, "управляющие"),
    ],
)
async def test_another_password_may_be_tried_after_one_that_is_refused(
    engine: Engine, course: Course, password: str, again: str | None, said: str
) -> None:
    some = await a_list(engine, course=course)
    code = await code_of(engine, some)

    refused = await choose(engine, code, password, again)

    assert refused.status_code == 422
    assert said in refused.text
    assert password.strip() == "" or password not in refused.text
    assert not await signs_in(engine, some, password)
    assert (await choose(engine, code)).status_code == 200
    assert await signs_in(engine, some)


async def test_a_password_is_not_the_login(engine: Engine, some: List, place: int) -> None:
    refused = await choose(engine, await code_of(engine, some, place), some.learners[place].username.upper())

    assert "не должен совпадать с логином" in refused.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"suspended": True}, "заблокирована"),
        ({"auth": "oauth2"}, "другим способом"),
        ({"firstaccess": 1_700_000_000}, "уже входили"),
    ],
)
async def test_an_account_that_takes_no_password_by_code(
    engine: Engine, course: Course, changes: dict[str, Any], said: str
) -> None:
    some = await a_list(engine, course=course)
    code = await code_of(engine, some)
    await engine.moodle_act("change_user", user_id=some.learners[0].moodle_id, **changes)

    answer = await choose(engine, code)

    assert answer.status_code == 409
    assert said in answer.text
    assert (await account(engine, some)).claimed_at is None
    assert not await signs_in(engine, some)


async def test_an_account_that_is_gone_takes_none(engine: Engine, course: Course) -> None:
    gone = Learner(2, 999_999, "ushla.u-k3f9a2", "ushla@example.org")
    some = await a_list(engine, learners=[gone], course=course)

    answer = await choose(engine, await code_of(engine, some))

    assert answer.status_code == 409
    assert "больше нет" in answer.text


async def test_a_code_of_a_responsibles_account_opens_nothing(engine: Engine, course: Course) -> None:
    some = await a_list(engine, course=course)
    code = await code_of(engine, some)
    async with engine.sessions.begin() as session:
        person = Person(name="Тестова Вера Павловна", email="vera-of-a-code@example.org")
        session.add(person)
        await session.flush()
        own = col(Account.moodle_id) == some.learners[0].moodle_id
        await session.execute(update(Account).where(own).values(person=person.id))

    assert (await choose(engine, code)).status_code == 409


@pytest.mark.parametrize("kind", ["down", "503", "html"])
async def test_while_moodle_is_away_the_code_stays_good(engine: Engine, course: Course, kind: str) -> None:
    some = await a_list(engine, course=course)
    code = await code_of(engine, some)
    await engine.moodle_fault(kind)

    away = await choose(engine, code)
    await engine.moodle_heals()

    assert away.status_code == 503
    assert "остаётся действующим" in away.text
    assert (await choose(engine, code)).status_code == 200


async def test_two_people_with_one_code_at_once_one_of_them_chooses(engine: Engine, course: Course) -> None:
    some = await a_list(engine, course=course)
    code = await code_of(engine, some)
    await engine.moodle_fault("slow", seconds=0.3)
    chosen = [f"Verba-2026-les{number}" for number in range(6)]

    answers = await asyncio.gather(*(choose(engine, code, password) for password in chosen))

    statuses = [answer.status_code for answer in answers]
    assert sorted(statuses) == [200, *[404] * 5]
    entered = [password for password in chosen if await signs_in(engine, some, password)]
    assert entered == [chosen[statuses.index(200)]]
    assert len(await words.claims_of(engine, some.number)) == 1


async def test_killed_after_moodle_has_taken_the_password_it_is_simply_chosen_again(
    engine: Engine, course: Course
) -> None:
    some = await a_list(engine, course=course)
    code = await code_of(engine, some)

    async def dies(session: AsyncSession, *_: Any) -> None:
        await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with patch("api.claiming._use_up", dies):
        killed = await choose(engine, code)
    assert killed.status_code == 503
    assert await signs_in(engine, some)
    assert (await account(engine, some)).claimed_at is None

    again = await choose(engine, code, "Drugoi-2026-les")

    assert again.status_code == 200
    assert await signs_in(engine, some, "Drugoi-2026-les")
    assert len(await words.claims_of(engine, some.number)) == 1


async def test_what_moodle_did_without_answering_is_done_again(engine: Engine, course: Course) -> None:
    some = await a_list(engine, course=course)
    code = await code_of(engine, some)
    await engine.moodle_fault("error_after_work", function="core_user_update_users", times=1)

    lost, again = await choose(engine, code), await choose(engine, code)

    assert (lost.status_code, again.status_code) in {(503, 200), (200, 404)}
    assert await signs_in(engine, some)


async def test_postgres_away_is_told_as_a_page(with_postgres_away: Engine) -> None:
    page, answer = (
        await open_page(with_postgres_away, new_code()),
        await choose(with_postgres_away, new_code()),
    )

    assert (page.status_code, answer.status_code) == (503, 503)
    assert "остаётся действующим" in page.text


async def test_the_page_asks_for_the_code_where_there_is_none(engine: Engine) -> None:
    page = await open_page(engine, "")

    assert page.status_code == 200
    assert 'name="code"' in page.text


async def test_the_page_has_no_script_and_tells_nobody_of_the_code(
    engine: Engine, some: List, place: int
) -> None:
    page = await open_page(engine, await code_of(engine, some, place))

    assert "<script" not in page.text
    assert not re.search(r'(src|href)="?(?!/|https?://)', page.text)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"


async def test_what_people_typed_stays_text(engine: Engine, course: Course) -> None:
    some = await a_list(engine, course=course)
    async with engine.sessions.begin() as session:
        (await session.get_one(CaseRow, some.number)).title = "<script>alert('1')</script>"

    page = await open_page(engine, await code_of(engine, some))
    reflected = await open_page(engine, "<script>")

    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text + reflected.text


async def test_a_claim_waits_for_nobody_for_long(engine: Engine, course: Course) -> None:
    """A Moodle that hangs does not hold a learner, nor a connection to Postgres, for longer than a call."""
    some = await a_list(engine, course=course)
    code = await code_of(engine, some)
    hasty = engine.api_with(moodle_timeout=timedelta(seconds=1))
    await engine.moodle_fault("slow", seconds=60)

    began = time.monotonic()
    answer = await choose(hasty, code)

    assert answer.status_code == 503
    assert time.monotonic() - began < 30


async def test_what_comes_too_often_is_held_up_as_a_page(engine: Engine) -> None:
    slow = engine.api_with(claims_per_second=0.5)

    answers = [await choose(slow, new_code()) for _ in range(8)]

    assert [answer.status_code for answer in answers] == [404] * 5 + [429] * 3
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].headers["Content-Type"].startswith("text/html")


async def test_neither_code_nor_password_is_kept_anywhere(engine: Engine, course: Course) -> None:
    some = await a_list(engine, course=course)
    code, password = await code_of(engine, some), "Sovsem-osobyi-2026"
    await choose(engine, code, "slabyi-parol")
    assert (await choose(engine, code, password)).status_code == 200

    dumped = await words.everything(engine)

    assert some.learners[0].username in dumped
    for secret in (code, claims.normalise(code), password, "slabyi-parol"):
        assert secret not in dumped


async def _expire(engine: Engine, code: str) -> None:
    own = col(ClaimCode.sha256) == claims.hashed(code)
    past = datetime.now(UTC) - timedelta(seconds=1)
    async with engine.sessions.begin() as session:
        await session.execute(update(ClaimCode).where(own).values(expires_at=past))
