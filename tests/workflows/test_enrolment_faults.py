"""Clause 4.5: bad lists and bad days. Each has a clear answer, and nobody is lost or doubled."""

import asyncio
import io
import zipfile
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import xlsxwriter
from sqlmodel import col, select

from clients.moodle import calls
from models.tables import Account, BulkLetter, Course, EnrolmentRow
from tests.engine import Engine, result_of
from tests.workflows import enrolments, setups, words
from tests.workflows.trainings import course_of_its_own


@pytest.fixture(scope="module")
async def course(engine: Engine) -> Course:
    return await course_of_its_own(engine)


@pytest.fixture(autouse=True)
async def calm_again(engine: Engine) -> AsyncIterator[None]:
    yield
    await engine.calm()


HOUR = timedelta(hours=1)
BAD = enrolments.person("Ошибкина", "не адрес")


@pytest.mark.parametrize(("good", "bad"), [(149, 1), (70, 30)])
async def test_bad_rows_never_stop_the_others(engine: Engine, course: Course, good: int, bad: int) -> None:
    lines = enrolments.people(good)
    for at in range(bad):
        lines.insert(at * (good // bad), BAD)

    number = await enrolments.registered(engine, course, enrolments.table(lines))

    assert await enrolments.states(engine, number) == {"enrolled": good, "set_aside": bad}
    wrong = await engine.get("responsible", f"/enrolments/{number}/rows?verdict=wrong&limit=1000")
    assert len(wrong["items"]) == bad
    assert all("адрес почты написан с ошибкой" in one["why"] for one in wrong["items"])


async def test_of_two_rows_with_one_email_in_other_case_the_first_counts(
    engine: Engine, course: Course
) -> None:
    email = f"Twice-{uuid4().hex[:8]}@List.example"
    lines = [enrolments.person("Первый", email), enrolments.person("Второй", email.upper())]

    number = await enrolments.registered(engine, course, enrolments.table(lines))

    rows = await enrolments.rows(engine, number)
    assert [row.state for row in rows] == ["enrolled", "set_aside"]
    assert "строке 2" in rows[1].why
    emails, _ = await enrolments.seen_in_moodle(engine, course)
    assert emails[email.casefold()] == 1


@pytest.mark.parametrize("site", ["edu", "eledu"])
async def test_a_person_under_another_username_is_enrolled_and_not_made(engine: Engine, site: str) -> None:
    course = await course_at(engine, site)
    name = uuid4().hex[:8]
    user = await engine.moodle_act(
        "add_user",
        site=site,
        username=f"theirs-{name}",
        firstname="Пётр",
        lastname="Давний",
        email=f"Davny-{name}@list.example",
    )
    namesake = await engine.moodle_act(
        "add_user",
        site=site,
        username=f"other-{name}",
        firstname="Анна",
        lastname="Другая",
        email=f"other-{name}@list.example",
    )
    lines = [
        enrolments.person("Давний", f"davny-{name}@list.example"),
        enrolments.person("Недругая", f"other-{name}@list.example"),
        enrolments.person("Новый", f"new-{name}@list.example"),
    ]

    number = await enrolments.registered(engine, course, enrolments.table(lines))

    rows = await enrolments.rows(engine, number)
    assert [row.verdict for row in rows] == ["existing", "clash", "new"]
    assert [row.state for row in rows] == ["enrolled", "set_aside", "enrolled"]
    assert rows[0].moodle_id == user["id"]
    _, enrolled = await enrolments.seen_in_moodle(engine, course, site)
    assert (enrolled[user["id"]], enrolled[namesake["id"]]) == (1, 0)
    async with engine.sessions() as session:
        assert await session.get(Account, (site, user["id"])) is None


async def course_at(engine: Engine, site: str) -> Course:
    if site == "edu":
        return await course_of_its_own(engine)
    return await course_of_its_own(
        engine,
        subsystem=site,
        wanted="category_and_course",
        category=None,
        category_name=setups.title("Категория"),
    )


FILES: dict[str, tuple[bytes, str]] = {
    "cut in a character": (enrolments.table(["Щукина;Анна"])[:-1], "обрывается"),
    "no headings": ("Имя мамы;Цвет\nА;Б\n".encode(), "Не найден"),
}


@pytest.mark.parametrize(("content", "why"), FILES.values(), ids=FILES.keys())
async def test_a_file_that_cant_be_read_says_why_and_does_nothing(
    engine: Engine, course: Course, content: bytes, why: str
) -> None:
    number = await enrolments.uploaded(engine, course, content)

    assert await result_of(enrolments.handle(engine, number)) == "unreadable"
    shown = await engine.get("responsible", f"/enrolments/{number}")
    assert shown["state"]["code"] == "unreadable"
    assert why in shown["why"]
    assert await enrolments.rows(engine, number) == []


async def test_a_blank_file_is_refused_before_it_is_a_case(engine: Engine, course: Course) -> None:
    response = await enrolments.upload(engine, course, b"  \n")

    assert words.problem(response) == (422, "invalid")
    assert "ни одной" in response.json()["detail"]


def book(fill: Any) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as made:
        fill(made)
    return content.getvalue()


async def test_a_book_of_ten_sheets_with_formulas_and_merged_cells_is_read(
    engine: Engine, course: Course
) -> None:
    mark = uuid4().hex[:8]

    def fill(made: Any) -> None:
        sheet = made.add_worksheet("Список")
        for other in range(9):
            made.add_worksheet(f"Лист {other}").write(0, 0, "Лишнее")
        sheet.merge_range(0, 0, 0, 3, "Список слушателей")
        sheet.write_row(1, 0, ["ФИО", "Почта", "Организация", "Должность"])
        sheet.merge_range(2, 2, 3, 2, "Школа № 5")
        sheet.write_row(2, 0, ["Щукин Пётр Ильич", f"f1-{mark}@list.example"])
        sheet.write(3, 0, "Окунёва Анна")
        sheet.write_formula(3, 1, '="f2"&"@list.example"', None, f"f2-{mark}@list.example")

    number = await enrolments.registered(engine, course, book(fill), filename="список.xlsx")

    rows = await enrolments.rows(engine, number)
    assert [(row.row, row.email, row.organisation) for row in rows] == [
        (3, f"f1-{mark}@list.example", "Школа № 5"),
        (4, f"f2-{mark}@list.example", "Школа № 5"),
    ]


async def test_a_zip_bomb_harms_nobody(engine: Engine, course: Course) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 200_000_000)

    number = await enrolments.uploaded(engine, course, content.getvalue(), filename="бомба.xlsx")

    assert await result_of(enrolments.handle(engine, number)) == "unreadable"
    assert "развёрнутом" in (await engine.get("responsible", f"/enrolments/{number}"))["why"]


FAULTS: dict[str, dict[str, Any]] = {
    "dies at row k": {"kind": "down", "function": "core_user_create_users", "skip": 1, "times": 6},
    "answers an error after the work": {
        "kind": "error_after_work",
        "function": "core_user_create_users",
        "times": 2,
    },
    "loses the answer of an enrolment": {
        "kind": "error_after_work",
        "function": "enrol_manual_enrol_users",
        "how": "close",
        "times": 2,
    },
    "is away now and then": {"kind": "503", "times": 9},
    "cuts forms": {"kind": "max_input_vars", "limit": 200},
}


@pytest.mark.parametrize("site", ["edu", "eledu"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
async def test_a_bad_day_of_moodle_neither_loses_nor_doubles_anybody(
    engine: Engine, fault: dict[str, Any], site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls.Calls, "pauses", (0.01, 0.01, 0.01, 0.01))
    if fault["kind"] != "max_input_vars":
        monkeypatch.setattr(calls, "_PHP_FORM_FIELDS", 200)  # so that 60 people are three forms
    course = await course_at(engine, site)
    mark = uuid4().hex[:8]
    lines = [*enrolments.people(60, mark=mark), enrolments.person("Безпочтова")]
    async with engine.with_settings() as own:
        number = await enrolments.planned(own, course, enrolments.table(lines))
        await own.moodle_fault(**fault, site=site)

        await enrolments.confirm(own, number)
        skipping = asyncio.create_task(own.skipper.fast_forward(enrolments.handle(own, number), HOUR))
        await enrolments.until_state(own, number, "done")
        skipping.cancel()
        await result_of(enrolments.handle(own, number))

    assert await enrolments.states(engine, number) == {"enrolled": 61}
    emails, enrolled = await enrolments.seen_in_moodle(engine, course, site)
    assert {email: count for email, count in emails.items() if mark in email and count != 1} == {}
    assert sum(mark in email for email in emails) == 60
    rows = await enrolments.rows(engine, number)
    assert all(enrolled[row.moodle_id or 0] == 1 for row in rows)
    assert await made_by(engine, number) >= 60
    async with engine.sessions() as session:
        letters = select(BulkLetter).where(col(BulkLetter.number) == number)
        assert len((await session.scalars(letters)).all()) == 60


async def test_the_forms_of_a_long_list_fit_into_phps_own_limit(engine: Engine, course: Course) -> None:
    """1,000 fields, of which nothing is cut: 123 accounts a form, 330 enrolments.

    A worker of its own: the shared one has learnt smaller forms from another test.
    """
    async with engine.with_settings() as own:
        number = await enrolments.planned(own, course, enrolments.table(enrolments.people(700)))
        await own.moodle_fault("max_input_vars", limit=1000)
        before = Counter(await own.moodle_calls())

        await enrolments.confirm(own, number)
        await enrolments.until_state(own, number, "done")

    assert await enrolments.states(engine, number) == {"enrolled": 700}
    asked = Counter(await engine.moodle_calls()) - before
    # Of chunks of 492 and 208: 4 + 2 forms of accounts, 2 + 1 of enrolments.
    assert (asked["core_user_create_users"], asked["enrol_manual_enrol_users"]) == (6, 3)


async def made_by(engine: Engine, number: str) -> int:
    async with engine.sessions() as session:
        return len((await session.scalars(select(Account).where(col(Account.made_by) == number))).all())


async def test_a_worker_killed_in_the_middle_makes_nobody_twice(engine: Engine, course: Course) -> None:
    """Its call has had its effect, and nothing of that is in Postgres."""
    mark = uuid4().hex[:8]
    content = enrolments.table(enrolments.people(600, mark=mark))
    async with engine.with_settings() as own:
        number = await enrolments.planned(own, course, content)
        await own.moodle_fault("slow", function="enrol_manual_enrol_users", seconds=5)
        await enrolments.confirm(own, number)

        async def has_made() -> bool:
            emails, _ = await enrolments.seen_in_moodle(own, course)
            return sum(mark in email for email in emails) > 100

        await own.until(has_made)
    await engine.calm()
    changed = engine.settings.model_copy(update={"task_queue": own.settings.task_queue})
    engine_again = Engine(
        changed,
        engine.client,
        engine.sessions,
        engine.keys,
        temporal=engine.temporal,
        postgres=engine.postgres,
        mail=engine.mail,
        moodle=engine.moodle_url,
        http=engine._http,
    )
    async with engine_again.worker():
        await enrolments.until_state(engine, number, "done")
        assert await enrolments.states(engine, number) == {"enrolled": 600}
        emails, enrolled = await enrolments.seen_in_moodle(engine, course)
        assert [count for email, count in emails.items() if mark in email] == [1] * 600
        assert {enrolled[row.moodle_id or 0] for row in await enrolments.rows(engine, number)} == {1}
        assert await made_by(engine, number) == 600


async def test_a_deleted_course_becomes_the_operators_task(engine: Engine) -> None:
    course = await course_of_its_own(engine)
    number = await enrolments.planned(engine, course, enrolments.table(enrolments.people(2)))
    await engine.moodle_act("delete_course", course_id=course.moodle_id)

    await enrolments.confirm(engine, number)

    task = await words.task(engine, number, "run-1")
    assert "курса больше нет" in task.why
    assert await enrolments.states(engine, number) == {"planned": 2}
    async with engine.sessions() as session:
        assert (await session.get_one(EnrolmentRow, number)).state == "running"


@pytest.mark.parametrize("site", ["edu", "eledu"])
async def test_whoever_registered_since_the_plan_is_not_taken_for_ours(engine: Engine, site: str) -> None:
    """A claim code would be a way into an account that is somebody's."""
    course = await course_at(engine, site)
    mark = uuid4().hex[:8]
    lines = [enrolments.person("Свой", f"own-{mark}@list.example"), *enrolments.people(1, mark=mark)]
    lines.append(enrolments.person("Чужой", f"strange-{mark}@list.example"))
    number = await enrolments.planned(engine, course, enrolments.table(lines))
    for surname, name in (("Свой", "own"), ("Посторонний", "strange")):
        await engine.moodle_act(
            "add_user",
            site=site,
            username=f"{name}-{mark}",
            firstname="Пётр",
            lastname=surname,
            email=f"{name}-{mark}@list.example",
        )

    await enrolments.confirm(engine, number)
    await enrolments.until_state(engine, number, "done")

    rows = await enrolments.rows(engine, number)
    assert [row.state for row in rows] == ["enrolled", "enrolled", "set_aside"]
    assert [row.verdict for row in rows] == ["existing", "new", "clash"]
    assert await made_by(engine, number) == 1
