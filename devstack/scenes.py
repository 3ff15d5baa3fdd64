"""What pictures show beyond the stories: something alike to decide about, a plan, results with charts."""

from datetime import date, timedelta

from devstack.demo import course, steps
from devstack.demo.telling import Json
from devstack.demo.world import World
from devstack.keys import RESPONSIBLE_EMAIL
from devstack.request_form import request_form
from models.deadlines import local_date
from models.requests import Stage

_SURNAMES = ("Абрамов", "Белов", "Волков", "Громов", "Дроздов", "Ершов", "Жуков", "Зимин", "Козлов", "Орлов")
_NAMES = ("Алексей Игоревич", "Борис Олегович", "Виктор Львович", "Глеб Андреевич")
_ORGANISATIONS = (
    "Станция скорой помощи",
    "Областная больница № 1",
    "Областная больница № 2",
    "Родильный дом № 3",
)
_TAUGHT_DAYS = 24
"""How long ago the training with charts began."""


async def likeness(world: World, name: str) -> str:
    """A request for what already exists under this name; its number, once it waits for a decision."""
    number = str((await steps.file(world, request_form(course_name=name)))["number"])
    await steps.under_review(world, number)
    return number


async def plan(world: World, course_id: int) -> str:
    """A list that waits for its plan to be confirmed; its number."""
    lines = ["ФИО;Почта;Организация;Должность"]
    for at, name in enumerate(_people()[:24]):
        email = "не почта" if at in (5, 17) else f"u{at}.{course_id}@example.org"
        lines.append(f"{name};{email};{_ORGANISATIONS[at % 4]};фельдшер")
    path = f"/courses/{course_id}/enrolments?filename=spisok.csv"
    number = str((await world.upload("responsible", path, "\r\n".join(lines).encode()))["number"])

    async def is_planned() -> bool:
        shown: Json = await world.get("responsible", f"/enrolments/{number}")
        return bool(shown["state"]["code"] == "planned")

    await world.until(f"план {number}", is_planned)
    return number


async def results(world: World) -> str:
    """A training whose results came by a file, as its subsystem has no web services; its number."""
    name = steps.fresh("Пожарная безопасность в больнице")
    person = {**request_form()["responsible"], "name": "Иванова Мария Петровна", "email": RESPONSIBLE_EMAIL}
    form = request_form(course_name=name, subsystem="local", category=None, responsible=person)
    request = str((await steps.file(world, form))["number"])
    await steps.under_review(world, request)
    await world.post("reviewer", f"/requests/{request}/decision", {"outcome": "approved", "reason": "Нужен"})
    await steps.until_stage(world, request, Stage.SETUP)
    await world.letter(request, "", to="operator@example.org")
    done = {"done": ["course", "account", "role"]}
    await world.post("operator", f"/requests/{request}/setup/confirmation", done)
    await steps.until_stage(world, request, Stage.DONE)
    made = await course.in_register(world, name)
    today = local_date(world.began_at)
    began = today - timedelta(days=_TAUGHT_DAYS)
    form = {"title": "Осень 2026", "starts_on": str(began), "ends_on": str(today + timedelta(days=7))}
    training = await world.post("agency", f"/courses/{made['id']}/trainings", form, status=201)
    await steps.until_open(world, world.workflow(training["number"]))
    path = f"/trainings/{training['number']}/results"
    await world.upload("responsible", path, _table(began).encode(), status=200)
    return str(training["number"])


def _table(began: date) -> str:
    """Most have finished, week by week; some are under way, a few have not begun."""
    lines = ["ФИО;Почта;Организация;Состояние;Оценка %;Завершено"]
    for at, name in enumerate(_people()):
        grade = 45 + (at * 37) % 56
        day = began + timedelta(days=2 + (at * at) % (_TAUGHT_DAYS - 3))
        state = ("не начато", "в процессе")[at % 2] if at % 5 == 0 else "завершено"
        known = f"{grade};{day:%d.%m.%Y}" if state == "завершено" else ";"
        lines.append(f"{name};;{_ORGANISATIONS[at % 4]};{state};{known}")
    return "\n".join(lines)


def _people() -> list[str]:
    return [f"{surname} {name}" for name in _NAMES for surname in _SURNAMES]
