"""The calendar as a page: what would move, amending, taking back."""

import re
from datetime import date

import pytest
from sqlmodel import col, select

from models.deadlines import local_date
from models.rungs import RungKind
from models.tables import RungRow
from models.terms import Clause
from tests.engine import Engine, Json
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE


async def _last_day(stand: Engine, number: str) -> date:
    clause = await stand.clause(number, Clause.REVIEW)
    assert clause is not None
    return clause.last_day


@pytest.fixture
async def paper(stand: Engine) -> str:
    """A case years ago, where no other test's is."""
    number = await stand.file_paper("2020-09-01", course_name="Курс 2020 года")
    await stand.reviewing(number)
    return number


@pytest.mark.parametrize("role", ["admin", "supervisor"])
async def test_a_day_is_looked_at_amended_and_taken_back(
    stand: Engine, signed_in: SignIn, paper: str, role: str
) -> None:
    person, before = await signed_in(role), await _last_day(stand, paper)
    typed: Json = {"day": str(before), "working": "no", "decree": "проект постановления"}

    what_if = await person.page(f"/calendar?day={before}&working=no")
    preview = (await person.send("/calendar", act="preview", **typed)).text
    for page in (what_if, preview):
        assert f'href="/cases/{paper}"' in page
    assert "Курс 2020 года" in what_if
    assert "Кому сообщат" in what_if
    assert "проект постановления" in preview
    assert await _last_day(stand, paper) == before

    answer = await person.send("/calendar", act="amend", **typed)

    async def is_moved() -> bool:
        return await _last_day(stand, paper) > before

    assert "Календарь изменён." in answer.text
    await stand.until(is_moved)
    withdrawal = re.search(r'action="(/calendar/\d+/withdrawal)"', answer.text)
    assert withdrawal

    answer = await person.send(withdrawal[1], decree="ошибка")

    async def is_back() -> bool:
        return await _last_day(stand, paper) == before

    assert "Изменение отменено." in answer.text
    await stand.until(is_back)
    again = await person.send(withdrawal[1], decree="ошибка")
    assert again.status_code == 409
    assert "Не получилось." in again.text


async def test_where_only_reminders_move_the_page_says_so(
    stand: Engine, signed_in: SignIn, paper: str
) -> None:
    admin = await signed_in("admin")
    clause = await stand.clause(paper, Clause.REVIEW)
    assert clause is not None
    own = (col(RungRow.number) == paper, col(RungRow.kind) == RungKind.REMINDER)
    async with stand.sessions() as session:
        reminder = (await session.scalars(select(RungRow).where(*own))).first()
    assert reminder is not None
    day = local_date(reminder.planned_at)
    typed: Json = {"day": str(day), "working": "no", "decree": "проект постановления"}

    preview = (await admin.send("/calendar", act="preview", **typed)).text
    amended = (await admin.send("/calendar", act="amend", **typed)).text
    withdrawal = re.search(r'action="(/calendar/\d+/withdrawal)"', amended)
    assert withdrawal
    taken_back = (await admin.send(withdrawal[1], decree="ошибка")).text

    assert day < clause.last_day
    assert "последний день тот же, сдвигаются только напоминания" in preview
    assert "Сдвинется сроков: 0. Последний день тот же, сдвинутся только напоминания: " in preview
    assert "Сдвинуто сроков: 0. Последний день тот же, сдвинуты только напоминания: " in amended
    assert "Сдвинуто сроков: 0. Последний день тот же, сдвинуты только напоминания: " in taken_back


async def test_what_is_not_accepted_is_there_again_as_text(signed_in: SignIn) -> None:
    admin = await signed_in("admin")

    for day in ("2026-11-29", "2026-02-30", HOSTILE):
        for act in ("preview", "amend"):
            page = await admin.send("/calendar", act=act, day=day, working="no", decree=HOSTILE)

            assert page.status_code in (409, 422)
            assert "<script>alert" not in page.text
            assert "&lt;script&gt;" in page.text


@pytest.mark.parametrize("query", ["day=2026-11-29&working=no", "day=x", "day=%00", "day=2026-02-30"])
async def test_a_day_that_is_none_or_is_so_already_is_told_in_words(signed_in: SignIn, query: str) -> None:
    page = await (await signed_in("admin")).open(f"/calendar?{query}")

    assert page.status_code in (409, 422)
    assert "Не получилось." in page.text


@pytest.mark.parametrize("role", ["agency", "responsible", "reviewer", "operator", "operator_head"])
async def test_others_have_no_calendar(signed_in: SignIn, role: str) -> None:
    person = await signed_in(role)

    assert (await person.open("/calendar")).status_code == 403
    for path in ("/calendar", "/calendar/1/withdrawal"):
        assert (await person.send(path)).status_code == 403
