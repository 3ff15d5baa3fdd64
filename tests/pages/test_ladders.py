"""Ladders over all terms: what went, to whom, and what did not arrive, over the API and as a page."""

import re
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from models.deadlines import local_date
from models.letters import LetterState
from models.regulation import LADDERS
from models.tables import LetterRow
from tests.engine import Engine, Json, today
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE
from tests.workflows import words


def _review(ladders: list[Json], label: str) -> Json:
    [ladder] = [one for one in ladders if one["clause"] == "4.2"]
    [step] = [one for one in ladder["steps"] if one["label"] == label]
    return dict(step)


async def test_a_rung_that_went_is_counted_listed_and_shown_with_what_did_not_arrive(
    stand: Engine, signed_in: SignIn
) -> None:
    first, last = [local_date(today() + timedelta(days=n)) for n in (-1, 60)]
    period = f"from={first}&to={last}"
    before = await stand.get("admin", f"/ladders?{period}")
    assert [one["clause"] for one in before] == [term.clause for term in LADDERS]
    number = await stand.file(course_name=HOSTILE)
    review = await words.reviewing(stand, number)
    rungs = await words.ladder(stand, number)
    await words.delivered(stand, number, of=2)
    await stand.skip(review, to=rungs[0].planned_at)
    await stand.until_waiting(review)
    await words.delivered(stand, number, of=3)

    after = await stand.get("supervisor", f"/ladders?{period}")
    went = _review(after, rungs[0].label)
    assert went["fired"] == _review(before, rungs[0].label)["fired"] + 1
    assert went["delivered"] == _review(before, rungs[0].label)["delivered"] + 1
    page = await stand.get("admin", f"/escalations?{period}&clause=4.2&limit=200")
    [fired] = [one for one in page["items"] if one["number"] == number]
    assert (fired["rung"]["label"], fired["rung"]["fate"]["code"]) == (rungs[0].label, "delivered")

    lost = (col(LetterRow.number) == number, col(LetterRow.rung) == rungs[0].ordinal)
    async with stand.sessions.begin() as session:
        await session.execute(update(LetterRow).where(*lost).values(state=LetterState.BOUNCED.value))
    failing = await stand.get("admin", f"/escalations?{period}&failed=true&limit=200")
    assert number in [one["number"] for one in failing["items"]]
    counted = _review(await stand.get("admin", f"/ladders?{period}"), rungs[0].label)
    assert (counted["failed"], counted["delivered"]) == (went["failed"] + 1, went["delivered"] - 1)

    admin = await signed_in("admin")
    shown = await admin.page(f"/ladders?{period}&failed=true")
    assert f'href="/cases/{number}"' in shown
    assert "письмо не доставлено" in shown
    assert "<script>alert" not in shown
    assert len(re.findall("<caption>П. ", shown)) == len(LADDERS)
    assert "«Проверка напоминаний»</a>" in await admin.page("/ladders")
    others = await (await signed_in("supervisor")).page("/ladders")
    assert "Итог видят Оператор и администратор" in others
    assert "«Задачи»" not in others
    for nonsense in ("from=x", f"from={last}&to={first}", "clause=9", "cursor=x"):
        assert (await admin.open(f"/ladders?{nonsense}")).status_code == 422
    for role in ("agency", "responsible", "reviewer", "operator"):
        assert (await (await signed_in(role)).open("/ladders")).status_code == 403
    await words.withdraw(stand, number)
