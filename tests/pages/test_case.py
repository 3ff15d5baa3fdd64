"""The page of a case: what it shows, and that its panel offers what the API accepts."""

import re

import pytest
from sqlmodel import col, select

from api.auth import Role
from models.requests import Stage
from models.tables import JournalEntry
from tests.api import words
from tests.engine import Engine, Json
from tests.pages.people import HOME, Person, SignIn

HOSTILE = "<script>alert(1)</script>\"'>&{{7*7}} Ж𝒜" + "w" * 60 + "\u202eabc"


def offered(page: str) -> set[str]:
    """The acts whose forms the page shows."""
    return set(re.findall(r'action="/cases/[^/"]+/([a-z]+)"', page))


async def acts(stand: Engine, number: str) -> list[str]:
    """What people have done, by the journal."""
    query = select(JournalEntry.what).where(
        col(JournalEntry.number) == number, col(JournalEntry.actor).startswith("key-")
    )
    async with stand.sessions() as session:
        return list((await session.scalars(query.order_by(col(JournalEntry.id)))).all())


async def test_a_reviewer_decides_on_the_page(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")

    page = await reviewer.page(f"/cases/{number}")
    assert {"claim", "decision"} <= offered(page)
    assert "на рассмотрении" in page
    assert "Почему эта дата" in page

    page = (await reviewer.send(f"/cases/{number}/claim")).text
    assert "взят вами в работу" in page
    assert "release" in offered(page)

    assert ", в работе у: " in page

    answer = await reviewer.send(f"/cases/{number}/decision", outcome="approved", reason="Аналогов нет")
    assert ", в работе у: " not in answer.text
    assert "Принято решение создать." in answer.text
    await words.until_stage(stand, number, Stage.DONE)
    page = await reviewer.page(f"/cases/{number}")
    assert offered(page) == set()
    assert "Аналогов нет" in page


async def test_a_refusal_keeps_what_was_typed_until_it_is_accepted(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")
    typed: Json = {"outcome": "refused", "reason": "Нет перечня слушателей", "missing": "learners"}

    answer = await reviewer.send(f"/cases/{number}/decision", **typed)
    assert answer.status_code == 422
    assert "Укажите основание отказа" in answer.text
    assert "Нет перечня слушателей</textarea>" in answer.text
    assert re.search(r'value="learners" checked', answer.text)

    answer = await reviewer.send(f"/cases/{number}/decision", **typed, ground="incomplete")
    assert answer.status_code == 200
    agency = await signed_in("agency")
    page = await agency.page(f"/cases/{number}")
    assert 'id="refusal"' in page
    assert "Нет перечня слушателей" in page
    assert "перечень Пользователей учебного курса" in page


async def test_a_form_sent_twice_decides_once(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")
    form: Json = {"outcome": "approved", "reason": "Аналогов нет", "once": "the-same"}

    answers = [await reviewer.send(f"/cases/{number}/decision", **form) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert sum("Решение" in line for line in await stand.journal(number)) <= 1


async def test_the_second_of_two_reviewers_is_told(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    one, other = await signed_in("reviewer"), await signed_in("supervisor")
    form: Json = {"outcome": "approved", "reason": "Аналогов нет"}

    first = await one.send(f"/cases/{number}/decision", **form)
    second = await other.send(f"/cases/{number}/decision", **form)

    assert first.status_code == 200
    assert second.status_code == 409
    assert "Этот этап дела уже пройден" in second.text or "уже принято решение" in second.text


async def test_the_agency_withdraws(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    agency = await signed_in("agency")
    assert offered(await agency.page(f"/cases/{number}")) == {"withdrawal"}

    answer = await agency.send(f"/cases/{number}/withdrawal", reason="Проведём очно")

    assert "Запрос отозван." in answer.text


async def test_the_operator_ticks_off_what_is_done_by_hand(stand: Engine, signed_in: SignIn) -> None:
    number = await words.by_hand(stand)
    operator = await signed_in("operator")

    async def checklist() -> set[str]:
        page = await operator.page(f"/cases/{number}")
        return offered(page) if "confirmation" in offered(page) else set()

    acts = await stand.until(checklist)
    assert acts == {"confirmation", "obstacle", "order"}
    answer = await operator.send(f"/cases/{number}/confirmation", done=["course", "account"])
    assert "Отмечено. Осталось: роль" in answer.text
    assert answer.text.count("Сделано: ") == 2

    answer = await operator.send(
        f"/cases/{number}/confirmation", done=["role"], url="http://test.example.org/course/view.php?id=3"
    )
    assert "Исполнение завершено." in answer.text


async def test_the_last_tick_without_an_address_is_said_twice(stand: Engine, signed_in: SignIn) -> None:
    number = await words.by_hand(stand)
    operator = await signed_in("operator")
    fields = {"token": await operator.token(), "done": ["course", "account", "role"], "url": ""}

    held = await operator.http.post(
        f"/cases/{number}/confirmation", data=fields, headers={"Referer": f"{HOME}/cases/{number}"}
    )
    stage = (await stand.row(number)).stage
    anyway = await operator.send(f"/cases/{number}/confirmation", done=fields["done"], act="anyway")

    assert held.status_code == 422
    assert "ссылки на созданное не будет" in held.text
    assert "Отметить без адреса" in held.text
    assert stage == "setup"
    assert "Исполнение завершено." in anyway.text


async def test_an_address_given_with_an_earlier_tick_is_enough(stand: Engine, signed_in: SignIn) -> None:
    path = f"/cases/{await words.by_hand(stand)}/confirmation"
    operator = await signed_in("operator")

    await operator.send(path, done=["course"], url="http://test.example.org/course/view.php?id=3")
    answer = await operator.send(path, done=["account", "role"])

    assert "Исполнение завершено." in answer.text


async def test_what_was_ticked_stays_ticked_when_the_address_is_none(
    stand: Engine, signed_in: SignIn
) -> None:
    number = await words.by_hand(stand)
    operator = await signed_in("operator")
    fields = {"token": await operator.token(), "done": ["course", "role"], "url": "нет"}

    again = await operator.http.post(
        f"/cases/{number}/confirmation", data=fields, headers={"Referer": f"{HOME}/cases/{number}"}
    )

    assert again.status_code == 422
    ticked = re.findall(r'name="done" value="(\w+)" checked', again.text)
    assert ticked == ["course", "role"]


async def test_an_obstacle_without_words_is_told(stand: Engine, signed_in: SignIn) -> None:
    number = await words.by_hand(stand)
    operator = await signed_in("operator")

    blank = await operator.send(f"/cases/{number}/obstacle", text=" ")
    said = await operator.send(f"/cases/{number}/obstacle", text="Рабочее место отключено")

    assert blank.status_code == 422
    assert "слишком коротко" in blank.text
    assert said.status_code == 200


async def test_what_is_missing_of_the_responsible_is_asked_for(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file(responsible={"name": "Иванова Мария Петровна"})
    agency = await signed_in("agency")
    assert "responsible" in offered(await agency.page(f"/cases/{number}"))

    answer = await agency.send(
        f"/cases/{number}/responsible", post="Методист", email="m.ivanova@example.org", phone="+7"
    )

    assert answer.status_code == 200
    assert "responsible" not in offered(answer.text)


@pytest.mark.parametrize(
    "act", ["claim", "release", "decision", "withdrawal", "confirmation", "retry", "obstacle", "order"]
)
async def test_nobody_does_by_a_form_what_their_role_does_not(
    stand: Engine, signed_in: SignIn, act: str
) -> None:
    """Every form that the page does not offer is refused too, and nothing comes of it."""
    number = await stand.file()
    await stand.reviewing(number)
    everything: Json = {"outcome": "approved", "reason": "да", "text": "нет", "done": "course"}
    may = {"claim": ("reviewer", "supervisor"), "withdrawal": ("agency",)}
    may |= {"release": may["claim"], "decision": may["claim"]}
    before = await acts(stand, number)

    for role in ("agency", "reviewer", "operator", "admin", "responsible"):
        if role in may.get(act, ()):
            continue
        answer = await (await signed_in(role)).send(f"/cases/{number}/{act}", **everything)
        assert answer.status_code in (403, 404), role

    assert await acts(stand, number) == before


async def test_anothers_case_is_not_there(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    stranger = await signed_in(await words.issue(stand, Role.AGENCY, "trud", "Чужой"))

    for path in ("", "/state", "/documents/1"):
        assert (await stranger.open(f"/cases/{number}{path}")).status_code == 404


async def test_hostile_text_stays_text(stand: Engine, signed_in: SignIn) -> None:
    person = {"name": HOSTILE, "post": HOSTILE, "email": "m.ivanova@example.org", "phone": HOSTILE}
    number = await stand.file(
        course_name=HOSTILE, goal=HOSTILE, learners={"description": HOSTILE}, responsible=person
    )
    await stand.reviewing(number)

    for role in ("agency", "reviewer"):
        reader: Person = await signed_in(role)
        for path in (f"/cases/{number}", f"/?search={number}"):
            page = await reader.page(path)

            assert "<script>alert" not in page
            assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&gt;&amp;{{7*7}} Ж𝒜" in page


async def test_documents_and_letters_are_there_to_open(stand: Engine, signed_in: SignIn) -> None:
    number = await words.refused(stand)
    agency = await signed_in("agency")

    page = await agency.page(f"/cases/{number}")
    link = re.search(rf'href="(/cases/{number}/documents/\d+)"', page)
    assert link
    document = await agency.open(link[1])

    assert document.headers["content-type"] == "application/pdf"
    assert document.headers["content-disposition"].startswith("attachment")
    assert "Отказ — инициатор" in page


async def test_the_word_of_state_changes_when_something_happens(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    reviewer = await signed_in("reviewer")

    async def are_delivered() -> bool:
        return [one.state for one in await stand.letters(number)] == ["delivered"] * 2

    await stand.until(are_delivered)
    before = await reviewer.page(f"/cases/{number}/state")
    assert await reviewer.page(f"/cases/{number}/state") == before

    await reviewer.send(f"/cases/{number}/claim")

    assert await reviewer.page(f"/cases/{number}/state") != before


async def test_an_agency_is_told_how_long_it_usually_takes(stand: Engine, signed_in: SignIn) -> None:
    await words.refused(stand)
    number = await stand.file()
    await stand.reviewing(number)

    assert "Обычно решение принимают" in await (await signed_in("agency")).page(f"/cases/{number}")


async def test_after_a_decision_the_next_request_is_offered(stand: Engine, signed_in: SignIn) -> None:
    late = await stand.file_paper("2019-03-04")
    number = await stand.file()
    for one in (late, number):
        await stand.reviewing(one)
    form: Json = {"outcome": "approved", "reason": "Аналогов нет"}

    answer = await (await signed_in("reviewer")).send(f"/cases/{number}/decision", **form)

    following = re.search(r'href="/cases/([^"]+)">Дальше: Запрос', answer.text)
    assert following
    assert (await stand.row(following[1])).stage == Stage.REVIEW


async def test_a_form_that_was_sent_and_is_changed_after_going_back_is_told(
    stand: Engine, signed_in: SignIn
) -> None:
    number = await words.by_hand(stand)
    operator = await signed_in("operator")
    await operator.send(f"/cases/{number}/obstacle", text="Нет света", once="one-form")

    again = await operator.send(f"/cases/{number}/obstacle", text="Нет связи", once="one-form")

    assert again.status_code == 422
    assert "Эта форма уже отправлена" in again.text
    assert "Idempotency" not in again.text
