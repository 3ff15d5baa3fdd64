"""The supervisor's page of the ledger."""

import re
from datetime import date

import pytest

from api.pages import clauses
from api.pages.clauses import _firsts
from tests.api import words
from tests.engine import Engine
from tests.pages.people import SignIn
from tests.pages.test_case import HOSTILE
from tests.workflows.courses import building
from tests.workflows.trainings import course_of_its_own


def _row(page: str, name: str) -> list[str]:
    """The cells of a row, by the words that head it."""
    found = re.search(rf'<th scope="row">{re.escape(name)}.*?</tr>', page, re.DOTALL)
    assert found, name
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found[0], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", one).split()) for one in cells]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 25), 1, [date(2026, 11, 1)]),
        (date(2026, 1, 31), 3, [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]),
        (date(2026, 3, 31), 2, [date(2026, 2, 1), date(2026, 3, 1)]),
    ],
)
def test_months_end_with_this_one(day: date, months: int, expected: list[date]) -> None:
    assert _firsts(day, months) == expected


async def test_a_decision_moves_from_what_waits_to_what_is_decided(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    await stand.post("reviewer", f"/requests/{number}/claim")
    supervisor = await signed_in("supervisor")
    reviewer = (await stand.get("supervisor", f"/deadlines?search={number}"))["items"][0]["claimed_by"]

    before = _row(await supervisor.page("/clauses"), reviewer)
    await stand.approve(number)
    await words.by_hand(stand)
    after = _row(await supervisor.page("/clauses"), reviewer)

    assert int(after[0]) == int(before[0]) - 1
    assert int(after[1]) >= int(before[1]) + 1


async def test_the_table_says_what_the_api_says_and_the_chart_has_a_column_a_month(
    stand: Engine, signed_in: SignIn
) -> None:
    await stand.reviewing(await stand.file())
    supervisor = await signed_in("supervisor")

    page = await supervisor.page("/clauses?months=12")

    assert len(re.findall(r"<text x=", page)) == 12
    assert "<rect class=" in page
    link = re.search(r'href="/download(/ledger\.xlsx\?[^"]+)"', page)
    assert link
    period = link[1].replace("&amp;", "&").removeprefix("/ledger.xlsx")
    totals = await stand.get("supervisor", f"/ledger/totals{period}")
    assert f": {totals['cases']}." in page
    review = next(one for one in totals["clauses"] if one["clause"] == "4.2")
    states = [f"{one['state']['name']}: {one['count']}" for one in review["states"] if one["count"]]
    assert _row(page, "п. 4.2")[0].split("; ") == states
    assert f"to={words.local_today()}" in period
    months = await stand.get("supervisor", f"/ledger/months{period}")
    by_month = [one["states"] for one in months if one["clause"] == "4.2"]
    sums = {state["state"]["code"]: 0 for state in review["states"]}
    for counted in by_month:
        for state in counted:
            sums[state["state"]["code"]] += state["count"]
    assert sums == {one["state"]["code"]: one["count"] for one in review["states"]}
    of_review = await supervisor.page("/clauses?months=12&clause=4.2")
    assert "По месяцам: п. 4.2" in of_review
    assert 'href="/?waits_for=reviewer"' in of_review
    laden = await stand.get("supervisor", f"/ledger/load{period}")
    assert [_row(page, one["holder"])[1] for one in laden] == [str(one["decided"]) for one in laden]
    assert (await supervisor.open(f"/download/ledger.xlsx{period}")).status_code == 200


async def test_a_figure_leads_to_its_cases(stand: Engine, signed_in: SignIn) -> None:
    number = await words.refused(stand)
    supervisor = await signed_in("supervisor")

    page = await supervisor.page("/clauses")
    links = {one.replace("&amp;", "&") for one in re.findall(r'href="(/clauses\?[^"#]+)#named"', page)}
    of_clause = await supervisor.page("/clauses?months=6&clause=4.2&state=kept")
    month = f"{words.local_today()[:7]}-01"
    of_month = await supervisor.page(f"/clauses?months=6&clause=&state=kept&month={month}")
    of_other_state = await supervisor.page("/clauses?months=6&clause=4.2&state=late")

    assert "/clauses?months=6&clause=4.2&state=kept" in links
    assert f"/clauses?months=6&clause=&state=kept&month={month}" in links
    for named in (of_clause, of_month):
        assert f'href="/cases/{number}"' in named
    assert f'href="/cases/{number}"' not in of_other_state
    assert "Обычно (половина дел)" in page


async def test_a_link_to_terms_is_there_only_where_the_list_has_them(
    stand: Engine, signed_in: SignIn
) -> None:
    await building(stand, await course_of_its_own(stand))
    supervisor = await signed_in("supervisor")

    page = await supervisor.page("/clauses")

    clock = page.split('id="clock"')[1].split("</section>")[0]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', clock, re.DOTALL)
    assert "ответственное лицо" in [name for name, _ in rows], "a course is being built, without a term"
    codes = {party.russian: code for party, code in clauses._WAITED_FOR.items()}
    for name, row in rows:
        totals = await stand.get("supervisor", f"/deadlines/totals?waits_for={codes[name]}")
        count = sum(totals.values())
        link = f'<a href="/?waits_for={codes[name]}">все идущие сроки: {count}</a>'
        assert (link in row, "waits_for" in row) == ((True, True) if count else (False, False)), name


async def test_a_hostile_name_is_shown_as_text(stand: Engine, signed_in: SignIn) -> None:
    number = await stand.file()
    await stand.reviewing(number)
    row = await stand.row(number)
    row.claimed_by_name = HOSTILE
    async with stand.sessions.begin() as session:
        await session.merge(row)

    page = await (await signed_in("supervisor")).page("/clauses")

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("role", ["agency", "responsible", "reviewer", "operator", "operator_head"])
async def test_others_have_no_such_page(signed_in: SignIn, role: str) -> None:
    person = await signed_in(role)

    assert (await person.open("/clauses")).status_code == 403
    assert 'href="/clauses"' not in await person.page("/")


async def test_a_period_of_nonsense_is_no_page(signed_in: SignIn) -> None:
    supervisor = await signed_in("supervisor")

    for query in ("months=0", "months=99", "months=x"):
        assert (await supervisor.open(f"/clauses?{query}")).status_code == 404
