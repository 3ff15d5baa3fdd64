"""Particulars of the responsible: filled in or corrected, also when all is done, and letters sent anew."""

from uuid import uuid4

import pytest

from models.letters import LetterState
from models.tables import LetterRow
from tests.api import words
from tests.engine import Engine, request_form
from tests.workflows import setups

CHECKS = {"done": ["course", "account", "role"]}


def _without(*particulars: str) -> dict[str, str]:
    return {**request_form()["responsible"], **dict.fromkeys(particulars, "")}


async def _add(
    engine: Engine, number: str, *, role: str = "agency", key: str = "", **particulars: str
) -> None:
    path = f"/requests/{number}/responsible"
    response = await engine.post(role, path, particulars, key=key or uuid4().hex)
    assert response.status_code == 200, response.text


async def _done_by_hand(engine: Engine, email: str) -> str:
    """A case that the operator has done, whose responsible has this address; its number."""
    number = await words.by_hand(engine, responsible={**request_form()["responsible"], "email": email})
    response = await engine.post("operator", f"/requests/{number}/setup/confirmation", CHECKS)
    assert response.status_code == 200, response.text
    await setups.finished(engine, number)
    await engine.until(lambda: _access_letters(engine, number))
    return number


async def _access_letters(engine: Engine, number: str) -> list[LetterRow]:
    """The letters of access that have come to an end."""
    letters = [one for one in await engine.letters(number) if one.notice == "access"]
    return [one for one in letters if one.state != LetterState.WRITTEN]


async def _two_access_letters(engine: Engine, number: str) -> list[LetterRow] | None:
    letters = await _access_letters(engine, number)
    return letters if len(letters) == 2 else None


@pytest.mark.parametrize("role", ["agency", "reviewer"])
async def test_what_is_given_is_filled_in_and_the_rest_stays(engine: Engine, role: str) -> None:
    number = await engine.file(responsible=_without("email"))

    await _add(engine, number, role=role, email="vera@example.org")

    shown = await engine.get("agency", f"/requests/{number}")
    assert shown["responsible"]["email"] == "vera@example.org"
    assert shown["responsible"]["phone"] == "+7 3452 00-00-00"
    assert "Сведения об ответственном лице: адрес электронной почты" in await engine.journal(number)


async def test_the_engine_goes_on_once_the_operator_has_given_the_address(engine: Engine) -> None:
    number = await engine.file(responsible=_without("email"))
    await engine.approve(number)
    await engine.until(lambda: engine.tasks(number))

    await _add(engine, number, role="operator", email=f"{uuid4().hex}@example.org")

    await setups.finished(engine, number)


async def test_nothing_given_is_nothing_done(engine: Engine) -> None:
    number = await engine.file()

    response = await engine.post("agency", f"/requests/{number}/responsible", {"post": " "})

    assert words.wrong_fields(response) == {"": "укажите должность, почту или телефон"}


async def test_a_refused_request_takes_no_more(engine: Engine) -> None:
    number = await words.refused(engine)

    response = await engine.post("agency", f"/requests/{number}/responsible", {"post": "Методист"})

    assert words.problem(response, 409) == "stage-passed"


async def test_a_post_and_a_phone_are_corrected_and_an_address_in_use_is_not(engine: Engine) -> None:
    number = await engine.file()
    known = (await engine.row(number)).responsible_email

    await _add(engine, number, post="Старший методист", phone="+7 3452 11-11-11")
    response = await engine.post("agency", f"/requests/{number}/responsible", {"email": "other@example.org"})

    assert words.problem(response, 409) == "contacts-given"
    row = await engine.row(number)
    assert (row.responsible_email, row.responsible_post) == (known, "Старший методист")


async def test_an_address_given_after_the_case_is_done_brings_the_letter_of_access(engine: Engine) -> None:
    number = await _done_by_hand(engine, "")
    (unsent,) = await _access_letters(engine, number)
    key, address = uuid4().hex, f"{uuid4().hex}@example.org"

    await _add(engine, number, key=key, email=address)
    await _add(engine, number, key=key, email=address)
    await _add(engine, number, email=address)

    before, after = await engine.until(lambda: _two_access_letters(engine, number))
    assert unsent.state == before.state == LetterState.NO_ADDRESS
    assert (after.state, after.address) == (LetterState.DELIVERED, address)
    assert after.key == f"{before.key}/again-1"
    assert after.message_id != before.message_id
    (task,) = [one for one in await engine.tasks(number) if one.kind == "letter_undelivered"]
    assert task.closed_at is not None
    journal = await engine.journal(number)
    assert journal.count(f"Письмо «{before.subject}» отправляется заново") == 1


async def test_an_address_that_takes_no_mail_is_corrected_and_the_letter_sent_anew(engine: Engine) -> None:
    engine.mail.mood.refuses.add("wrong@example.org")
    number = await _done_by_hand(engine, "wrong@example.org")
    address = f"{uuid4().hex}@example.org"

    await _add(engine, number, email=address)

    before, after = await engine.until(lambda: _two_access_letters(engine, number))
    assert (before.state, after.state) == (LetterState.BOUNCED, LetterState.DELIVERED)
    assert after.address == address


async def test_an_address_that_letters_reach_is_not_replaced(engine: Engine) -> None:
    number = await _done_by_hand(engine, f"{uuid4().hex}@example.org")

    response = await engine.post("agency", f"/requests/{number}/responsible", {"email": "other@example.org"})

    assert words.problem(response, 409) == "contacts-given"


async def test_with_temporal_away_the_address_is_kept_and_the_same_post_sends_the_letter_later(
    engine: Engine, with_temporal_away: Engine
) -> None:
    number, key = await _done_by_hand(engine, ""), uuid4().hex
    address = f"{uuid4().hex}@example.org"

    await _add(with_temporal_away, number, key=key, email=address)
    kept = (await engine.row(number)).responsible_email
    (task,) = [one for one in await engine.tasks(number) if one.kind == "letter_undelivered"]
    await _add(engine, number, key=key, email=address)

    _, after = await engine.until(lambda: _two_access_letters(engine, number))
    assert kept == address
    assert task.closed_at is None
    assert after.state == LetterState.DELIVERED
