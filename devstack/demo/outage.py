"""A request whose Moodle is down, and loses an answer when it comes back: nothing is doubled."""

from devstack.demo import steps
from devstack.demo.telling import Json, check, only, say, title
from devstack.demo.world import Handle, World
from devstack.request_form import request_form
from models import ids
from models.requests import Stage


async def tell(world: World) -> None:
    title("4. Moodle не отвечает, потом возвращается")
    request = request_form(course_name=steps.fresh("Клиническая фармакология"))
    number = (await steps.file(world, request))["number"]
    await steps.under_review(world, number)
    setup = world.workflow(ids.setup_id(number))
    try:
        await world.break_moodle({"kind": "down"})
        await _is_approved(world, number)
        await _is_tried_again(world, setup)
        await _comes_back_but_loses_an_answer(world)
        await steps.until_stage(world, number, Stage.DONE)
    finally:
        await world.heal_moodle()
    await _nothing_is_doubled(world, number, request)
    await steps.tell_journal(world, number)


async def _is_approved(world: World, number: str) -> None:
    say("Moodle перестала отвечать; рассматривающий этого не знает и одобряет запрос")
    approval = {"outcome": "approved", "reason": "Такого курса нет"}
    await world.post("reviewer", f"/requests/{number}/decision", approval)


async def _is_tried_again(world: World, setup: Handle) -> None:
    async def next_attempt() -> int | None:
        attempt = (await world.attempts(setup)).get("ensure_course", 1)
        return attempt if attempt > 1 else None

    await steps.until_open(world, setup)
    attempt = await world.until("система пробует создать курс ещё раз", next_attempt)
    check(f"создать курс не вышло, впереди попытка {attempt}; дело открыто, срок идёт", attempt > 1)


async def _comes_back_but_loses_an_answer(world: World) -> None:
    await world.heal_moodle()
    lost = {"kind": "error_after_work", "function": "core_course_create_courses", "times": 1}
    await world.break_moodle(lost)
    say("Moodle снова отвечает, но при создании курса связь обрывается: курс создан, а ответ потерян")


async def _nothing_is_doubled(world: World, number: str, request: Json) -> None:
    moodle = await world.moodle()
    courses = [one for one in moodle["courses"] if one["idnumber"] == ids.course_idnumber(number)]
    course = only("курс в Moodle один", courses)
    email = request["responsible"]["email"]
    only("учётная запись учителя одна", [one for one in moodle["users"] if one["email"] == email])
    enrolled = [one for one in moodle["enrolments"] if one["course_id"] == course["id"]]
    only("и записана она на курс один раз", enrolled)
