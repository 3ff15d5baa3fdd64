"""The register and Moodle at night: what somebody did by hand is found (Appendix 1)."""

from uuid import uuid4

from devstack.demo import course, steps
from devstack.demo.course import Told
from devstack.demo.telling import Json, check, only, quote, say, title
from devstack.demo.world import World

_TEACHER = 3


async def tell(world: World, told: Told) -> None:
    title("7. Ночью реестр сверяется с Moodle")
    name = steps.fresh("Курс, созданный вручную")
    made = await _make_by_hand(world, told, name)
    stranger = await _grant_by_hand(world, told)
    say("Ночная сверка; здесь Оператор начинает её сам")
    shown = await _reconcile(world)
    last = shown["last"]
    check("сверка прочитала Moodle полностью", last["outcome"]["code"] == "whole", seen=last)
    adopted = await course.in_register(world, name)
    check("курс принят в реестр, с Владельцем его категории", bool(adopted["owner"]["code"]), seen=made)
    told_of = [one for one in shown["differences"] if one["course"] == told.id]
    found = only("расхождение — чужая роль", [one for one in told_of if f"№ {stranger}" in one["in_moodle"]])
    tasks = await world.get("operator", "/tasks?limit=500")
    task = only("задача Оператору о нём", [one for one in tasks if one["id"] == found["task"]])
    quote([task["why"]])


async def _make_by_hand(world: World, told: Told, name: str) -> Json:
    say("Администратор Moodle сам создаёт курс в категории из реестра")
    moodle = await world.moodle()
    beside = next(one for one in moodle["courses"] if one["id"] == told.moodle_id)
    await world.administer(
        "add_course", category_id=beside["category_id"], fullname=name, shortname=uuid4().hex[:12]
    )
    made = (await world.moodle())["courses"]
    return only("курс в Moodle", [one for one in made if one["fullname"] == name])


async def _grant_by_hand(world: World, told: Told) -> int:
    say(f"и даёт роль «учитель» на курсе «{told.name}» человеку, которого реестр не знает")
    username = f"chuzhoy.{uuid4().hex[:8]}"
    email = f"{username}@example.org"
    await world.administer("add_user", username=username, firstname="Олег", lastname="Чужов", email=email)
    people = (await world.moodle())["users"]
    stranger = int(only("учётная запись", [one for one in people if one["email"] == email])["id"])
    await world.administer("add_teacher", course_id=told.moodle_id, user_id=stranger, role_id=_TEACHER)
    return stranger


async def _reconcile(world: World) -> Json:
    path = "/subsystems/edu/reconciliation"
    before = (await world.get("operator", path))["last"]
    await world.post("operator", path, status=202)

    async def ended() -> Json | None:
        shown: Json = await world.get("operator", path)
        return shown if not shown["running"] and shown["last"] not in (None, before) else None

    return await world.until("сверка закончилась", ended)
