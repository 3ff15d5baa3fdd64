"""Clause 4.9: the owner decides, documents are numbered and sent, and what stands on them holds."""

import asyncio
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from temporalio.client import WorkflowHandle

from devstack.mailsink import Mood
from models.letters import Notice
from models.terms import Recipient
from tests.certificates import decide, finished, given, over, person, revised
from tests.engine import Engine, Json
from tests.workflows import words
from tests.workflows.trainings import bulk_letters
from workflows.card import STAGE

AWARD: Json = {"hours": 36, "shows_grade": True, "document": "Свидетельство", "design": "sheet"}


def workflow(engine: Engine, number: str) -> WorkflowHandle[Any, Any]:
    return engine.client.get_workflow_handle(number)


def received(engine: Engine, address: str) -> list[Any]:
    return [one.message for one in engine.mail.letters(naming=address) if address in one.recipients]


def text(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


async def test_all_who_completed_get_a_document_by_letter_and_the_owner_a_summary(engine: Engine) -> None:
    people = [person("Яковлев Пётр"), person("Антонова Мария"), person("Без Адреса", email="")]
    training = await over(engine, *people, person("Не Завершил", state="in_progress"))

    decided = await decide(
        engine, training, **AWARD, signatory_post="Директор", signatory_name="Сидоров А. В."
    )
    done = await finished(engine, decided["number"])

    assert (decided["people"], done["given"], done["state"]["code"]) == (3, 3, "done")
    documents = await given(engine, decided["number"])
    assert [one["name"] for one in documents] == ["Антонова Мария", "Без Адреса", "Яковлев Пётр"]
    numbers = [int(one["number"].rpartition("-")[2]) for one in documents]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert {one["state"]["code"]: one["count"] for one in done["letters"]} == {
        "delivered": 2,
        "no_address": 1,
    }
    [letter] = received(engine, people[1]["email"])
    [attachment] = list(letter.iter_attachments())
    assert attachment.get_filename() == f"{documents[0]['number']}.pdf"
    said = text(attachment.get_content())
    for words_of_it in (documents[0]["number"], "Антонова Мария", "СВИДЕТЕЛЬСТВО", "87 %", "Сидоров А. В."):
        assert words_of_it in said
    assert documents[0]["check_url"] in letter.get_body(("plain",)).get_content()
    summary = await words.letter(engine, decided["number"], Notice.CERTIFICATION_SUMMARY, Recipient.OWNER)
    assert "нет адреса — 1" in summary.text
    assert f"{engine.settings.public_url}/certifications/{decided['number']}" in summary.text


async def test_the_card_and_the_state_say_how_far_it_is(engine: Engine) -> None:
    training = await over(engine, person("Стоялов"))

    async with words.refusing(engine, "certificates", "name = 'Стоялов'"):
        number = (await decide(engine, training))["number"]
        task = await words.task(engine, number, "certification/number-1")
        stage = await words.attribute(workflow(engine, number), STAGE.name)
        shown = await engine.get("agency", f"/certifications/{number}")
    await words.try_again(engine, task)
    done = await finished(engine, number)

    assert (stage, shown["state"]["code"], shown["given"]) == ("numbering", "numbering", 0)
    assert (done["given"], await words.attribute(workflow(engine, number), STAGE.name)) == (1, "done")


async def test_no_person_is_in_its_history(engine: Engine) -> None:
    training = await over(engine, person("Незаметнов"))
    award: Json = {"document": "Бумагаотдиректора", "signatory_name": "Подписантов"}
    number = (await decide(engine, training, **award))["number"]
    await finished(engine, number)

    history = await words.history(workflow(engine, number))

    for secret in ("Незаметнов", "Подписантов", "Бумагаотдиректора", "@example.org"):
        assert secret not in history
    assert not any("Незаметнов" in line for line in await engine.journal(number))


@pytest.mark.parametrize(
    "name", ["Ъ" * 250, "Римская-Корсакова Анна-Мария", "Мадонна", "Ó Súilleabháin Seán"]
)
async def test_any_name_gets_its_document(engine: Engine, name: str) -> None:
    training = await over(engine, person(name))
    number = (await decide(engine, training))["number"]

    assert (await finished(engine, number))["given"] == 1
    [document] = await given(engine, number)
    assert document["name"] == name
    answer = await engine.call("agency", "GET", f"/certificates/{document['number']}/document")
    assert answer.status_code == 200


async def test_certificates_are_listed_in_pages_and_printed_without_those_that_do_not_hold(
    engine: Engine,
) -> None:
    training = await over(engine, *(person(name) for name in ("Арбузов", "Березин", "Вишнёв")))
    number = (await decide(engine, training))["number"]
    await finished(engine, number)
    first, second, third = await given(engine, number)
    await engine.post("agency", f"/certificates/{first['number']}/revocation", {"reason": "Ошибка"})
    corrected = await engine.post(
        "agency", f"/certificates/{second['number']}/correction", {"name": "Берёзин"}
    )

    shown = await engine.get("agency", f"/certifications/{number}")
    page = await engine.get("agency", f"/certifications/{number}/certificates?limit=3")
    rest = await engine.get("agency", f"/certifications/{number}/certificates?cursor={page['next']}")
    printed = await engine.call("agency", "GET", f"/certifications/{number}/print")
    beyond = await engine.call("agency", "GET", f"/certifications/{number}/print?part=2")

    assert (shown["given"], shown["revoked"], shown["replaced"], shown["print_parts"]) == (3, 1, 1, 1)
    assert [one["standing"]["code"] for one in page["certificates"]] == ["revoked", "replaced", "valid"]
    assert [one["number"] for one in rest["certificates"]] == [corrected.json()["number"]]
    said = text(printed.content)
    assert len(PdfReader(io.BytesIO(printed.content)).pages) == 2
    assert third["number"] in said
    assert "Берёзин" in said
    assert first["number"] not in said
    assert words.problem(beyond) == (404, "not-found")


async def test_a_letter_that_waited_brings_the_document_in_force_and_none_that_was_revoked(
    engine: Engine,
) -> None:
    wrong, revoked = person("Ашибкин"), person("Ятозванов")
    training = await over(engine, wrong, revoked)
    await engine.mail.down()
    number = (await decide(engine, training))["number"]
    await engine.until(lambda: bulk_letters(engine, number))
    first, last = await given(engine, number)
    corrected = await engine.post(
        "agency", f"/certificates/{first['number']}/correction", {"name": "Ошибкин"}
    )
    await engine.post("agency", f"/certificates/{last['number']}/revocation", {"reason": "Списал"})
    await engine.mail.start()
    await engine.skipper.fast_forward(workflow(engine, number), timedelta(hours=1))

    done = await finished(engine, number)

    assert {one["state"]["code"]: one["count"] for one in done["letters"]} == {
        "delivered": 1,
        "not_needed": 1,
    }
    [letter] = received(engine, wrong["email"])
    [attachment] = list(letter.iter_attachments())
    assert attachment.get_filename() == f"{corrected.json()['number']}.pdf"
    assert received(engine, revoked["email"]) == []


class Watched(Mood):
    """Slow to take letters, and tells when one to this address comes."""

    def __init__(self, address: str) -> None:
        super().__init__(slow_seconds=5)
        self.has_come = asyncio.Event()
        self._address = address

    def of_recipient(self, address: str) -> str:
        if address == self._address:
            self.has_come.set()
        return super().of_recipient(address)


@pytest.mark.parametrize("act", ["correction", "revocation"])
async def test_a_letter_that_is_overtaken_on_its_way_is_followed_by_another(engine: Engine, act: str) -> None:
    holder = person("Ашибкин")
    training = await over(engine, holder)
    engine.mail.mood = mood = Watched(holder["email"])
    number = (await decide(engine, training))["number"]
    await mood.has_come.wait()
    [document] = await given(engine, number)

    form = {"name": "Ошибкин"} if act == "correction" else {"reason": "Выдан не тому"}
    await engine.post("agency", f"/certificates/{document['number']}/{act}", form)
    await finished(engine, number)
    engine.mail.mood = Mood()
    await engine.look_after(number=number)
    await engine.until(lambda: _has_letters(engine, holder["email"], 2))

    subjects = " ".join(str(one["Subject"]) for one in received(engine, holder["email"]))
    assert (" вместо № " if act == "correction" else "Аннулирован документ № ") in subjects


async def _has_letters(engine: Engine, email: str, count: int) -> bool:
    return len(received(engine, email)) == count


async def test_the_holder_is_told_of_another_name_and_of_a_document_that_holds_no_more(
    engine: Engine,
) -> None:
    holder, nobody = person("Ашипкин"), person("Безадресов", email="")
    number = (await decide(engine, await over(engine, holder, nobody)))["number"]
    await finished(engine, number)
    first, other = await given(engine, number)

    await (await revised(engine, first["number"], "correction", name="Ошибкин")).result()
    [*_, corrected] = await given(engine, number)
    await (await revised(engine, corrected["number"], "revocation", reason="Выдан не тому")).result()
    await engine.post("agency", f"/certificates/{other['number']}/revocation", {"reason": "Ошибка"})

    letters = received(engine, holder["email"])
    [replaced] = [one for one in letters if " вместо № " in one["Subject"]]
    [revoked] = [one for one in letters if one["Subject"].startswith("Аннулирован документ № ")]
    [attachment] = list(replaced.iter_attachments())
    assert attachment.get_filename() == f"{corrected['number']}.pdf"
    assert "Ошибкин" in text(attachment.get_content())
    said = replaced.get_body(("plain",)).get_content()
    assert f"Взамен документа: № {first['number']}" in said
    assert corrected["check_url"] in said
    assert "application/pdf" not in [part.get_content_type() for part in revoked.walk()]
    said = revoked.get_body(("plain",)).get_content()
    assert f"№ {corrected['number']}" in said
    assert "Выдан не тому" in said
    assert "С вопросами обращайтесь" in said
    assert "/certifications/" not in said
    counts = (await engine.get("agency", f"/certifications/{number}"))["letters"]
    assert {one["state"]["code"]: one["count"] for one in counts} == {"delivered": 3, "no_address": 1}


async def test_the_ledger_and_the_file_of_the_case_tell_of_it(engine: Engine) -> None:
    training = await over(engine, person("Записанов"))
    number = (await decide(engine, training))["number"]
    await finished(engine, number)
    await words.letter(engine, number, Notice.CERTIFICATION_SUMMARY, Recipient.OWNER)

    ledger = await engine.get("agency", f"/cases/{number}/ledger")
    file = await engine.call("supervisor", "GET", f"/cases/{number}/file")
    listed = await engine.get("agency", f"/cases/{number}/journal")

    assert [(one["clause"], one["state"]["code"]) for one in ledger["lines"]] == [("4.9", "kept")]
    assert file.status_code == 200
    assert listed
    with zipfile.ZipFile(io.BytesIO(file.content)) as members:
        told = b"".join(members.read(one) for one in members.namelist())
    assert b"certification/documents" in told
    assert "Записанов".encode() not in told


async def test_thousands_are_numbered_in_steps_and_printed_in_parts(engine: Engine) -> None:
    people = 2100
    training = await over(engine, *(person(f"Многих {at:04}", email="") for at in range(people)))
    number = (await decide(engine, training))["number"]

    done = await finished(engine, number)
    last = await engine.call("agency", "GET", f"/certifications/{number}/print?part=9")

    assert (done["given"], done["print_parts"]) == (people, 9)
    assert "number-100" in await words.history(workflow(engine, number))
    pages = PdfReader(io.BytesIO(last.content)).pages
    assert len(pages) == people - 8 * 250
    assert "Многих 2099" in pages[-1].extract_text()
