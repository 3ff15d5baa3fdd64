"""What becomes of a course once it is set up: built, asked about, opened, taught, certified (4.4-4.9)."""

from datetime import date, timedelta
from typing import NamedTuple

from devstack.demo import certified, steps
from devstack.demo.telling import Json, check, only, quote, say, title
from devstack.demo.world import World
from devstack.keys import RESPONSIBLE_EMAIL
from devstack.request_form import request_form
from models.calendar import WorkCalendar
from models.deadlines import end_of, local_date, morning_of
from models.requests import Stage
from models.results import State

_PASSWORD = "Lipa-2026-berega#"
_LIST = (
    "Фамилия;Имя;Отчество;Почта;Организация;Должность\r\n"
    "Лесной;Егор;Ильич;egor.{mark}@example.org;Станция скорой помощи;водитель\r\n"
    "Полевая;Анна;Сергеевна;anna.{mark}@example.org;Станция скорой помощи;диспетчер\r\n"
    "Речной;Пётр;Олегович;;Станция скорой помощи;водитель\r\n"
    "Озёрный;Ян;;не почта;Станция скорой помощи;водитель\r\n"
)


class Told(NamedTuple):
    """The course that the next story goes on with."""

    id: int
    moodle_id: int
    name: str


async def tell(world: World) -> Told:
    title("5. Курс живёт: от наполнения до результатов")
    course = await _is_set_up(world)
    await _is_declared_ready(world, course)
    await _is_asked_about(world, course)
    await _lets_learners_register_themselves(world, course)
    learners = await _learners_are_registered(world, course)
    await _a_learner_chooses_a_password(world, course)
    training = await _is_taught(world, course, learners)
    await certified.tell(world, course.name, training)
    return course


async def _is_set_up(world: World) -> Told:
    name = steps.fresh("Вождение в сложных условиях")
    responsible = {
        **request_form()["responsible"],
        "name": "Иванова Мария Петровна",
        "email": RESPONSIBLE_EMAIL,
    }
    number = (await steps.file(world, request_form(course_name=name, responsible=responsible)))["number"]
    await steps.under_review(world, number)
    await world.post("reviewer", f"/requests/{number}/decision", {"outcome": "approved", "reason": "Нужен"})
    await steps.until_stage(world, number, Stage.DONE)
    course = await in_register(world, name)
    made = only(
        "курс в Moodle", [one for one in (await world.moodle())["courses"] if one["fullname"] == name]
    )
    return Told(course["id"], made["id"], name)


async def in_register(world: World, name: str) -> Json:
    """The course as Appendix 1 shows it."""
    register = await world.get("agency", "/register")
    shelves = [shelf for one in register for shelf in (one, *one["categories"])]
    return only(
        f"в реестре есть курс «{name}»",
        [course for shelf in shelves for course in shelf["courses"] if course["name"] == name],
    )


async def _is_declared_ready(world: World, course: Told) -> None:
    say("П. 4.4. Ответственное лицо объявляет курс готовым, хотя он ещё пуст")
    ready = f"/courses/{course.id}/authoring/readiness"
    declared = (await world.post("responsible", ready))["declared"]
    check("система проверила его в Moodle и говорит, чего не хватает", not declared["ready"], seen=declared)
    quote([one["what"] for one in declared["findings"] if one["blocking"]])
    page = {"course_id": course.moodle_id, "modname": "page", "name": "Материалы", "completion": 1}
    made = await world.administer("add_activity", **page)
    await world.administer("set_criterion", cmid=made["id"])
    await world.administer("change_course", course_id=course.moodle_id, visible=1)
    declared = (await world.post("responsible", ready))["declared"]
    check("курс наполнен и открыт: готов", declared["ready"], seen=declared)


async def _is_asked_about(world: World, course: Told) -> None:
    question = "Как показать курс только сотрудникам скорой помощи?"
    asked = await world.post(
        "responsible", f"/courses/{course.id}/consultations", {"text": question}, status=201
    )
    await world.letter(course.name, "вопрос ответственного лица", to="operator@example.org")
    answer = {"text": "Создайте в курсе группу и ограничьте доступ её участниками."}
    await world.post("operator", f"/consultations/{asked['number']}/answers", answer)
    letter = await world.letter(course.name, "ответ Оператора", to=RESPONSIBLE_EMAIL)
    check("консультация: вопрос Оператору, ответ письмом", answer["text"] in " ".join(letter.text.split()))
    await world.post("responsible", f"/consultations/{asked['number']}/closing")


async def _lets_learners_register_themselves(world: World, course: Told) -> None:
    say("П. 4.5, первый способ: самостоятельная регистрация")
    way = await world.post("responsible", f"/courses/{course.id}/self-registration", status=201)
    number = way["number"]
    await world.letter(course.name, "не могут записаться сами", to="operator@example.org")
    say("Оператор включает на сайте регистрацию, ответственное лицо — самостоятельную запись на курс")
    await world.administer("change_settings", registerauth="email")
    await world.administer("open_enrolment", course_id=course.moodle_id)
    await world.post("responsible", f"/enrolments/{number}/check")
    letter = await world.letter(course.name, "инструкция для Пользователей", to=RESPONSIBLE_EMAIL)
    check(f"письмо: «{letter.subject}»", bool(letter.text))
    sheet = await world.download("responsible", f"/enrolments/{number}/instruction")
    check(f"лист с QR-кодом для Пользователей, PDF, {len(sheet) // 1024} КиБ", sheet.startswith(b"%PDF"))


async def _learners_are_registered(world: World, course: Told) -> str:
    say("П. 4.5, второй способ: список Пользователей")
    mark = course.name[-6:]
    content = _LIST.format(mark=mark).encode("cp1251")
    path = f"/courses/{course.id}/enrolments?filename=list.csv"
    number = str((await world.upload("responsible", path, content))["number"])
    planned = await _enrolment_is(world, number, "planned")
    counts = planned["counts"]
    known = counts.get("existing", 0)
    check(
        f"план: новых {counts['new']}, уже в Moodle {known}, с ошибкой 1; ничего ещё не изменено",
        (counts["new"] + known, counts["wrong"]) == (3, 1),
        seen=counts,
    )
    wrong = (await world.get("responsible", f"/enrolments/{number}/rows?verdict=wrong"))["items"]
    quote([f"строка {one['row']}: {one['why']}" for one in wrong])
    await world.post("responsible", f"/enrolments/{number}/confirmation")
    done = await _enrolment_is(world, number, "done")
    check("план подтверждён: все трое записаны на курс", done["counts"]["enrolled"] == 3, seen=done)
    slips = await world.obtain("responsible", f"/enrolments/{number}/slips")
    check("листок с кодом для того, у кого нет почты, PDF", slips.startswith(b"%PDF"))
    return number


async def _enrolment_is(world: World, number: str, state: str) -> Json:
    async def has_come() -> Json | None:
        shown: Json = await world.get("responsible", f"/enrolments/{number}")
        return shown if shown["state"]["code"] == state else None

    return await world.until(f"список {number}: {state}", has_come)


async def _a_learner_chooses_a_password(world: World, course: Told) -> None:
    letter = await world.letter(course.name, "Ваш вход", to=f"egor.{course.name[-6:]}@example.org")
    link = next(word for word in letter.text.split() if "/claim/" in word)
    check(f"Пользователь получил письмо с одноразовым кодом: «{letter.subject}»", bool(link))
    page = await world.claim(link.rpartition("/")[2], _PASSWORD)
    check(
        "он выбрал пароль на открытой странице, и пароль сразу ушёл в Moodle",
        "Пароль сохранён" in page,
        seen=page,
    )
    again = await world.claim(link.rpartition("/")[2], _PASSWORD)
    check("второй раз код не действует", again != page)


async def _is_taught(world: World, course: Told, learners: str) -> str:
    """The training, over."""
    say("П. 4.6. Владелец назначает обучение на три недели")
    starts_on = _next_working_day(local_date(world.began_at))
    ends_on = starts_on + timedelta(days=21)
    form = {
        "title": "Осенний поток",
        "starts_on": str(starts_on),
        "ends_on": str(ends_on),
        "lists": [learners],
    }
    number = (await world.post("agency", f"/courses/{course.id}/trainings", form, status=201))["number"]
    training = world.workflow(number)
    await steps.until_open(world, training)
    await world.skip_to(training, morning_of(starts_on) + timedelta(minutes=1))
    letter = await world.letter(course.name, "Обучение", to=f"anna.{course.name[-6:]}@example.org")
    check(f"утром первого дня Пользователям написали: «{letter.subject}»", bool(letter.text))
    moodle = await world.moodle()
    [egor] = [one["id"] for one in moodle["users"] if one["email"].startswith(f"egor.{course.name[-6:]}@")]
    await world.administer("finish_course", user_id=egor, course_id=course.moodle_id)
    say("Один прошёл курс, двое не начинали; время идёт…")
    await world.skip_to(training, end_of(ends_on) + timedelta(minutes=1), until_end=True)
    await training.result()
    letters = [one.subject for one in world.letters(course.name) if "anna." in one.recipients[0]]
    check("тем, кто не начал или не закончил, напомнили письмом", len(letters) >= 3, seen=letters)
    await _results_are_kept(world, number)
    return str(number)


def _next_working_day(day: date) -> date:
    """Letters go on working mornings."""
    following = day + timedelta(days=1)
    return following if WorkCalendar().is_working(following) else _next_working_day(following)


async def _results_are_kept(world: World, number: str) -> None:
    results = await world.get("responsible", f"/trainings/{number}/results")
    say("П. 4.7. Результаты сохранены такими, какими были в последний день")
    quote([f"{one['name']}: {State(one['state']).russian}" for one in results["learners"]])
    check("в результатах все трое", len(results["learners"]) == 3, seen=len(results["learners"]))
    for form, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        content = await world.download("responsible", f"/trainings/{number}/results.{form}")
        check(f"выгрузка {form.upper()}, {len(content) // 1024} КиБ", content.startswith(begins))
