"""The responsible of a course leaves (clause 4.8)."""

from datetime import timedelta

from devstack.demo import course, steps
from devstack.demo.course import Told
from devstack.demo.telling import check, quote, say, title
from devstack.demo.world import World
from devstack.keys import RESPONSIBLE_EMAIL, SUCCESSOR_EMAIL
from models.deadlines import local_date


async def tell(world: World, told: Told) -> None:
    title("6. Ответственное лицо сменилось")
    yesterday = local_date(world.began_at) - timedelta(days=1)
    form = {
        "email": RESPONSIBLE_EMAIL,
        "powers_ended_on": str(yesterday),
        "successor": {"name": "Смирнов Пётр Андреевич", "post": "Методист", "email": SUCCESSOR_EMAIL},
    }
    number = (await world.post("agency", "/replacements", form, status=201))["number"]
    say(f"Иванова М. П. не отвечает за курсы с {steps.day(str(yesterday))}, её сменит Смирнов П. А.")
    await world.letter("", "Вы назначены ответственным лицом", to=SUCCESSOR_EMAIL)
    await _rights_have_moved(world, told)
    await world.post("successor", f"/replacements/{number}/accept")
    letter = await world.letter("", "Ответственное лицо сменилось", to=SUCCESSOR_EMAIL)
    check("преемник принял курсы и получил список открытого", bool(letter.text))
    await world.finished(number)
    shown = await course.in_register(world, told.name)
    check("в реестре — новое ответственное лицо", "Смирнов" in (shown["responsible"] or ""), seen=shown)
    await steps.tell_journal(world, number)


async def _rights_have_moved(world: World, told: Told) -> None:
    moodle = await world.moodle()
    ids = {one["email"]: one["id"] for one in moodle["users"]}
    active = [
        one["user_id"]
        for one in moodle["enrolments"]
        if one["course_id"] == told.moodle_id and one.get("status", 0) == 0
    ]
    check("у преемника есть доступ к курсу в Moodle", ids[SUCCESSOR_EMAIL] in active, seen=active)
    check(
        "а у прежнего ответственного лица его больше нет", ids[RESPONSIBLE_EMAIL] not in active, seen=active
    )
    quote([f"{SUCCESSOR_EMAIL}: учитель курса «{told.name}»"])
