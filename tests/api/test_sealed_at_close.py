"""The file that is sealed by itself when a case closes: of every kind, once, proof against any change."""

import io
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import col

from activities.sealing import Sealing
from models.case_check import Fault, Finding
from models.case_file import member
from models.letters import Notice
from models.signing import SigningKey
from models.tables import CaseFile, LetterRow
from models.terms import Recipient
from tests.api import words
from tests.api.test_case_file import contents, fetch, verified
from tests.engine import Engine
from tests.workflows import courses
from tests.workflows.words import delivered, letter


async def _request(engine: Engine) -> str:
    number = await engine.file()
    await engine.post("reviewer", f"/requests/{number}/decision", words.REFUSAL)
    await delivered(engine, number, of=3)
    return number


async def _consultation(engine: Engine) -> str:
    """A case about a course."""
    handle = await courses.asked(engine)
    await letter(engine, handle.id, Notice.QUESTION, Recipient.OPERATOR)
    response = await engine.post("responsible", f"/consultations/{handle.id}/closing")
    assert response.status_code == 200, response.text
    return handle.id


KINDS: dict[str, Callable[[Engine], Awaitable[str]]] = {"request": _request, "consultation": _consultation}


async def _sealed(engine: Engine, number: str) -> CaseFile:
    async def found() -> CaseFile | None:
        await engine.look_after(number)
        async with engine.sessions() as session:
            return await session.get(CaseFile, number)

    row: CaseFile = await engine.until(found)
    return row


@pytest.fixture(scope="module", params=KINDS)
async def case(engine: Engine, request: pytest.FixtureRequest) -> tuple[str, bytes]:
    """A closed case of each kind, and its file."""
    number = await KINDS[request.param](engine)
    return number, (await _sealed(engine, number)).content


async def test_it_is_whole_with_the_histories_and_the_ends_of_the_letters(
    engine: Engine, case: tuple[str, bytes], tmp_path: Path
) -> None:
    number, file = case

    assert verified(engine, file, tmp_path).findings == ()

    paths = contents(file)
    root = number if number[0].isalpha() else f"request-{number}"
    assert any(path.startswith(f"histories/{root}/") for path in paths)
    assert len([path for path in paths if path.startswith("histories/letter-")]) == len(
        await engine.letters(number)
    )


async def test_whoever_asks_later_gets_the_same_bytes_though_the_case_has_changed(
    engine: Engine, case: tuple[str, bytes]
) -> None:
    number, file = case
    (first, *_) = await engine.letters(number)
    other = update(LetterRow).where(col(LetterRow.key) == first.key)
    async with engine.sessions.begin() as session:
        await session.execute(other.values(attempts=first.attempts + 1))

    fetched = [await fetch(engine, number), await fetch(engine, number, "admin")]
    anew = await fetch(engine, number, anew=True)
    await engine.look_after(number)

    async with engine.sessions.begin() as session:
        await session.execute(other.values(attempts=first.attempts))
    assert fetched == [file, file]
    assert anew != file
    assert (await _sealed(engine, number)).content == file


def _repacked(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in members.items():
            archive.writestr(member(path), content)
    return file.getvalue()


async def test_a_bit_changed_a_member_missing_and_one_added_are_named(
    engine: Engine, case: tuple[str, bytes], tmp_path: Path
) -> None:
    _, file = case
    members = contents(file)
    journal = members["journal.json"]
    bit = bytes([journal[0] ^ 1]) + journal[1:]
    without = {path: content for path, content in members.items() if path != "journal.json"}

    found = {
        fault: verified(engine, _repacked(changed), tmp_path).findings
        for fault, changed in {
            Fault.CHANGED: {**members, "journal.json": bit},
            Fault.MISSING: without,
            Fault.ADDED: {**members, "letters/more.txt": b""},
        }.items()
    }

    assert _repacked(members) == file
    assert found == {
        Fault.CHANGED: (Finding(Fault.CHANGED, "journal.json"),),
        Fault.MISSING: (Finding(Fault.MISSING, "journal.json"),),
        Fault.ADDED: (Finding(Fault.ADDED, "letters/more.txt"),),
    }


async def test_no_bit_of_it_changes_unnoticed(
    engine: Engine, case: tuple[str, bytes], tmp_path: Path
) -> None:
    _, file = case
    for at in range(0, len(file), max(1, len(file) // 200)):
        changed = bytearray(file)
        changed[at] ^= 1 << at % 8

        assert verified(engine, bytes(changed), tmp_path).findings, f"bit {at % 8} of byte {at}"


async def test_two_workers_seal_it_once(engine: Engine) -> None:
    number = await _request(engine)
    file = (await _sealed(engine, number)).content
    case = await engine.case(number)

    await Sealing(engine.sessions, SigningKey.read("a1" * 32))._seal(case)

    assert (await _sealed(engine, number)).content == file
    assert await fetch(engine, number) == file


async def test_a_letter_on_its_way_holds_it_up(engine: Engine) -> None:
    await engine.mail.down()
    try:
        number = await engine.file()
        await engine.post("reviewer", f"/requests/{number}/decision", words.REFUSAL)

        async def is_kept() -> bool:
            await engine.look_after(number)
            return (await engine.case(number)).histories_kept

        await engine.until(is_kept)
        await engine.look_after(number)
    finally:
        await engine.mail.start()

    async with engine.sessions() as session:
        assert await session.get(CaseFile, number) is None
    assert not (await engine.case(number)).is_sealed
