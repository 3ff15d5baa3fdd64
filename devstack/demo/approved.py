"""A request that is approved and set up."""

from devstack.demo import steps
from devstack.demo.steps import AGENCY
from devstack.demo.telling import Json, check, only, quote, say, title
from devstack.demo.world import World
from devstack.request_form import request_form
from models import ids
from models.requests import Stage


async def tell(world: World) -> None:
    title("1. Запрос одобрен и исполнен")
    request = request_form(
        wanted="category_and_course",
        category=None,
        category_name=steps.fresh("Скорая медицинская помощь"),
        course_name=steps.fresh("Оказание первой помощи: водители скорой"),
    )
    await _is_checked_before_filing(world, request)
    number = (await steps.file(world, request))["number"]
    await _is_confirmed_by_letter(world, number)
    await _is_reviewed(world, number)
    await steps.until_stage(world, number, Stage.DONE)
    await _order_went_to_the_operator(world, number)
    await _stands_in_moodle(world, number, request)
    await _everybody_has_been_told(world, number, request)
    await steps.tell_journal(world, number)


async def _is_checked_before_filing(world: World, request: Json) -> None:
    answer = await world.post("agency", "/requests/check", request)
    check("проверка до подачи: запрос полный", answer["complete"], seen=answer["missing"])


async def _is_confirmed_by_letter(world: World, number: str) -> None:
    letter = await world.letter(number, "зарегистрирован", to=AGENCY)
    check(f"письмо в департамент: «{letter.subject}»", bool(letter.text and letter.html))


async def _is_reviewed(world: World, number: str) -> None:
    term = await steps.under_review(world, number)
    say(f"Срок рассмотрения (п. 4.2) — до {steps.day(term['last_day'])}, {term['standing']}")
    taken = await world.post("reviewer", f"/requests/{number}/claim")
    say(f"Запрос берёт в работу {taken['claimed_by']}")
    await _analogues_are_shown(world, number)
    reason = "Существующий курс рассчитан на население, а не на водителей скорой помощи"
    decision = await world.post(
        "reviewer", f"/requests/{number}/decision", {"outcome": "approved", "reason": reason}
    )
    check(
        f"решение: создать категорию и курс («{reason}»)",
        decision["outcome"] == "approved" and not decision["late"],
    )


async def _analogues_are_shown(world: World, number: str) -> None:
    found: list[Json] = await world.get("reviewer", f"/requests/{number}/analogues")
    check("рассматривающий видит похожие курсы", bool(found))
    quote([f"{one['score']}%  {one['title']}  {one['link']}" for one in found[:3]])


async def _order_went_to_the_operator(world: World, number: str) -> None:
    letter = await world.letter(number, "Оператору", to="operator@example.org")
    check(f"Оператору ушло письмо: «{letter.subject}»", len(letter.attachments) == 1)
    await steps.document(world, number, "order")


async def _stands_in_moodle(world: World, number: str, request: Json) -> None:
    moodle = await world.moodle()
    named = [one for one in moodle["categories"] if one["idnumber"] == ids.category_idnumber(number)]
    category = only(f"в Moodle есть категория «{request['category_name']}»", named)
    courses = [one for one in moodle["courses"] if one["idnumber"] == ids.course_idnumber(number)]
    course = only(f"и курс «{request['course_name']}»", courses)
    is_hidden_there = (course["category_id"], course["visible"]) == (category["id"], False)
    check("курс в этой категории, пока скрытый: его ещё наполнять", is_hidden_there, seen=course)
    await _teacher_has_the_rights(moodle, course, request)


async def _teacher_has_the_rights(moodle: Json, course: Json, request: Json) -> None:
    name, email = request["responsible"]["name"], request["responsible"]["email"]
    teacher = only(
        f"у учителя есть учётная запись: {name}", [u for u in moodle["users"] if u["email"] == email]
    )
    enrolled = [one["user_id"] for one in moodle["enrolments"] if one["course_id"] == course["id"]]
    check("учитель записан на курс", enrolled == [teacher["id"]], seen=enrolled)
    rights = [one for one in moodle["role_assignments"] if one["user_id"] == teacher["id"]]
    check("у него две роли: учитель на курсе и создатель курсов в категории", len(rights) == 2, seen=rights)


async def _everybody_has_been_told(world: World, number: str, request: Json) -> None:
    way_in = await world.letter(number, "доступ учителя", to=request["responsible"]["email"])
    check("учителю написали адрес курса", "/course/view.php" in way_in.text)
    await world.letter(number, "исполнен", to=AGENCY)
    say("Все письма по делу:")
    quote([f"{', '.join(one.recipients)}: {one.subject}" for one in world.letters(number)])
