"""Clause 4.8 reported by mistake, or for somebody who is not to come after all."""

from models.deadlines import end_of
from models.terms import Clause
from tests.engine import Engine
from tests.workflows import replacements, words
from tests.workflows.setups import EDITING_TEACHER

WHY = {"reason": "Названо не то лицо"}


async def _withdraw(engine: Engine, number: str) -> str:
    response = await engine.post("agency", f"/replacements/{number}/withdrawal", WHY)
    return "" if response.status_code == 200 else str(response.json()["type"])


async def test_a_report_withdrawn_before_the_last_day_ends_leaves_all_as_it_was(engine: Engine) -> None:
    held = await replacements.held(engine)
    number = await replacements.reported(engine, held.person, replacements.days_ago(-5), role="operator")
    handle = await replacements.waiting(engine, number)

    assert await _withdraw(engine, number) == ""

    await handle.result()
    assert (await replacements.row(engine, number)).withdrawn_at is not None
    line = await replacements.journal_says(engine, number, "Сообщение о прекращении полномочий отозвано")
    assert line.endswith("ответственное лицо остаётся: Названо не то лицо")
    await engine.until(replacements.letter(engine, number, "replacement_withdrawn owner delivered"))
    await engine.until(replacements.letter(engine, number, "replacement_withdrawn operator delivered"))
    assert await replacements.responsible(engine, held.course) == [held.email]
    assert (await replacements.teachers(engine, held.course))[held.email] == [EDITING_TEACHER]
    clause = await engine.clause(number, Clause.REPLACEMENT)
    assert clause is not None
    assert (clause.late_by, clause.waits_for) == ("", "")
    # The person may be reported again, rightly this time.
    await replacements.reported(engine, held.person, replacements.days_ago(-9))


async def test_the_successor_of_a_withdrawn_report_is_told_too(engine: Engine) -> None:
    number = await replacements.ahead(engine)

    assert await _withdraw(engine, number) == ""

    await engine.client.get_workflow_handle(number).result()
    await engine.until(replacements.letter(engine, number, "replacement_withdrawn responsible delivered"))
    assert await _withdraw(engine, number) == "stage-passed"


async def test_when_the_powers_have_ended_nothing_can_be_withdrawn(engine: Engine) -> None:
    number = await replacements.vacant(engine)
    await replacements.journal_says(engine, number, "Полномочия прекращены")

    assert await _withdraw(engine, number) == "powers-ended"


async def test_of_two_successors_the_second_gets_the_rights(engine: Engine) -> None:
    held = await replacements.held(engine)
    first, second = replacements.successor(), replacements.successor()
    number = await replacements.reported(engine, held.person, words.local_today(), successor=first)
    handle = await replacements.waiting(engine, number)
    await replacements.appoint(engine, number, second)

    await engine.skip(handle, to=end_of(words.local_today()))

    await replacements.finish(engine, number, second["email"])
    assert await replacements.responsible(engine, held.course) == [second["email"]]
    teachers = await replacements.teachers(engine, held.course)
    assert second["email"] in teachers
    assert first["email"] not in teachers
