"""Filing by the page: what is missing is told before, what was typed stays, the receipt, paper letters."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from models.requests import Stage
from models.tables import Request
from tests.api import words
from tests.engine import Engine, Json
from tests.pages.people import SignIn

FORM: Json = {
    "act": "file",
    "wanted": "course",
    "subsystem": "edu",
    "category": "2",
    "course_name": "Кибергигиена для всех",
    "goal": "Обучение служащих",
    "learners.description": "Служащие, 100 человек",
    "access": "by_responsible",
    "responsible.name": "Иванова Мария Петровна",
    "responsible.post": "Методист",
    "responsible.email": "m.ivanova@example.org",
    "responsible.phone": "+7 3452 55-00-00",
}


async def _filed(engine: Engine, name: str) -> int:
    async with engine.sessions() as session:
        query = select(func.count()).where(col(Request.course_name) == name)
        return await session.scalar(query) or 0


async def test_an_agency_files_and_gets_a_receipt(stand: Engine, signed_in: SignIn) -> None:
    agency = await signed_in("agency")
    assert "Цель" in await agency.page("/requests/new")

    form: Json = {**FORM, "learners.people": "Сидоров Иван\r\n\r\nПетрова Анна"}

    answer = await agency.send("/requests/new", **form)

    found = re.fullmatch(r"/cases/(\d{4}-\d{6})/receipt", answer.url.path)
    assert found, answer.text
    assert "Запрос зарегистрирован." in answer.text
    row = await stand.row(found[1])
    assert (row.course_name, len(row.learners), row.responsible_email) == (
        "Кибергигиена для всех",
        2,
        "m.ivanova@example.org",
    )
    assert found[1] in await agency.page("/requests")


async def test_a_check_tells_what_is_missing_and_registers_nothing(stand: Engine, signed_in: SignIn) -> None:
    agency = await signed_in("agency")
    name = f"Охрана труда {uuid4().hex}"

    answer = await agency.send(
        "/requests/new", **{**FORM, "act": "check", "course_name": name, "goal": "", "responsible.phone": ""}
    )

    assert answer.status_code == 200
    assert "<li>цель учебного курса</li>" in answer.text
    assert "Это спросят письмом, но не откажут: телефон." in answer.text
    assert "черновик" in answer.text
    assert f'value="{name}"' in answer.text
    assert await _filed(stand, name) == 0


async def test_a_check_names_all_that_is_missing_at_once(stand: Engine, signed_in: SignIn) -> None:
    agency, reviewer = await signed_in("agency"), await signed_in("reviewer")
    form = {**FORM, "subsystem": "", "category": "", "goal": "", "act": "check"}

    asked = await agency.send("/requests/new", **form)
    filed = await agency.send("/requests/new", **{**form, "act": "file"})
    paper = await reviewer.send("/requests/paper", **form)

    for text in ("Подсистема: выберите", "Категория: выберите", "цель учебного курса"):
        assert f"<li>{text}" in asked.text
        assert f"<li>{text}" in paper.text
    assert 'id="subsystem-wrong"' in asked.text
    assert "<b>Запрос не подан.</b> Дополните его." in filed.text
    assert "Подать неполным" not in filed.text
    wrong = await agency.send("/requests/new", **{**form, "responsible.email": "иванова"})
    assert "Заполнено неверно" in wrong.text
    assert "<li>Почта ответственного лица: " in wrong.text
    assert "<li>цель учебного курса</li>" in wrong.text
    assert "Это спросят письмом" not in wrong.text
    too_long = await agency.send("/requests/new", **{**form, "goal": "ц" * 10_001})
    assert "<li>Цель: " in too_long.text
    assert "<li>цель учебного курса</li>" not in too_long.text
    assert "<li>От кого: поле обязательно</li>" in paper.text
    assert "<li>Дата поступления: поле обязательно</li>" in paper.text


async def test_a_check_shows_what_is_alike(stand: Engine, signed_in: SignIn) -> None:
    name = f"Пчеловодство в теплицах {uuid4().hex[:4]}"
    await words.done(stand, course_name=name)

    answer = await (await signed_in("agency")).send(
        "/requests/new", **{**FORM, "act": "check", "course_name": name}
    )

    assert "Похожее уже есть" in answer.text
    assert answer.text.count(name) >= 2


async def test_an_incomplete_request_is_held_once_and_the_receipt_says_what_follows(
    stand: Engine, signed_in: SignIn
) -> None:
    agency = await signed_in("agency")
    form = {**FORM, "goal": ""}

    held = await agency.send("/requests/new", **form)
    assert "Запрос не подан" in held.text
    assert "Подать неполным" in held.text
    answer = await agency.send("/requests/new", **{**form, "act": "anyway"})

    assert "В создании откажут" in answer.text
    number = answer.url.path.split("/")[2]
    await words.until_stage(stand, number, Stage.REFUSED)


async def test_what_is_wrong_stands_at_its_field_and_the_rest_stays(signed_in: SignIn) -> None:
    answer = await (await signed_in("agency")).send("/requests/new", **{**FORM, "responsible.email": "нет"})

    assert answer.status_code == 422
    assert 'id="responsible.email-wrong">это не адрес электронной почты' in answer.text
    assert "Обучение служащих</textarea>" in answer.text


async def test_a_form_sent_twice_registers_one(stand: Engine, signed_in: SignIn) -> None:
    agency = await signed_in("agency")
    name = f"Дважды {uuid4().hex}"
    form: Json = {**FORM, "course_name": name, "once": uuid4().hex}

    answers = [await agency.send("/requests/new", **form) for _ in range(2)]

    assert answers[0].url == answers[1].url
    assert await _filed(stand, name) == 1


async def test_the_authority_registers_a_letter_of_long_ago(stand: Engine, signed_in: SignIn) -> None:
    reviewer = await signed_in("reviewer")

    answer = await reviewer.send("/requests/paper", **FORM, agency="zdrav", received_on="2026-03-02")

    assert answer.url.path.endswith("/receipt"), answer.text
    row = await stand.row(answer.url.path.split("/")[2])
    assert row.is_paper
    assert str(row.received_on) == "2026-03-02"


async def test_a_paper_letter_of_tomorrow_is_told(signed_in: SignIn) -> None:
    answer = await (await signed_in("reviewer")).send(
        "/requests/paper", **FORM, agency="zdrav", received_on="2099-01-01"
    )

    assert answer.status_code == 422
    assert "дата поступления не может быть в будущем" in answer.text


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("reviewer", "/requests/new"),
        ("operator", "/requests/new"),
        ("agency", "/requests/paper"),
        ("admin", "/requests/paper"),
    ],
)
async def test_a_wrong_role_gets_no_form_and_files_nothing(
    stand: Engine, signed_in: SignIn, role: str, path: str
) -> None:
    person = await signed_in(role)
    name = f"Чужой {uuid4().hex}"
    form = {**FORM, "course_name": name, "agency": "zdrav", "received_on": "2026-03-02"}

    assert (await person.open(path)).status_code == 403
    assert (await person.send(path, **form)).status_code == 403
    assert await _filed(stand, name) == 0


async def test_a_refused_request_is_written_anew_from_what_it_said(stand: Engine, signed_in: SignIn) -> None:
    agency = await signed_in("agency")
    refused = await stand.file(goal="", course_name="Охрана труда заново")

    page = await agency.page(f"/requests/new?previous={refused}")

    assert 'value="Охрана труда заново"' in page
    assert f'value="{refused}"' in page
    assert (await agency.open("/requests/new?previous=2019-000001")).status_code == 404
