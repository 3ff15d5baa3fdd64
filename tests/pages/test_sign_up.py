"""The public page of a sign-up: anybody signs up by it, the waiting list is said before and after."""

from tests.engine import Engine, Json
from tests.pages.people import HOME, Browsers, Person, SignIn
from tests.pages.test_case import HOSTILE
from tests.workflows import sign_ups
from tests.workflows.trainings import course_of_its_own, opened

FORM: Json = {"surname": "Петрова", "first_name": "Анна", "email": "petrova@example.org"}


async def sent(person: Person, number: str, **fields: str) -> tuple[int, str]:
    """The form as the page has it, for somebody who is not signed in."""
    page = await person.page(f"/sign-up/{number}")
    token = page.split('name="token" value="')[1].split('"')[0]
    response = await person.http.post(f"/sign-up/{number}", data={"token": token, **fields})
    return response.status_code, response.text


async def test_anybody_signs_up_and_the_next_one_is_told_of_the_waiting_list(
    stand: Engine, somebody: Browsers
) -> None:
    number = str(
        (await sign_ups.open_to_all(stand, course=await course_of_its_own(stand), places=1))["number"]
    )
    anna, boris = await somebody(), await somebody()
    assert "свободно 1 из 1" in await anna.page(f"/sign-up/{number}")

    first = await sent(anna, number, **FORM)
    before = await boris.page(f"/sign-up/{number}")
    second = await sent(boris, number, **{**FORM, "email": "boris@example.org", "post": HOSTILE[:200]})

    assert "Заявка принята: на рассмотрении." in first[1], first[1]
    assert "вы попадёте в лист ожидания" in before
    assert "Вы записаны: в листе ожидания.</b> Когда место освободится, мы напишем." in second[1]
    assert await sign_ups.standings(stand, number) == {"petrova": "applied", "boris": "waiting"}


async def test_what_is_wrong_stands_at_its_field_and_the_rest_stays(
    stand: Engine, somebody: Browsers
) -> None:
    number = str((await sign_ups.open_to_all(stand, course=await course_of_its_own(stand)))["number"])
    person = await somebody()

    status, page = await sent(person, number, surname=HOSTILE, email="нет")

    assert status == 422
    assert 'id="email-wrong">это не адрес электронной почты' in page
    assert 'id="first_name-wrong">' in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert await sign_ups.standings(stand, number) == {}


async def test_a_form_without_its_token_signs_nobody_up(stand: Engine, somebody: Browsers) -> None:
    number = str((await sign_ups.open_to_all(stand, course=await course_of_its_own(stand)))["number"])
    person = await somebody()
    await person.page(f"/sign-up/{number}")

    for headers, token in (({}, ""), ({"Origin": "https://evil.example"}, "x")):
        response = await person.http.post(
            f"/sign-up/{number}", data={**FORM, "token": token}, headers={"Origin": HOME, **headers}
        )
        assert response.status_code == 403

    assert await sign_ups.standings(stand, number) == {}


async def test_a_training_without_a_sign_up_has_no_such_page(
    stand: Engine, somebody: Browsers, signed_in: SignIn
) -> None:
    training = await opened(stand, await course_of_its_own(stand))
    path = f"/sign-up/{training['number']}"

    assert (await (await somebody()).open(path)).status_code == 404
    assert "страница записи" not in await (await signed_in("agency")).page(f"/trainings/{training['number']}")


async def test_a_list_of_the_accepted_is_named_by_where_it_comes_from(
    stand: Engine, signed_in: SignIn
) -> None:
    course = await course_of_its_own(stand)
    number = str((await sign_ups.open_to_all(stand, course=course))["number"])
    await sign_ups.accepted(stand, number)
    owner = await signed_in("agency")

    answer = await owner.send(f"/trainings/{number}/sign-ups/enrolment")

    assert "Список из записи на обучение" in answer.text, answer.text
    assert "Файл «" not in answer.text
    assert "из записи на обучение</span>" in await owner.page(f"/courses/{course.id}")
