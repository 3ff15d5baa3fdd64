"""No personal data in Temporal: that the search, which the end of each run makes, finds what there is."""

import base64
import json
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from tests.engine import Engine
from tests.workflows import privacy, words

RECORDED = sorted((Path(__file__).parents[1] / "histories").glob("*.json"))
PERSON = "Тестова Вера Павловна"
TITLE = "Ловля рыбы подо льдом"
"""May stand in Temporal: what proves that the search would find what may not."""


@pytest.fixture(scope="module")
async def number(engine: Engine) -> str:
    """A case from its filing to its end, so that there is one however few tests run."""
    number = await engine.file(course_name=TITLE)
    await words.decide(engine, number)
    await words.closed(engine, number)
    return number


@pytest.fixture(scope="module")
async def histories(engine: Engine, number: str) -> dict[str, str]:
    """Of this case, as text; those of the whole run are searched at its end."""
    return await privacy.all_histories(engine, f"SeoNumber = '{number}'")


async def test_persons_and_what_somebody_typed_are_sought(engine: Engine, number: str) -> None:
    sought = await privacy.typed_by_people(engine)

    assert {PERSON, "Тестова", words.REASON, "+7 3452 00-00-00", "zdrav@example.org"} <= sought


TYPED = {
    PERSON: True,
    "Павловна": True,
    "Проверка курсов на новом месте": True,
    "vera@example.org": True,
    "+7 3452 00-00-00": True,
    "Проверка": False,
    "Запись решения": False,
    "нет": False,
    "№ 7": False,
}


@pytest.mark.parametrize(("typed", "is_sought"), TYPED.items(), ids=TYPED.keys())
def test_what_the_engine_says_by_itself_is_not_sought(typed: str, is_sought: bool) -> None:
    assert privacy.tells_of_somebody(typed) is is_sought


def test_the_search_finds_what_does_stand_in_a_history(number: str, histories: dict[str, str]) -> None:
    found = privacy.found([TITLE], histories)

    assert f"request-{number}" in {key.split()[0] for key, _ in found}


@pytest.mark.parametrize(
    "told",
    [
        f"{{'name': '{PERSON}'}}",
        json.dumps({"name": PERSON}),
        base64.b64encode(json.dumps({"name": PERSON}).encode()).decode(),
        base64.b64encode(json.dumps({"name": PERSON}, ensure_ascii=False).encode()).decode(),
    ],
)
def test_the_search_reads_what_is_escaped_or_encoded(told: str) -> None:
    assert privacy.found([PERSON], {"a history": privacy.readable(told)}) == [("a history", PERSON)]


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_a_recorded_history_names_nobody(file: Path) -> None:
    told = privacy.text_of(WorkflowHistory.from_json(file.stem, file.read_text()))

    assert "Workflow" in told
    assert privacy.found([PERSON, *PERSON.split(), "example.org", "Повышение квалификации"], {"": told}) == []
