"""Clause 4.8: the end of powers, the removal of rights, the successor."""

from sqlmodel import col, select

from devstack.mailsink import Mood
from models import russian
from models.deadlines import end_of
from models.letters import LetterState, Notice
from models.tables import Course, Task
from models.terms import Clause, Recipient
from tests.engine import JUST, Engine, result_of
from tests.workflows import replacements, words
from tests.workflows.setups import EDITING_TEACHER


async def test_a_replacement_goes_from_the_report_to_the_list_of_what_is_open(engine: Engine) -> None:
    held = await replacements.held(engine)
    new = replacements.successor()
    assert (await replacements.teachers(engine, held.course))[held.email] == [EDITING_TEACHER]

    number = await replacements.reported(engine, held.person, replacements.days_ago(1), successor=new)
    await replacements.journal_says(engine, number, "Права сняты (edu): курсов — 1, категорий — 0; прочитано")
    await replacements.journal_says(engine, number, "Новое ответственное лицо приступило (edu)")
    await engine.until(replacements.letter(engine, number, "successor_appointed responsible delivered"))
    accepted = await replacements.accept(engine, number, new["email"])

    assert accepted.status_code == 200, accepted.text
    await result_of(engine.client.get_workflow_handle(number))
    assert await replacements.responsible(engine, held.course) == [new["email"]]
    assert (await replacements.teachers(engine, held.course)) == {new["email"]: [EDITING_TEACHER]}
    [proof] = [one for key, one in (await replacements.row(engine, number)).proof.items() if "course" in key]
    assert (proof["was_enrolled"], proof["can_build"], proof["still_enrolled"]) == (True, False, False)
    clause = await engine.clause(number, Clause.REPLACEMENT)
    assert clause is not None
    assert (clause.late_by, clause.finished_at is not None) == ("", True)
    for recipient in ("responsible", "owner", "operator"):
        await engine.until(replacements.letter(engine, number, f"replacement_done {recipient} delivered"))
    done = [one for one in await engine.letters(number) if one.notice == "replacement_done"]
    assert {one.address for one in done} >= {new["email"], "operator@example.org"}
    gone = await words.letter(engine, number, Notice.POWERS_ENDED, Recipient.RESPONSIBLE)
    assert gone.address == held.email
    assert new["name"] in gone.text
    assert f"закончились {russian.date_words(replacements.days_ago(1))}" in " ".join(gone.text.split())
    assert (await engine.case(number)).closed_at is not None


async def test_a_letter_to_the_one_who_goes_that_comes_back_is_nobodys_task(engine: Engine) -> None:
    held = await replacements.held(engine)
    engine.mail.mood = Mood(refuses={held.email})

    number = await replacements.reported(engine, held.person, replacements.days_ago(1))
    to = (Notice.POWERS_ENDED, Recipient.RESPONSIBLE, LetterState.BOUNCED)
    try:
        letter = await words.letter(engine, number, *to)
    finally:
        await engine.calm()

    said = "Письмо ответственному лицу («ваши полномочия закончились»): адрес не принимает почту"
    await replacements.journal_says(engine, number, said)
    async with engine.sessions() as session:
        query = select(Task).where(col(Task.number) == number, col(Task.step).contains(letter.key))
        assert (await session.scalars(query)).all() == []


async def test_a_late_report_is_accepted_and_recorded_as_late(engine: Engine) -> None:
    held = await replacements.held(engine)

    number = await replacements.reported(
        engine, held.person, replacements.days_ago(30), successor=replacements.successor()
    )

    line = await replacements.journal_says(engine, number, "Владелец сообщил Оператору")
    assert "с опозданием на" in line

    async def is_over() -> str:
        clause = await engine.clause(number, Clause.REPLACEMENT)
        return clause.late_by if clause else ""

    assert (await engine.until(is_over)).startswith("на ")


async def test_a_future_end_leaves_the_rights_until_24_00_of_the_last_day(engine: Engine) -> None:
    held = await replacements.held(engine)
    last_day = replacements.days_ago(-2)
    new = replacements.successor()
    number = await replacements.reported(engine, held.person, last_day, successor=new)
    handle = await replacements.waiting(engine, number)

    await engine.skip(handle, to=end_of(last_day) - JUST)
    assert await replacements.responsible(engine, held.course) == [held.email]
    assert held.email in await replacements.teachers(engine, held.course)

    await engine.skip(handle, to=end_of(last_day))
    await replacements.journal_says(engine, number, "Права сняты (edu)")
    await replacements.journal_says(engine, number, "Новое ответственное лицо приступило (edu)")
    assert await replacements.responsible(engine, held.course) == [new["email"]]
    assert list(await replacements.teachers(engine, held.course)) == [new["email"]]


def _is_flagged(register: list[dict[str, object]], course: Course) -> bool:
    shelves = [subsystem for subsystem in register if subsystem["code"] == course.subsystem]
    categories = [one for shelf in shelves for one in shelf["categories"]]  # type: ignore[attr-defined]
    courses = [one for shelf in (*shelves, *categories) for one in shelf["courses"]]
    [found] = [one for one in courses if one["id"] == course.id]
    return bool(found["without_responsible"])
