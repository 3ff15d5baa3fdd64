"""Clause 4.9: the owner decides, documents are numbered and sent, and what stands on them holds."""

import asyncio
import io
import zipfile
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pypdf import PdfReader
from temporalio.client import WorkflowHandle

from models.letters import Notice
from models.terms import Recipient
from tests import certificates
from tests.api.words import post_raw
from tests.certificates import decide, finished, given, over, person
from tests.engine import Engine, Json
from tests.workflows import words
from tests.workflows.trainings import bulk_letters, course_by_hand, running
from workflows.card import STAGE

AWARD: Json = {"hours": 36, "shows_grade": True, "document": "Свидетельство", "design": "sheet"}


def workflow(engine: Engine, number: str) -> WorkflowHandle[Any, Any]:
    return engine.client.get_workflow_handle(number)


def received(engine: Engine, address: str) -> list[Any]:
    return [one.message for one in engine.mail.letters() if address in one.recipients]


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
    ("people", "award", "changes", "problem"),
    [
        ([person("А")], {}, {"closed_at": None}, "training-not-over"),
        ([person("А")], {}, {"closed_at": None, "state": "running"}, "training-not-over"),
        ([person("А", grade=None)], {"whom": "threshold", "threshold": 50}, {}, "no-grades"),
        ([person("А")], {"whom": "threshold", "threshold": 50}, {"unseen": ["grades"]}, "no-grades"),
        ([person("А")], {}, {"unseen": ["criteria"]}, "no-completion"),
        ([person("А")], {"whom": "named", "named": [1, 2]}, {}, "unknown-participant"),
        ([person("А", state="in_progress")], {}, {}, "nobody-to-certify"),
        ([], {}, {"state": "cancelled"}, "nobody-to-certify"),
        ([person("Ъ" * 251)], {}, {}, "name-unfit"),
        ([person("")], {}, {}, "name-unfit"),
    ],
)
async def test_a_decision_by_which_nothing_can_be_given_opens_no_case(
    engine: Engine, people: list[Json], award: Json, changes: Json, problem: str
) -> None:
    training = await over(engine, *people, **changes)
    status = 422 if problem in ("unknown-participant", "name-unfit") else 409

    answer = await decide(engine, training, status, **award)

    assert answer["type"] == problem
    assert await engine.get("agency", f"/trainings/{training}/certification") == []


@pytest.mark.parametrize(
    ("award", "field"),
    [
        ({"whom": "threshold", "threshold": 101}, "threshold"),
        ({"whom": "threshold", "threshold": -1}, "threshold"),
        ({"whom": "threshold"}, ""),
        ({"whom": "named"}, ""),
        ({"whom": "completed", "threshold": 60}, ""),
        ({"whom": "named", "named": [1, 1]}, ""),
        ({"whom": "everybody"}, "whom"),
        ({"hours": 0}, "hours"),
        ({"document": " "}, "document"),
        ({"template": "mine"}, "template"),
    ],
)
async def test_a_wrong_decision_is_answered_by_its_field(engine: Engine, award: Json, field: str) -> None:
    training = await over(engine, person("А"))

    answer = await decide(engine, training, 422, **award)

    assert answer["type"] == "invalid"
    assert [one["field"] for one in answer["fields"]] == [field]


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


async def test_those_named_and_those_above_the_threshold(engine: Engine) -> None:
    training = await over(
        engine, person("А", grade=60.0), person("Б", grade=59.9), person("В", state="left", grade=100.0)
    )
    participants = await engine.call("responsible", "GET", f"/trainings/{training}/participants")
    above = (await decide(engine, training, whom="threshold", threshold=60))["number"]
    named = (await decide(engine, training, whom="named", named=[2, 3]))["number"]
    await asyncio.gather(finished(engine, above), finished(engine, named))

    # The responsible of another course.
    assert words.problem(participants) == (404, "not-found")
    assert [one["name"] for one in await given(engine, above)] == ["А"]
    assert [one["name"] for one in await given(engine, named)] == ["Б", "В"]
    listed = await engine.get("agency", f"/trainings/{training}/certification")
    assert [one["number"] for one in listed] == [named, above]


async def test_participants_are_shown_in_pages(engine: Engine) -> None:
    training = await over(engine, *(person(name) for name in "АБВ"))
    path = f"/trainings/{training}/participants?limit=2"

    first = await engine.get("agency", path)
    second = await engine.get("agency", f"{path}&cursor={first['next']}")

    assert [one["ordinal"] for one in first["participants"] + second["participants"]] == [1, 2, 3]
    assert (first["participants"][0]["percent"], second["next"]) == (87.0, None)


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


async def test_the_same_post_decides_once(engine: Engine) -> None:
    training = await over(engine, person("Дважды"))
    path, form = f"/trainings/{training}/certification", {"whom": "completed"}
    answers = [await engine.post("agency", path, form, key=f"once-{training}") for _ in range(2)]

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(await engine.get("agency", path)) == 1


async def test_the_same_decision_under_another_key_is_none(engine: Engine) -> None:
    training = await over(engine, person("Однажды"))
    path, form = f"/trainings/{training}/certification", {"whom": "completed"}

    answers = await asyncio.gather(*(engine.post("agency", path, form) for _ in range(3)))

    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert {one.json()["type"] for one in answers if one.status_code == 409} == {"already-decided"}
    assert (await decide(engine, training, signatory_name="Сидоров А. В."))["people"] == 1


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


@pytest.mark.parametrize("role", ["responsible", "operator", "reviewer", "admin"])
async def test_the_owner_alone_decides(engine: Engine, role: str) -> None:
    training = await over(engine, person("А"))

    answer = await engine.post(role, f"/trainings/{training}/certification", {"whom": "completed"})

    assert words.problem(answer) == (403, "forbidden")


async def test_results_of_a_subsystem_without_web_services_are_as_good(engine: Engine) -> None:
    course = await course_by_hand(engine)
    training = await running(engine, course=course)
    file = "ФИО;Почта;Состояние;Оценка %\nПетров Пётр;petrov@example.org;завершено;87\n"
    uploaded = await upload(engine, training, file)
    early = await decide(engine, training, 409)
    await engine.post("agency", f"/trainings/{training}/closing", {})
    await asyncio.wait_for(workflow(engine, training).result(), 60)

    number = (await decide(engine, training, whom="threshold", threshold=87))["number"]
    await finished(engine, number)

    assert uploaded.status_code == 200, uploaded.text
    assert early["type"] == "training-not-over"
    assert [one["name"] for one in await given(engine, number)] == ["Петров Пётр"]
    shown = await engine.get("responsible", f"/certifications/{number}")
    assert shown["given"] == 1


async def upload(engine: Engine, training: str, content: str) -> httpx.Response:
    octets = {"Content-Type": "application/octet-stream"}
    return await post_raw(engine, "responsible", f"/trainings/{training}/results", content.encode(), **octets)


async def test_a_guessed_decision_is_not_found(engine: Engine) -> None:
    number = await certificates.decided(engine)
    training = number.replace("certification", "training")
    for path in (f"/certifications/{training}", "/certifications/certification-99999999"):
        assert words.problem(await engine.call("agency", "GET", path)) == (404, "not-found")
