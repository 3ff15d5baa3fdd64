"""Clause 4.8 over HTTP: who may report, appoint, accept, and what is refused."""

import asyncio
from datetime import date, timedelta

import pytest

from devstack.keys import RESPONSIBLE_EMAIL
from models.tables import Responsibility
from tests.engine import Engine, Json
from tests.workflows import replacements, words
from tests.workflows.replacements import OTHER_OWNER, Held


@pytest.fixture(scope="module")
async def held(engine: Engine) -> Held:
    """A course and its responsible, whom no test of this module reports with success."""
    return await replacements.held(engine)


async def test_the_register_names_who_may_be_reported_to_their_own_organisation_alone(
    engine: Engine, held: Held
) -> None:
    assert (await _in_register(engine, held, "agency"))["responsible_id"] == held.person
    assert (await _in_register(engine, held, "operator"))["responsible_id"] == held.person
    stranger = await replacements.key_of(engine, "nobody@example.org", organisation=OTHER_OWNER)
    assert (await _in_register(engine, held, stranger))["responsible_id"] is None


async def test_a_course_is_shown_as_without_a_responsible_until_the_successor_starts(engine: Engine) -> None:
    held = await replacements.held(engine)
    assert not (await _in_register(engine, held, "agency"))["without_responsible"]

    number = await replacements.reported(engine, held.person, replacements.days_ago(1))
    await replacements.journal_says(engine, number, "Полномочия прекращены")
    assert (await _in_register(engine, held, "agency"))["without_responsible"]
    shown = await engine.get("agency", f"/courses/{held.course.id}/trainings")
    assert shown == []

    await replacements.appoint(engine, number, replacements.successor())
    await replacements.journal_says(engine, number, "Новое ответственное лицо приступило")
    assert not (await _in_register(engine, held, "agency"))["without_responsible"]


@pytest.mark.parametrize(
    ("ended_on", "type"),
    [
        (words.local_today() + timedelta(days=367), "powers-end-impossible"),
        (words.local_today() - timedelta(days=6 * 366), "powers-end-impossible"),
        ("2026-02-30", "invalid"),
        ("01.12.2026", "invalid"),
        (0, "invalid"),
        ("", "invalid"),
        (None, "invalid"),
    ],
)
async def test_an_impossible_last_day_is_refused(
    ended_on: date | str | int | None, type: str, engine: Engine, held: Held
) -> None:
    day = str(ended_on) if isinstance(ended_on, date) else ended_on
    response = await engine.post("agency", "/replacements", {"person": held.person, "powers_ended_on": day})
    assert (response.status_code, response.json()["type"]) == (422, type)


async def test_the_successor_is_not_the_one_who_goes(engine: Engine, held: Held) -> None:
    same = replacements.successor(email=held.email.upper())
    response = await replacements.report(engine, held.person, replacements.days_ago(1), successor=same)
    assert (response.status_code, response.json()["type"]) == (422, "successor-is-predecessor")


async def test_of_two_reports_at_once_one_opens_the_case_and_the_other_names_it(engine: Engine) -> None:
    held = await replacements.held(engine)
    day = replacements.days_ago(1)

    answers = await asyncio.gather(*(replacements.report(engine, held.person, day) for _ in range(4)))

    [opened] = [one for one in answers if one.status_code == 201]
    refused = [one.json() for one in answers if one.status_code == 409]
    assert {one["type"] for one in refused} == {"already-reported"}
    assert len(refused) == 3
    assert all(opened.json()["number"] in one["detail"] for one in refused)


async def test_a_report_sent_twice_under_one_key_is_one(engine: Engine) -> None:
    held = await replacements.held(engine)
    form = {"person": held.person, "powers_ended_on": str(replacements.days_ago(1))}
    first = await engine.post("agency", "/replacements", form, key="twice-4.8")
    again = await engine.post("agency", "/replacements", form, key="twice-4.8")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()


async def test_a_person_of_another_owner_is_not_found(engine: Engine, held: Held) -> None:
    stranger = await replacements.agency_key(engine, OTHER_OWNER)
    response = await replacements.report(engine, held.person, replacements.days_ago(1), role=stranger)
    assert response.status_code == 404
    nobody = await replacements.report(engine, 2**31 - 1, replacements.days_ago(1))
    assert nobody.status_code == 404


async def test_a_person_with_no_course_has_nothing_to_replace(engine: Engine) -> None:
    held = await replacements.held(engine)
    number = await replacements.reported(engine, held.person, replacements.days_ago(1))
    await replacements.journal_says(engine, number, "Полномочия прекращены")
    new = replacements.successor()
    await replacements.appoint(engine, number, new)
    await replacements.finish(engine, number, new["email"])

    for role in ("agency", "operator"):
        response = await replacements.report(engine, held.person, replacements.days_ago(1), role=role)
        assert (response.status_code, response.json()["type"]) == (409, "nothing-to-replace")


async def test_whoever_is_no_party_to_it_does_not_see_it(engine: Engine) -> None:
    held = await replacements.held(engine)
    new = replacements.successor()
    number = await replacements.reported(engine, held.person, replacements.days_ago(1), successor=new)
    path = f"/replacements/{number}"

    for role in ("agency", "operator", "reviewer", "admin", await replacements.key_of(engine, new["email"])):
        assert (await engine.call(role, "GET", path)).status_code == 200
    for email in (held.email, "somebody@example.org", RESPONSIBLE_EMAIL):
        key = await replacements.key_of(engine, email)
        assert (await engine.call(key, "GET", path)).status_code == 404
        assert (await engine.post(key, f"{path}/accept", {})).status_code == 404
    stranger = await replacements.agency_key(engine, OTHER_OWNER)
    assert (await engine.call(stranger, "GET", path)).status_code == 404
    appointing = await engine.post(stranger, f"{path}/successor", replacements.successor())
    assert appointing.status_code == 404


async def test_a_successor_is_exchanged_until_the_rights_go_over(engine: Engine) -> None:
    held = await replacements.held(engine)
    number = await replacements.reported(engine, held.person, replacements.days_ago(-5))
    await replacements.waiting(engine, number)
    path = f"/replacements/{number}/successor"
    same = await engine.post("agency", path, replacements.successor(email=held.email.title()))
    assert (same.status_code, same.json()["type"]) == (422, "successor-is-predecessor")
    form = replacements.successor()

    first = await engine.post("agency", path, form, key="appointed-once")
    again = await engine.post("agency", path, form, key="appointed-once")
    twice = await engine.post("agency", path, form)
    better = replacements.successor()
    other = await engine.post("agency", path, better)

    assert (first.status_code, first.json()["successor"]["email"]) == (200, form["email"])
    assert again.json() == first.json()
    assert (twice.status_code, twice.json()["type"]) == (409, "already-appointed")
    assert (other.status_code, other.json()["successor"]["email"]) == (200, better["email"])
    await engine.until(lambda: _has_successor(engine, number, better["email"]))
    assert (await replacements.accept(engine, number, form["email"])).status_code == 404
    early = await replacements.accept(engine, number, better["email"])
    # The successor sees the case, but has no rights yet: the powers end in five days.
    assert (early.status_code, early.json()["type"]) == (409, "not-handed-over")


async def _has_successor(engine: Engine, number: str, email: str) -> bool:
    shown = await engine.get("agency", f"/replacements/{number}")
    return bool(shown["successor"]["email"] == email)


async def test_the_operator_opens_on_a_sign_and_the_owner_reports_afterwards(engine: Engine) -> None:
    held = await replacements.held(engine)
    number = await replacements.reported(engine, held.person, replacements.days_ago(1), role="operator")
    await replacements.waiting(engine, number)
    assert (await replacements.row(engine, number)).informed_at is None

    reported = await engine.post("agency", f"/replacements/{number}/report", {})
    again = await engine.post("agency", f"/replacements/{number}/report", {})

    assert (reported.status_code, again.status_code) == (200, 409)
    assert reported.json()["informed_at"]
    await replacements.journal_says(engine, number, "Владелец сообщил Оператору")
    await engine.until(lambda: _was_told_twice(engine, number))
    assert (await engine.letter_names(number)).count("replacement_opened owner delivered") <= 1


async def _was_told_twice(engine: Engine, number: str) -> bool:
    """The operator: of the case on its opening, and of the owner's own report (clause 4.8)."""
    return (await engine.letter_names(number)).count("replacement_opened operator delivered") == 2


async def test_the_operator_names_the_owner_of_a_person_of_two(engine: Engine) -> None:
    held, other = await replacements.held_of_two_owners(engine)

    unclear = await replacements.report(engine, held.person, replacements.days_ago(1), role="operator")
    assert (unclear.status_code, unclear.json()["type"]) == (422, "owner-not-named")

    number = await replacements.reported(
        engine, held.person, replacements.days_ago(1), role="operator", owner=other.owner
    )
    await replacements.journal_says(engine, number, "Права сняты")
    async with engine.sessions() as session:
        rows = [await session.get_one(Responsibility, one) for one in await replacements.all_of(engine, held)]
    assert {row.course: row.until is None for row in rows} == {held.course.id: True, other.id: False}
    assert held.email in await replacements.teachers(engine, held.course)
    assert held.email not in await replacements.teachers(engine, other)


async def _in_register(engine: Engine, held: Held, role: str) -> Json:
    register = await engine.get(role, "/register")
    [shelf] = [one for one in register if one["code"] == held.course.subsystem]
    courses = [*shelf["courses"], *(course for one in shelf["categories"] for course in one["courses"])]
    [found] = [one for one in courses if one["id"] == held.course.id]
    return dict(found)
