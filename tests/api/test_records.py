"""What a case shows, and to whom: journal, terms, letters, documents, register."""

import hashlib

import pytest

from api.auth import Role
from devstack.keys import RESPONSIBLE_EMAIL
from tests.api import words
from tests.engine import Engine, Json, request_form
from tests.workflows import standing
from tests.workflows.words import delivered


@pytest.fixture(scope="module")
async def number(engine: Engine) -> str:
    """A case that is done and whose letters have all arrived, read by all these tests."""
    responsible = {**request_form()["responsible"], "email": RESPONSIBLE_EMAIL}
    number = await words.done(engine, responsible=responsible)
    await delivered(engine, number, of=7)
    return number


async def test_the_agency_reads_the_whole_journal_but_not_what_moodle_answered(
    engine: Engine, number: str
) -> None:
    agencys: list[Json] = await engine.get("agency", f"/cases/{number}/journal")
    staffs: list[Json] = await engine.get("operator", f"/cases/{number}/journal")

    assert [line["what"] for line in agencys] == [line["what"] for line in staffs]
    assert all(line["evidence"] is None for line in agencys)
    assert any(line["evidence"] for line in staffs)


async def test_the_journal_says_who_when_and_by_which_clause(engine: Engine, number: str) -> None:
    journal: list[Json] = await engine.get("agency", f"/cases/{number}/journal")

    first, decision = journal[0], next(line for line in journal if "решение" in line["what"])
    assert (first["who"], first["clause"]) == ("Департамент здравоохранения (система)", "4.1")
    assert (decision["who"], decision["clause"]) == ("Петров Сергей Ильич", "4.2")
    assert all(line["at"].endswith("+05:00") for line in journal)


async def test_nothing_of_other_cases_is_in_what_the_agency_reads(engine: Engine, number: str) -> None:
    other = await standing.under_review(engine)

    for what in ("", "/journal", "/deadlines", "/documents"):
        response = await engine.call("agency", "GET", f"/requests/{number}{what}")

        assert other not in response.text


async def test_a_request_shows_how_many_learners_it_lists_and_not_who(engine: Engine) -> None:
    people = [{"name": "Слушателева Анна", "email": "anna@example.org"}]
    number = await standing.under_review(engine, learners={"people": people})

    for role in ("agency", "reviewer"):
        response = await engine.call(role, "GET", f"/requests/{number}")

        assert response.json()["learners_listed"] == 1
        assert "Слушателева" not in response.text


async def test_a_term_explains_itself_and_shows_its_ladder_with_its_letters(
    engine: Engine, number: str
) -> None:
    review, setup = await engine.get("agency", f"/cases/{number}/deadlines")

    assert (review["clause"], setup["clause"]) == ("4.2", "4.3")
    assert review["explanation"]
    assert review["rungs"][0]["kind"] == "reminder"
    assert review["finished_at"] is not None
    assert review["late_by"] == review["standing"] == ""


async def test_a_document_comes_whole_as_an_attachment_that_nothing_keeps(
    engine: Engine, number: str
) -> None:
    (listed,) = await engine.get("agency", f"/cases/{number}/documents")

    response = await engine.call("agency", "GET", f"/cases/{number}/documents/{listed['id']}")

    assert response.content.startswith(b"%PDF")
    assert hashlib.sha256(response.content).hexdigest() == listed["sha256"]
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{listed["filename"]}"'
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("role", "recipients"),
    [
        ("agency", {"agency"}),
        ("responsible", {"responsible"}),
        ("reviewer", {"agency", "authority", "operator", "responsible", "reviewer"}),
    ],
)
async def test_everybody_reads_the_letters_addressed_to_them_and_the_staff_all(
    engine: Engine, number: str, role: str, recipients: set[str]
) -> None:
    letters: list[Json] = await engine.get(role, f"/cases/{number}/letters")

    assert {letter["recipient"] for letter in letters} == recipients
    assert all(letter["recipient_name"] and letter["notice_name"] for letter in letters)


async def test_letters_show_their_delivery_to_the_staff(engine: Engine, number: str) -> None:
    letters: list[Json] = await engine.get("reviewer", f"/cases/{number}/letters")

    assert {"confirmation", "approval", "order", "access"} <= {letter["notice"] for letter in letters}
    assert all(letter["state_name"] for letter in letters)


async def test_the_register_names_a_responsible_to_the_staff_and_to_their_own_agency_only(
    engine: Engine, number: str
) -> None:
    other = await words.issue(engine, Role.AGENCY, "trud")

    shown = {
        who: _course(await engine.get(who, "/register"), number) for who in ("operator", "agency", other)
    }

    assert shown["operator"]["responsible"] == shown["agency"]["responsible"] == "Тестова Вера Павловна"
    assert shown[other]["responsible"] == ""
    assert shown[other]["name"] == shown["agency"]["name"]


async def test_the_register_holds_appendix_1(engine: Engine) -> None:
    register: list[Json] = await engine.get("agency", "/register")

    assert [(one["number"], one["integration"]) for one in register] == [
        ("1", "moodle"),
        ("1.1", "module"),
        ("2", "moodle"),
        ("3", "moodle"),
        ("4", "manual"),
    ]
    assert len([one for one in register[0]["categories"] if one["number"] is not None]) == 9


def _course(register: list[Json], number: str) -> Json:
    courses = [course for one in register for category in one["categories"] for course in category["courses"]]
    (found,) = [course for course in courses if course["request"] == number]
    return dict(found)
