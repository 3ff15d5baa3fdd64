"""The main act of each role by the keyboard alone, in a real browser."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from playwright.async_api import Browser, expect

from devstack import chromium
from devstack.keys import HOLDERS
from models.requests import Stage
from tests import certificates
from tests.api import words
from tests.engine import Engine
from tests.pages.keyboard import Keyboard
from tests.workflows import enrolments
from tests.workflows.trainings import course_of_its_own

pytestmark = pytest.mark.skipif(chromium.CHROMIUM is None, reason=chromium.NONE)


async def _refuse(keys: Keyboard, url: str, stand: Engine) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    await keys.page.goto(f"{url}/cases/{number}")
    await keys.skip_to_content()
    await keys.press("Создать: запрос уйдёт Оператору", "ArrowDown", role="radio")
    await keys.choose("Основание п. 4.2")
    await keys.press("перечень Пользователей учебного курса", "Space", role="checkbox")
    await keys.press("Принять решение")
    await keys.is_told("Не получилось.")
    await keys.write("Причина", "Нет перечня")
    await keys.press("Принять решение")
    await keys.is_told("Запросу отказано.")


async def _file(keys: Keyboard, url: str, stand: Engine) -> None:
    await keys.press("Новый запрос", role="link")
    await keys.page.wait_for_url("**/requests/new")
    await keys.skip_to_content()
    await keys.choose("Подсистема обязательно")
    await keys.choose("Категория, в которой создать курс")
    await keys.write("Название учебного курса", "Курс с клавиатуры")
    await keys.write("Цель обязательно", "Обучение водителей")
    await keys.write("Кто будет учиться", "Водители, 40 человек")
    await keys.choose("Порядок доступа (п. 4.5)")
    await keys.write("Фамилия, имя, отчество обязательно", "Иванова Мария Петровна")
    await keys.press("Проверить")
    await keys.is_told("Запрос полон, его можно подать")
    await keys.press("Подать запрос")
    await keys.is_told("Запрос зарегистрирован.")


async def _set_up_and_answer(keys: Keyboard, url: str, stand: Engine) -> None:
    number = await stand.file_local()
    await stand.reviewing(number)
    await stand.approve(number)
    await stand.setting_up(number)
    course = await course_of_its_own(stand)
    asked = await stand.post("responsible", f"/courses/{course.id}/consultations", {"text": "Как?"})
    await keys.page.goto(f"{url}/cases/{number}")
    await keys.skip_to_content()
    boxes = keys.page.get_by_role("checkbox")
    for at in range(await boxes.count()):
        await keys.to(boxes.nth(at))
        await keys.page.keyboard.press("Space")
    await keys.write("Адрес созданного курса или категории", "https://local.example.org/course/1")
    await keys.press("Отметить")
    await keys.is_told("Исполнение завершено.")
    await words.until_stage(stand, number, Stage.DONE)
    await keys.page.goto(f"{url}/cases/{asked.json()['number']}")
    await keys.skip_to_content()
    await keys.write("Ответ обязательно", "Вот так.")
    await keys.press("Ответить")
    await keys.is_told("Ответ отправлен")


async def _upload_and_confirm(keys: Keyboard, url: str, stand: Engine) -> None:
    course = await course_of_its_own(stand)
    await keys.page.goto(f"{url}/courses/{course.id}")
    await keys.skip_to_content()
    chooser = await keys.open_files("Файл CSV или XLSX")
    content = enrolments.table(enrolments.people(2))
    await chooser.set_files({"name": "список.csv", "mimeType": "text/csv", "buffer": content})
    await keys.press("Загрузить")
    await keys.is_told("Список принят")
    # The plan comes by itself, and the message is still where the hands are.
    await expect(keys.page.get_by_role("button", name="Подтвердить план")).to_be_visible(timeout=20_000)
    await keys.is_told("Список принят")
    await keys.press("Подтвердить план")
    await keys.is_told("План подтверждён")
    await expect(keys.page.locator("[aria-live]")).to_contain_text("Записано на курс: 2 из 2")


async def _certify(keys: Keyboard, url: str, stand: Engine) -> None:
    over = await certificates.over(stand, certificates.person("Лесной Егор Ильич"))
    await keys.page.goto(f"{url}/trainings/{over}/certification")
    await keys.skip_to_content()
    await keys.write("Академических часов", "16")
    await keys.press("Выдать документы")
    await keys.is_told("Решение принято, документы выдаются.")
    await certificates.finished(stand, keys.page.url.rpartition("/")[2])


async def _filter(keys: Keyboard, url: str, stand: Engine) -> None:
    await keys.press("Соблюдение", role="link")
    await keys.page.wait_for_url("**/clauses")
    await keys.skip_to_content()
    await keys.choose("Дела, открытые")
    await keys.press("Показать")
    await keys.page.wait_for_url("**/clauses?months=12&**")
    await keys.page.goto(url)
    await keys.skip_to_content()
    await keys.to(keys.page.locator(".counters a.overdue"))
    await keys.page.keyboard.press("Enter")
    await keys.page.wait_for_url("**/?pressure=overdue*")


async def _amend(keys: Keyboard, url: str, stand: Engine) -> None:
    await keys.press("Календарь", role="link")
    await keys.page.wait_for_url("**/calendar")
    await keys.skip_to_content()
    # A Tuesday of a year in which no test has a case.
    await keys.write_day("День обязательно", date(2020, 3, 17))
    await keys.write("Решение обязательно", "проект постановления")
    await keys.press("Какие дела сдвинутся")
    await keys.is_told("17 марта 2020 г. станет выходным")
    await keys.press("Изменить календарь")
    await keys.is_told("Календарь изменён.")
    await keys.to(keys.page.get_by_role("table").locator("summary").first)
    await keys.page.keyboard.press("Enter")
    await keys.write("Решение об отмене", "ошибка")
    await keys.press("Отменить изменение")
    await keys.is_told("Изменение отменено.")


_ACTS: dict[str, Callable[[Keyboard, str, Engine], Awaitable[None]]] = {
    "reviewer": _refuse,
    "agency": _file,
    "operator": _set_up_and_answer,
    "responsible": _upload_and_confirm,
    "owner": _certify,
    "supervisor": _filter,
    "admin": _amend,
}


@pytest.mark.parametrize("role", _ACTS)
async def test_the_main_act_of_a_role_needs_no_mouse(
    browser: Browser, url: str, stand: Engine, role: str
) -> None:
    async with await browser.new_context() as context:
        page = await chromium.sign_in(context, url, HOLDERS["agency" if role == "owner" else role].name)

        await _ACTS[role](Keyboard(page), url, stand)
