"""Drafts by the page: kept with their files, plainly no requests, filed with a receipt of everything."""

import re
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from sqlmodel import col, func, select

from api.auth import Role
from api.errors import Problem
from api.intake import Intake
from models import spreadsheets
from models.tables import Request
from tests.api import words
from tests.api.test_drafts import LIST, SCAN
from tests.engine import Engine, Json
from tests.pages.people import HOME, Person, SignIn
from tests.pages.test_filing import FORM


async def send(person: Person, path: str, form: Json, **files: tuple[str, bytes]) -> str:
    """A form with files; the page that it leads to."""
    data = {"token": await person.token(), **form}
    sent = {f"file.{kind}": (name, content) for kind, (name, content) in files.items()}
    return (await person.http.post(path, data=data, files=sent or None)).text


def draft_of(page: str) -> str:
    found = re.search(r'name="draft" value="(\d+)"', page)
    assert found, page
    return found[1]


async def test_a_draft_is_saved_opened_changed_and_filed(stand: Engine, signed_in: SignIn) -> None:
    agency = await signed_in("agency")
    name = f"Черновой {uuid4().hex}"
    form: Json = {**FORM, "course_name": name, "learners.description": "", "responsible.email": "пока нет"}

    saved = await send(agency, "/requests/new", {**form, "act": "save"}, learners=("Список.csv", LIST))
    draft = draft_of(saved)
    assert "Черновик сохранён. Запрос не подан." in saved
    assert "Черновик, не подан." in saved
    assert "Приложен: Перечень Пользователей («Список.csv»), человек: 2" in saved
    assert 'value="пока нет"' in saved
    assert f'href="/requests/new?draft={draft}">{name}' in await agency.page("/requests/new")
    assert name not in await agency.page("/requests")
    colleague = await signed_in(await words.issue(stand, Role.AGENCY, "zdrav"))
    assert (await colleague.open(f"/requests/new?draft={draft}")).status_code == 404
    assert (await colleague.send(f"/requests/drafts/{draft}/removal")).status_code == 404

    # Not accepted: what was typed stays, and so does the file that came with it.
    form |= {"draft": draft}
    wrong = await send(agency, "/requests/new", form, letter=("Скан.pdf", SCAN))
    assert "это не адрес электронной почты" in wrong
    assert "Скан письма («Скан.pdf»)" in wrong
    unread = await send(agency, "/requests/new", {**form, "act": "check"}, letter=("Скан.pdf", b"MZ"))
    assert "должен быть файлом PDF" in unread
    dropped = await send(agency, "/requests/new", {**form, "act": "drop-letter"})
    assert "Скан.pdf" not in dropped

    receipt = await send(agency, "/requests/new", {**form, "responsible.email": "m.ivanova@example.org"})
    assert "Запрос зарегистрирован." in receipt
    for fact in (
        "Почему эта дата",
        "Решение до",
        name,
        "Списком: 2.",
        "Перечень Пользователей («Список.csv»)",
    ):
        assert fact in receipt, fact
    assert "В создании откажут" not in receipt
    assert (await agency.open(f"/requests/new?draft={draft}")).status_code == 404
    number = re.search(r"Запрос № (\S+) зарегистрирован", receipt)
    assert number
    case = await agency.page(f"/cases/{number[1]}")
    assert "Перечень Пользователей («Список.csv»)</a>" in case
    assert '<li aria-current="step">Рассматривается</li>' in case


async def test_two_files_of_a_form_sent_twice_register_one_request(stand: Engine, signed_in: SignIn) -> None:
    reviewer = await signed_in("reviewer")
    name = f"Бумажный {uuid4().hex}"
    form: Json = {**FORM, "course_name": name, "agency": "zdrav", "received_on": "2026-03-02"}
    form |= {"once": uuid4().hex}

    pages = [
        await send(reviewer, "/requests/paper", form, letter=("п.pdf", SCAN), learners=("с.csv", LIST))
        for _ in range(2)
    ]

    assert all("Скан письма («п.pdf»)" in one for one in pages)
    async with stand.sessions() as session:
        query = select(func.count()).where(col(Request.course_name) == name)
        assert await session.scalar(query) == 1
    assert name not in await reviewer.page("/requests/paper")


async def test_a_form_whose_answer_was_lost_registers_one_when_it_is_sent_again(
    stand: Engine, signed_in: SignIn
) -> None:
    agency, once, name = await signed_in("agency"), uuid4().hex, f"Потерян {uuid4().hex}"
    form: Json = {**FORM, "course_name": name, "once": once, "learners.people": "Сидоров Иван"}
    register = Intake.register

    async def lost(*given: Any) -> None:
        await register(*given)
        raise Problem("unavailable")

    with patch.object(Intake, "register", lost):
        told = await send(agency, "/requests/new", form, letter=("п.pdf", SCAN))
    again = await send(agency, "/requests/new", {**form, "draft": draft_of(told)})

    assert told.count(f'name="once" value="{once}"') == 1
    assert "Запрос зарегистрирован." in again, again
    async with stand.sessions() as session:
        query = select(func.count()).where(col(Request.course_name) == name)
        assert await session.scalar(query) == 1

    # And where it is not the page itself that tells the problem.
    asked = {"token": await agency.token(), "once": once, "name": "Мой"}
    with patch("api.pages.asking.Api.post", side_effect=Problem("in-flight")):
        page = await agency.http.post("/saved-filters", data=asked, headers={"Referer": f"{HOME}/?search=x"})
    assert (page.status_code, page.text.count(f'name="once" value="{once}"')) == (409, 1)


async def test_a_file_that_is_not_taken_keeps_back_no_other(signed_in: SignIn) -> None:
    agency = await signed_in("agency")
    form: Json = {**FORM, "act": "save"}
    large = SCAN + bytes(spreadsheets.SIZE_MAX)

    page = await send(agency, "/requests/new", form, learners=("с.csv", b"-\n"), letter=("п.pdf", SCAN))
    larger = await send(agency, "/requests/new", form, learners=("с.csv", LIST), letter=("п.pdf", large))
    data = {"token": await agency.token(), **form}
    largest = await agency.http.post(
        "/requests/new", data=data, files={"file.letter": ("п.pdf", large), "file.learners": ("с", large * 2)}
    )

    assert "Перечень Пользователей («с.csv») — не приложено. В перечне нет ни одного человека." in page
    assert "Приложен: Скан письма («п.pdf»)" in page
    assert "Скан письма («п.pdf») — не приложено." in larger
    assert "Приложен: Перечень Пользователей («с.csv»), человек: 2" in larger
    assert "Обучение служащих</textarea>" in larger
    assert largest.status_code == 413
    assert "Файл больше 16 МБ." in largest.text
    assert "<nav" in largest.text
    text = await agency.http.post("/requests/check", data={**data, "goal": "ц" * 2**20})
    assert (text.status_code, "Отправлено слишком много" in text.text) == (413, True)


async def test_what_the_page_does_not_show_of_learners_is_kept(stand: Engine, signed_in: SignIn) -> None:
    agency = await signed_in("agency")
    people = [
        {"name": "Ли Ян", "email": "one@example.org", "post": "Врач", "organisation": ""},
        {"name": "Ли Ян", "email": "two@example.org", "post": "", "organisation": "ГКБ"},
        {"name": "Уходит Иван", "email": "gone@example.org", "post": "", "organisation": ""},
    ]
    saved = await stand.post("agency", "/drafts", {"goal": "Обучение", "learners": {"people": people}})
    draft = saved.json()["id"]
    assert 'maxlength="1000000"' in await agency.page(f"/requests/new?draft={draft}")
    form: Json = {**FORM, "draft": draft, "learners.people": "Ли Ян\nНовый Пётр\nЛи Ян"}

    await send(agency, "/requests/new", {**form, "act": "save"})
    shown = await stand.get("agency", f"/drafts/{draft}")
    receipt = await send(agency, "/requests/new", form)

    new = {"name": "Новый Пётр", "email": "", "post": "", "organisation": ""}
    assert shown["form"]["learners"]["people"] == [people[0], new, people[1]]
    number = re.search(r"Запрос № (\S+) зарегистрирован", receipt)
    assert number
    assert (await stand.row(number[1])).learners == [people[0], new, people[1]]


async def test_the_check_is_a_part_of_the_page_for_the_script_and_leads_to_joining(signed_in: SignIn) -> None:
    agency = await signed_in("agency")
    alike = {**FORM, "wanted": "category", "category": "", "category_name": "Медицина", "course_name": ""}

    unfinished = await agency.send("/requests/check", **{**FORM, "subsystem": "", "category": ""})
    found = await agency.send("/requests/check", **alike)
    joined = await agency.send("/requests/new", **{**alike, "act": "", "join": "4"})

    assert unfinished.status_code == 200
    assert "<li>Подсистема: выберите подсистему, в которой будут учиться</li>" in unfinished.text
    assert "<html" not in found.text
    assert "Владелец: Департамент здравоохранения" in found.text
    assert 'name="join" value="4"' in found.text
    assert 'value="course" selected' in joined.text
    assert 'value="4" selected' in joined.text
    assert 'name="category_name" type="text" value=""' in joined.text
