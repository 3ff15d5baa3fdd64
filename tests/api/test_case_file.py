"""The sealed file of a case over the API: what is in it, for whom, and that it is the same each time."""

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import update
from sqlmodel import col

from models import case_check
from models.signing import SigningKey
from models.tables import Document, LetterRow
from tests.api import words
from tests.engine import Engine
from tests.workflows.words import delivered

REASON = "Нет перечня"


@pytest.fixture(scope="module")
async def refused(engine: Engine) -> str:
    """A refused case whose letters have arrived and whose histories are kept."""
    people = [{"name": "Слушателева Анна", "email": "anna@example.org"}]
    number = await engine.file(learners={"people": people})
    await engine.post("reviewer", f"/requests/{number}/decision", words.REFUSAL)
    await delivered(engine, number, of=3)

    async def is_kept() -> bool:
        await engine.look_after(number)
        case, letters = await engine.case(number), await engine.letters(number)
        return case.histories_kept and all(letter.history_kept for letter in letters)

    await engine.until(is_kept)
    return number


async def fetch(engine: Engine, number: str, role: str = "supervisor", *, anew: bool = False) -> bytes:
    response = await engine.call(role, "GET", f"/cases/{number}/file{'?anew=true' if anew else ''}")
    assert response.status_code == 200, response.text
    assert int(response.headers["Content-Length"]) == len(response.content)
    return response.content


def contents(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {header.filename: archive.read(header) for header in archive.infolist()}


def verified(engine: Engine, file: bytes, folder: Path) -> case_check.Check:
    path = folder / "case.zip"
    path.write_bytes(file)
    return case_check.check(path, SigningKey.read(engine.settings.signing_key.get_secret_value()).public)


async def test_it_is_sealed_by_the_installation(engine: Engine, refused: str, tmp_path: Path) -> None:
    checked = verified(engine, await fetch(engine, refused), tmp_path)

    assert (checked.number, checked.findings) == (refused, ())


async def test_it_is_the_same_each_time_and_for_everybody_who_may_have_it(
    engine: Engine, refused: str
) -> None:
    assert await fetch(engine, refused) == await fetch(engine, refused, "admin")


async def test_it_holds_the_whole_case(engine: Engine, refused: str) -> None:
    content = contents(await fetch(engine, refused))

    def read(path: str) -> Any:
        return json.loads(content[path])

    assert read("request.json")["number"] == read("case.json")["number"] == refused
    assert read("decision.json")[0]["outcome"] == "refused"
    assert [one["body"] for one in read("texts.json")] == [REASON]
    assert [one["clause"] for one in read("terms.json")] == ["4.2"]
    assert {one["kind"] for one in read("terms/rungs.json")} == {"reminder", "escalation"}
    assert [one["what"] for one in read("journal.json")] == await engine.journal(refused)
    for letter in read("letters.json"):
        path = "letters/" + letter["key"].removeprefix(f"{refused}/")
        assert letter["state"] == "delivered"
        assert letter["settled_at"].endswith("Z")
        assert {f"{path}.txt", f"{path}.html"} <= content.keys()
    (document,) = read("documents.json")
    assert content[f"documents/{document['kind']}/{document['filename']}"].startswith(b"%PDF")
    histories = {path.split("/")[1] for path in content if path.startswith("histories/")}
    assert {f"request-{refused}", f"request-{refused}-review"} < histories


async def test_what_the_decider_saw_and_moodle_answered_is_in_it(engine: Engine) -> None:
    number = await words.done(engine)

    content = contents(await fetch(engine, number, "operator"))

    assert {"register/course.json", "evidence.json"} <= content.keys()
    assert json.loads(content["register/course.json"])["moodle_id"]


async def test_learners_are_not_in_it(engine: Engine, refused: str) -> None:
    file = await fetch(engine, refused)

    assert "Слушателева".encode() not in file
    assert b"anna@example.org" not in file
    assert json.loads(contents(file)["request.json"])["learners_listed"] == 1


async def test_results_of_learners_are_proved_without_being_shown(engine: Engine) -> None:
    number = await engine.file()
    row = Document(
        number=number,
        kind="results-csv",
        title="Результаты",
        filename="rezultaty.csv",
        media_type="text/csv",
        content="Слушателева Анна".encode(),
        sha256="0f" * 32,
        made_at=datetime.now(UTC),
    )
    async with engine.sessions.begin() as session:
        session.add(row)

    content = contents(await fetch(engine, number))

    assert json.loads(content["documents.json"])[0]["sha256"] == "0f" * 32
    assert not any(path.startswith("documents/") for path in content)


async def test_made_anew_it_changes_with_the_case(engine: Engine, refused: str) -> None:
    before = await fetch(engine, refused, anew=True)
    (letter, *_) = await engine.letters(refused)
    async with engine.sessions.begin() as session:
        other = update(LetterRow).where(col(LetterRow.key) == letter.key)
        await session.execute(other.values(attempts=letter.attempts + 1))

    after = await fetch(engine, refused, anew=True)

    async with engine.sessions.begin() as session:
        await session.execute(other.values(attempts=letter.attempts))
    changed = {path for path, one in contents(after).items() if one != contents(before)[path]}
    assert changed == {"letters.json", "manifest.json", "signature.json"}


@pytest.mark.parametrize("role", ["agency", "responsible"])
async def test_who_sees_a_part_of_the_case_does_not_get_the_whole(
    engine: Engine, refused: str, role: str
) -> None:
    assert words.problem(await engine.call(role, "GET", f"/cases/{refused}/file"), 403) == "forbidden"


@pytest.mark.parametrize("number", [words.NOBODYS_NUMBER, "training-999999999"])
async def test_a_case_that_is_not_there(engine: Engine, number: str) -> None:
    assert words.problem(await engine.call("admin", "GET", f"/cases/{number}/file"), 404) == "not-found"


async def test_what_was_not_ordered_is_not_the_operators(engine: Engine, refused: str) -> None:
    assert words.problem(await engine.call("operator", "GET", f"/cases/{refused}/file"), 404) == "not-found"


async def test_without_a_key_nothing_is_made(engine: Engine, refused: str) -> None:
    unsigned = engine.api_with(signing_key=SecretStr(""))

    response = await unsigned.call("admin", "GET", f"/cases/{refused}/file?anew=true")

    assert words.problem(response, 409) == "no-signing-key"
