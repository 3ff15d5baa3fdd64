"""Codes anew, slips and the list of those without a way in: for the responsible and the owner alone."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import update
from sqlmodel import col, select

from activities import claim_codes
from activities.mailing import MailingActivities
from api.auth import Role
from models.claims import normalise
from models.letters import LetterState
from models.tables import Account, BulkLetter, CaseRow, ClaimCode
from tests import claims as words
from tests.api.words import issue, problem
from tests.claims import List, a_list, choose, code_of
from tests.engine import Engine, Json
from tests.workflows import privacy

CODE = re.compile(r"(?:[2-9A-Z]{4}-){4}[2-9A-Z]{4}")


@pytest.fixture(scope="module")
async def course(engine: Engine) -> List:
    """A list whose course those of the tests are of."""
    return await a_list(engine)


async def unclaimed(engine: Engine, number: str, query: str = "") -> Json:
    return dict(await engine.get("responsible", f"/enrolments/{number}/unclaimed{query}"))


async def mailed(engine: Engine, some: List, form: Json | None = None) -> httpx.Response:
    """Codes anew, once their letters are on record as gone."""
    before = len(await letters(engine, some.number))
    response = await engine.post("responsible", f"/enrolments/{some.number}/codes", form)
    if response.status_code == 200:
        await engine.until(lambda: _is_sent(engine, some.number, before))
    return response


async def _is_sent(engine: Engine, number: str, before: int = 0) -> bool:
    rows = await letters(engine, number)
    return len(rows) > before and all(row.state != LetterState.WRITTEN for row in rows)


async def letters(engine: Engine, number: str) -> list[BulkLetter]:
    query = select(BulkLetter).where(col(BulkLetter.number) == number).order_by(col(BulkLetter.row))
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())


def codes_told(engine: Engine, address: str) -> list[str]:
    """Codes in the letters to an address, the oldest first."""
    mails = [one for one in reversed(engine.mail.letters(naming=address)) if address in one.recipients]
    return [found[0] for one in mails if (found := CODE.search(one.text))]


def printed(response: httpx.Response) -> list[str]:
    """Codes on slips."""
    assert response.status_code == 200, response.text
    pages = PdfReader(io.BytesIO(response.content)).pages
    return CODE.findall(" ".join(page.extract_text() for page in pages))


async def test_those_without_a_way_in_are_listed_until_they_choose_a_password(
    engine: Engine, course: List
) -> None:
    some = await a_list(engine, mails=2, without=1, course=course.course)
    code = await code_of(engine, some)

    before = await unclaimed(engine, some.number)
    first = await unclaimed(engine, some.number, "?limit=2")
    rest = await unclaimed(engine, some.number, f"?after={first['next']}")
    assert (await choose(engine, code)).status_code == 200
    after = await unclaimed(engine, some.number)

    assert (before["total"], [one["row"] for one in before["items"]]) == (3, [2, 3, 4])
    assert before["items"][0]["code_works"]
    assert before["items"][0]["name"] == "Ветрова Ульяна"
    assert not before["items"][1]["code_works"]
    assert [one["row"] for one in (*first["items"], *rest["items"])] == [2, 3, 4]
    assert rest["next"] is None
    assert [one["row"] for one in after["items"]] == [3, 4]


async def test_codes_go_by_mail_to_whoever_has_an_address_and_no_password_yet(
    engine: Engine, course: List
) -> None:
    some = await a_list(engine, mails=3, without=1, course=course.course)
    assert (await choose(engine, await code_of(engine, some))).status_code == 200
    await engine.moodle_act("change_user", user_id=some.learners[1].moodle_id, firstaccess=1_700_000_000)

    response = await mailed(engine, some)

    assert response.status_code == 200, response.text
    [gone] = await letters(engine, some.number)
    assert (gone.row, gone.address, gone.state) == (4, some.learners[2].email, "delivered")
    [code] = codes_told(engine, some.learners[2].email)
    assert code not in str(gone.facts)
    assert (await choose(engine, code)).status_code == 200
    assert await words.signs_in(engine, some, place=2)


async def test_the_letter_tells_login_code_page_and_last_day(engine: Engine, course: List) -> None:
    some = await a_list(engine, course=course.course)

    await mailed(engine, some)

    email = some.learners[0].email
    [mail] = [one for one in engine.mail.letters(naming=email) if email in one.recipients]
    [code] = codes_told(engine, some.learners[0].email)
    for told in (some.learners[0].username, f"http://api.example.org/claim/{code}", "включительно"):
        assert told in mail.text
    [shown] = (await unclaimed(engine, some.number))["items"]
    assert shown["letter"]["code"] == "delivered"
    assert shown["code_works"]


async def test_a_code_given_anew_makes_the_earlier_one_useless(engine: Engine, course: List) -> None:
    some = await a_list(engine, mails=2, course=course.course)
    await mailed(engine, some)

    await mailed(engine, some, {"rows": [2]})

    first, second = codes_told(engine, some.learners[0].email)
    assert (await choose(engine, first)).status_code == 404
    assert (await choose(engine, second)).status_code == 200
    assert len(codes_told(engine, some.learners[1].email)) == 1


async def test_the_same_post_again_mails_nothing_twice(engine: Engine, course: List) -> None:
    some = await a_list(engine, course=course.course)
    key = uuid4().hex

    answers = [await engine.post("agency", f"/enrolments/{some.number}/codes", key=key) for _ in range(2)]
    await engine.until(lambda: _is_sent(engine, some.number))

    assert [answer.json() for answer in answers] == [{"number": some.number, "letters": 1}] * 2
    assert len(codes_told(engine, some.learners[0].email)) == 1


async def test_a_code_that_was_refused_by_the_mail_server_works_no_more(engine: Engine, course: List) -> None:
    some = await a_list(engine, mails=2, course=course.course)
    engine.mail.mood.refuses.add(some.learners[0].email)

    await mailed(engine, some)

    bounced, delivered = await letters(engine, some.number)
    assert (bounced.state, delivered.state) == ("bounced", "delivered")
    by_row = {one.row: one for one in await words.codes(engine, some.number)}
    assert by_row[2].revoked_at is not None
    assert by_row[3].revoked_at is None
    shown = {one["row"]: one for one in (await unclaimed(engine, some.number))["items"]}
    assert (shown[2]["letter"]["code"], shown[2]["code_works"]) == ("bounced", False)


async def test_what_the_mail_server_puts_off_goes_later_with_another_code(
    engine: Engine, course: List
) -> None:
    some = await a_list(engine, course=course.course)
    engine.mail.mood.greylists = 1

    await mailed(engine, some)

    [code] = codes_told(engine, some.learners[0].email)
    put_off, sent = await words.codes(engine, some.number)
    assert (put_off.revoked_at is None, sent.revoked_at) == (False, None)
    assert (await choose(engine, code)).status_code == 200


async def test_killed_after_a_letter_went_it_goes_again_and_either_code_opens_the_account_once(
    engine: Engine, course: List
) -> None:
    """The same Message-ID: which of the two letters a mail box shows is not ours to say."""
    some = await a_list(engine, course=course.course)
    settle, deaths = MailingActivities._settle, iter([True])

    async def dies_once(self: MailingActivities, *arguments: Any) -> None:
        if next(deaths, False):
            raise RuntimeError
        await settle(self, *arguments)

    with patch.object(MailingActivities, "_settle", dies_once):
        await mailed(engine, some)

    email = some.learners[0].email
    mails = [one for one in engine.mail.letters(naming=email) if email in one.recipients]
    assert len({one.message["Message-ID"] for one in mails}) == 1
    first, second = codes_told(engine, some.learners[0].email)
    assert first != second
    assert (await choose(engine, first)).status_code == 200
    assert (await choose(engine, second, "Drugoi-2026-les")).status_code == 404


async def test_whoever_chose_a_password_meanwhile_gets_no_letter(engine: Engine, course: List) -> None:
    some = await a_list(engine, mails=2, course=course.course)
    code = await code_of(engine, some, 1)
    tell = claim_codes.tell

    async def claims_meanwhile(*arguments: Any) -> Any:
        if (await words.account(engine, some, 1)).claimed_at is None:
            assert (await choose(engine, code)).status_code == 200
        return await tell(*arguments)

    with patch.object(claim_codes, "tell", claims_meanwhile):
        await mailed(engine, some)

    assert [row.state for row in await letters(engine, some.number)] == ["delivered", "not_needed"]
    assert codes_told(engine, some.learners[1].email) == []


async def test_neither_codes_nor_learners_are_in_histories_or_tables(engine: Engine, course: List) -> None:
    some = await a_list(engine, mails=2, without=1, course=course.course)
    await mailed(engine, some)
    told = [codes_told(engine, one.email)[0] for one in some.learners[:2]]
    told += printed(await engine.post("responsible", f"/enrolments/{some.number}/slips"))
    assert len(told) == 3

    histories = {
        key: text for key, text in (await privacy.all_histories(engine)).items() if some.number in key
    }
    rows = await words.everything(engine)

    assert any("codes" in key for key in histories)
    for text in (*histories.values(), rows):
        assert not any(code in text or normalise(code) in text for code in told)
    for text in histories.values():
        assert not any(one.username in text for one in some.learners)


async def test_nobody_to_give_codes_to_is_said(engine: Engine, course: List) -> None:
    some = await a_list(engine, mails=0, without=1, course=course.course)

    by_mail = await engine.post("responsible", f"/enrolments/{some.number}/codes")
    unknown = await engine.post("responsible", f"/enrolments/{some.number}/slips", {"rows": [77]})

    assert problem(by_mail, 409) == problem(unknown, 409) == "nobody-to-give-codes"


async def test_slips_are_printed_for_those_without_mail_and_their_codes_work(
    engine: Engine, course: List
) -> None:
    some = await a_list(engine, mails=1, without=2, course=course.course)

    response = await engine.post("responsible", f"/enrolments/{some.number}/slips")

    codes = printed(response)
    assert response.headers["Content-Type"] == "application/pdf"
    assert (response.headers["X-Slips"], response.headers["X-Last-Row"]) == ("2", "4")
    assert response.headers["X-Left"] == "0"
    assert len(codes) == 2
    assert {(await choose(engine, code)).status_code for code in codes} == {200}
    assert any("Листки" in line for line in await engine.journal(some.number))


async def test_slips_are_not_given_twice_under_one_key(engine: Engine, course: List) -> None:
    some = await a_list(engine, mails=0, without=1, course=course.course)
    path, key = f"/enrolments/{some.number}/slips", uuid4().hex
    [first] = printed(await engine.post("responsible", path, key=key))

    again = await engine.post("responsible", path, key=key)
    [anew] = printed(await engine.post("responsible", path))

    assert problem(again, 409) == "slips-given"
    assert (await choose(engine, first)).status_code == 404
    assert (await choose(engine, anew)).status_code == 200


async def test_a_slip_may_be_asked_for_whose_letter_did_not_arrive(engine: Engine, course: List) -> None:
    some = await a_list(engine, mails=2, course=course.course)

    codes = printed(await engine.post("agency", f"/enrolments/{some.number}/slips", {"rows": [3]}))

    assert len(codes) == 1
    assert (await choose(engine, codes[0])).status_code == 200
    assert await words.signs_in(engine, some, place=1)


async def test_no_slip_opens_an_account_that_another_owners_list_made(engine: Engine, course: List) -> None:
    theirs, some = [await a_list(engine, course=course.course) for _ in range(2)]
    async with engine.sessions.begin() as session:
        of_theirs = col(CaseRow.number) == theirs.number
        await session.execute(update(CaseRow).where(of_theirs).values(organisation="trud"))
        own = col(Account.moodle_id) == some.learners[0].moodle_id
        await session.execute(update(Account).where(own).values(made_by=theirs.number))

    refused = await engine.post("responsible", f"/enrolments/{some.number}/slips", {"rows": [2]})

    assert problem(refused, 409) == "nobody-to-give-codes"


async def test_codes_are_for_the_responsible_and_the_owner_alone(engine: Engine, course: List) -> None:
    number = course.number
    stranger = await issue(engine, Role.RESPONSIBLE, "zdrav", email="chuzhoi@example.org")
    other = await issue(engine, Role.AGENCY, "trud")
    calls = (
        ("GET", f"/enrolments/{number}/unclaimed"),
        ("POST", f"/enrolments/{number}/codes"),
        ("POST", f"/enrolments/{number}/slips"),
    )

    for method, path in calls:
        body: Json | None = {} if method == "POST" else None
        statuses = [(await engine.call(who, method, path, body)).status_code for who in (stranger, other)]
        staff = [
            (await engine.call(who, method, path, body)).status_code
            for who in ("operator", "reviewer", "admin")
        ]
        assert (statuses, staff) == ([404, 404], [403, 403, 403])


async def test_an_expired_code_is_shown_as_not_working(engine: Engine, course: List) -> None:
    some = await a_list(engine, course=course.course)
    await code_of(engine, some)
    past = datetime.now(UTC) - timedelta(days=1)
    async with engine.sessions.begin() as session:
        await session.execute(
            update(ClaimCode).where(col(ClaimCode.number) == some.number).values(expires_at=past)
        )

    [shown] = (await unclaimed(engine, some.number))["items"]

    assert not shown["code_works"]
