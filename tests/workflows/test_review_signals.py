"""Clause 4.2 on the real server: the decision that comes as a Signal."""

from typing import Any

from models.letters import Notice
from models.terms import Recipient
from tests.engine import Engine
from tests.workflows import words
from tests.workflows.words import REASON

NONSENSE: tuple[Any, ...] = (
    "согласовать",
    None,
    17,
    [{"outcome": "approved"}],
    {},
    {"outcome": "withdrawn"},
    {"outcome": "refused"},
    {"outcome": "approved", "missing": "всё"},
)
NOT_OF_THE_CASE: tuple[dict[str, Any], ...] = (
    {"reason_id": "не номер"},
    {"reason_id": "00000000-0000-0000-0000-000000000000"},
    {"ground": "analogue", "analogue": "course-0\x00"},
)


async def _refusal(engine: Engine, number: str, **more: Any) -> dict[str, Any]:
    reason_id = await words.keep_text(engine, number)
    return {"outcome": "refused", "ground": "incomplete", "missing": ["goal"], "reason_id": reason_id, **more}


async def test_a_decision_by_signal_is_taken_and_journaled_as_unverified(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)

    await words.signal(engine, number, await _refusal(engine, number, by="директор"))

    assert await words.closed(engine, number) == "refused"
    decision = await words.decision(engine, number)
    assert (decision.decided_by, decision.decided_by_name) == ("signal", "по сигналу, не проверен")
    journal = await engine.get("reviewer", f"/cases/{number}/journal")
    who = [line["who"] for line in journal if line["what"].startswith("Отказано")]
    assert who == ["по сигналу, не проверен"]
    refusal = await words.letter(engine, number, Notice.REFUSAL, Recipient.AGENCY)
    assert REASON in " ".join(refusal.text.split())


async def test_a_signal_that_comes_before_the_analogues_waits_for_them(engine: Engine) -> None:
    await engine.moodle_fault("slow", seconds=1)
    await words.forget_catalogues(engine)
    number = await engine.file()
    await engine.until(lambda: words.is_started(engine, number))

    await words.signal(engine, number, {"outcome": "approved"})

    assert (await words.decision(engine, number)).outcome == "approved"
    journal = await engine.journal(number)
    searched = next(line for line in journal if "Поиск аналогов" in line)
    approved = next(line for line in journal if "Принято решение" in line)
    assert journal.index(searched) < journal.index(approved)


async def test_the_same_signal_twice_is_noted_once(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)

    for outcome in ("бред", "снова бред"):
        await words.signal(engine, number, {"id": "letter-17", "outcome": outcome})
    await words.signal(engine, number, {"id": "letter-18", "outcome": "approved"})

    await words.decision(engine, number)
    assert await _ignored(engine, number) == ["Сигнал не удалось прочитать как решение."]


async def test_nonsense_is_noted_as_ignored_and_the_case_stays_open(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)

    for raw in NONSENSE:
        await words.signal(engine, number, raw)

    await engine.until(lambda: _has_ignored(engine, number, len(NONSENSE)))
    assert (await engine.row(number)).stage == "review"


async def test_a_signal_that_names_what_the_case_does_not_have_is_ignored(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)

    for named in NOT_OF_THE_CASE:
        await words.signal(engine, number, await _refusal(engine, number, **named))

    await engine.until(lambda: _has_ignored(engine, number, len(NOT_OF_THE_CASE)))
    assert set(await _ignored(engine, number)) == {
        "Сигнал называет причину или аналог, которых в деле нет.",
        "Сигнал не удалось прочитать как решение.",
    }
    assert (await engine.row(number)).stage == "review"


async def test_a_signal_refuses_because_of_an_analogue_that_was_found(engine: Engine) -> None:
    number = await words.file_category(engine, "Кадровый резерв")
    await words.reviewing(engine, number)
    found = await words.candidates(engine, number)
    existing = next(one for one in found if one.source == "register")

    await words.signal(
        engine, number, await _refusal(engine, number, ground="analogue", analogue=existing.ref)
    )

    assert (await words.decision(engine, number)).analogue == existing.ref


async def test_a_signal_after_the_decision_is_ignored(engine: Engine) -> None:
    number = await engine.file()
    await words.reviewing(engine, number)
    is_recorded = f"number = '{number}' AND step = 'review/decision'"

    async with words.refusing(engine, "journal", is_recorded):
        await words.decide(engine, number)
        task = await words.task(engine, number, "review/decision")
        await words.signal(engine, number, {"outcome": "approved"})
        await words.journaled(engine, number, "Сигнал с решением не принят: По запросу уже принято решение.")
    await words.try_again(engine, task)

    assert (await words.decision(engine, number)).outcome == "refused"


async def _has_ignored(engine: Engine, number: str, times: int) -> bool:
    return len(await _ignored(engine, number)) == times


async def _ignored(engine: Engine, number: str) -> list[str]:
    lines = await engine.journal(number)
    return [line.partition(": ")[2] for line in lines if line.startswith("Сигнал с решением не принят")]
