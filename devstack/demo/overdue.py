"""A request that nobody decides: reminders, escalation, and a late decision."""

from datetime import timedelta

from devstack.demo import steps
from devstack.demo.steps import AGENCY
from devstack.demo.telling import Json, check, quote, say, title
from devstack.demo.world import Handle, World
from devstack.request_form import request_form
from models import ids
from models.requests import Stage
from models.terms import Recipient


async def tell(world: World) -> None:
    title("3. Срок прошёл: напоминания, эскалация и решение с опозданием")
    request = request_form(course_name=steps.fresh("Охрана труда: руководители и специалисты больниц"))
    number = (await steps.file(world, request))["number"]
    term = await steps.under_review(world, number)
    review = world.workflow(ids.review_id(number))
    say(f"Срок — до {steps.day(term['last_day'])} Решать никто не спешит, время идёт…")
    for rung in term["rungs"]:
        await _rung_goes(world, number, review, rung)
    await _is_overdue_and_still_open(world, number)
    await _is_decided_late(world, number)
    say("Вперёд переводили часы одного рассмотрения: закрытие дела в журнале стоит под сегодняшней датой")
    await steps.tell_journal(world, number)


async def _rung_goes(world: World, number: str, review: Handle, rung: Json) -> None:
    """Its letters, each to whom it is meant for, on its morning and not before."""
    planned = steps.instant(rung["planned_at"])
    await world.skip_to(review, planned + timedelta(seconds=1))

    async def has_gone() -> Json | None:
        known = (await steps.term(world, number, "4.2"))["rungs"][rung["ordinal"]]
        delivered = [one for one in known["letters"] if "доставлено" in one]
        return known if len(delivered) == len(rung["to"]) else None

    gone = await world.until(f"письма ступени «{rung['label']}» доставлены", has_gone)
    kind = "Напоминание" if rung["kind"] == "reminder" else "Эскалация"
    to = ", ".join(Recipient(one["code"]).whom for one in rung["to"])
    check(
        f"{steps.moment(gone['fired_at'])}  {kind} «{rung['label']}», кому: {to}",
        gone["state"] == "sent" and steps.instant(gone["fired_at"]) >= planned,
        seen=gone,
    )
    await _letters_of_a_rung_came(world, number, rung["ordinal"])


async def _letters_of_a_rung_came(world: World, number: str, ordinal: int) -> None:
    written: list[Json] = await world.get("reviewer", f"/cases/{number}/letters")
    for one in written:
        if f"/rung-{ordinal}-" in one["key"]:
            letter = await world.letter(number, one["subject"], to=one["address"])
            quote([f"{one['address']}: {letter.subject}"])


async def _is_overdue_and_still_open(world: World, number: str) -> None:
    request = await world.get("reviewer", f"/requests/{number}")
    check(
        "молчание ничего не решило: запрос открыт и просрочен",
        request["overdue"] and request["stage"] == Stage.REVIEW,
        seen=request["stage_name"],
    )
    listed = await world.get("supervisor", "/requests?overdue=true&limit=200")
    numbers = [one["number"] for one in listed["items"]]
    check(
        "он стоит в списке просроченных, который видит руководитель рассматривающих",
        number in numbers,
        seen=numbers,
    )


async def _is_decided_late(world: World, number: str) -> None:
    found: list[Json] = await world.get("reviewer", f"/requests/{number}/analogues")
    existing = [one for one in found if one["source"] != "open_request"]
    check(f"аналог уже есть: «{existing[0]['title']}»" if existing else "аналог уже есть", bool(existing))
    refusal = {
        "outcome": "refused",
        "ground": "analogue",
        "analogue": existing[0]["ref"],
        "reason": "Курс по охране труда для руководителей и специалистов уже создан, он подходит и больницам",
    }
    decision = await world.post("reviewer", f"/requests/{number}/decision", refusal)
    check("решение принято — и записано как позднее", decision["late"], seen=decision)
    refused = await steps.until_stage(world, number, Stage.REFUSED)
    late_by = refused["decision"]["late_by"]
    check(f"решено с опозданием {late_by}", late_by.startswith("на "), seen=refused["decision"])
    letter = await world.letter(number, "отказ", to=AGENCY)
    check("инициатор получил отказ с причиной", refusal["reason"] in " ".join(letter.text.split()))
