"""A small year of the real engine: what a changed term changes, as counted by hand."""

from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from api.schemas.rehearsals import ReportForm
from models.changed_terms import IN_FORCE, Terms
from models.deadlines import LOCAL_ZONE
from models.letters import Notice
from models.terms import Clause, Recipient
from rehearsal import report
from rehearsal.clock import together
from rehearsal.comparison import Rehearsed, tables
from rehearsal.facts import Ended, Outcome, Sent, read
from rehearsal.parts import Parts
from rehearsal.people import Habit, Invented, Wakes
from rehearsal.year import Year

CHANGED = {**IN_FORCE, Clause.REVIEW: IN_FORCE[Clause.REVIEW].model_copy(update={"amount": 20})}


def invented(ordinal: int, *, day: int, review: int, **more: object) -> Invented:
    """Comes in March 2027 and is decided after so many working days, then set up in three."""
    return Invented(
        ordinal,
        datetime(2027, 3, day, 10, tzinfo=LOCAL_ZONE),
        f"Охрана труда, поток {ordinal}",
        review=Habit(Wakes.AT_ONCE, review),
        setup=Habit(Wakes.AT_ONCE, 3),
        answer=Habit(Wakes.AT_ONCE, 1),
        **more,  # type: ignore[arg-type]
    )


REQUESTS = [
    # Decided on Friday 26 March: by the 31st in time, by Monday the 22nd late by four days.
    invented(1, day=1, review=18, asks_after=2),
    invented(2, day=1, review=1),
    invented(3, day=2, review=9, withdraws_after=2),
    invented(4, day=2, review=9, is_incomplete=True),
]


class Lived(NamedTuple):
    kept: Outcome
    broken: Outcome
    again: Outcome
    """The broken one's people under the same terms."""


@pytest.fixture(scope="module")
async def lived(parts: Parts) -> Lived:
    terms = {"kept": IN_FORCE, "broken": CHANGED, "again": CHANGED}
    return Lived(*await together([_live(parts, name, by) for name, by in terms.items()]))


def test_a_shorter_term_is_broken_and_escalated_as_counted_by_hand(lived: Lived) -> None:
    before, after = lived.kept, lived.broken
    assert [one for one in before.ended if one.is_late] == []
    assert [one for one in after.ended if one.is_late] == [
        Ended(
            1,
            Clause.REVIEW,
            "Охрана труда, поток 1",
            started_on=date(2027, 3, 1),
            last_day=date(2027, 3, 22),  # the 21st is a Sunday
            ended_on=date(2027, 3, 26),
            late_by="на 4 дня",
        )
    ]
    reviewer, supervisor, head = Recipient.REVIEWER, Recipient.SUPERVISOR, Recipient.AUTHORITY_HEAD
    assert _ladder(before) == [
        (date(2027, 3, 22), Notice.REMINDER, reviewer),
        (date(2027, 3, 26), Notice.REMINDER, reviewer),
    ]
    assert _ladder(after) == [
        (date(2027, 3, 11), Notice.REMINDER, reviewer),
        (date(2027, 3, 17), Notice.REMINDER, reviewer),
        (date(2027, 3, 19), Notice.REMINDER, reviewer),
        (date(2027, 3, 23), Notice.ESCALATION, reviewer),
        (date(2027, 3, 23), Notice.ESCALATION, supervisor),
        (date(2027, 3, 26), Notice.ESCALATION, head),
        (date(2027, 3, 26), Notice.ESCALATION, supervisor),
    ]
    assert [one.clause for one in after.ended if one.ordinal == 1] == list(IN_FORCE)
    assert {one.ordinal for one in after.ended if one.clause is Clause.SETUP} == {1, 2}
    found = {table.title: table for table in tables(_rehearsed(before, after))}
    assert [row[2:5] for row in found["Итог по пунктам"].rows][:2] == [(4, 4, 0), (4, 3, 1)]
    assert [row[:3] for row in found["Нарушения сроков"].rows] == [(1, "Охрана труда, поток 1", "4.2")]


def test_the_same_people_under_the_same_terms_give_the_same_report(lived: Lived, tmp_path: Path) -> None:
    first, second = lived.broken, lived.again
    assert first == second
    written = []
    for name in ("once", "twice"):
        folder = tmp_path / name
        folder.mkdir()
        report.write(_rehearsed(first, second), folder)
        written.append([(folder / file).read_bytes() for file in report.FILES])
        assert sorted(path.name for path in folder.iterdir()) == sorted(report.FILES)
    assert written[0] == written[1]
    taken = ReportForm.model_validate_json(written[0][report.FILES.index("report.json")])
    assert "Итог по пунктам" in [table.title for table in taken.tables]


async def _live(parts: Parts, name: str, terms: Terms) -> Outcome:
    async with parts.office(name) as office:
        numbers = await Year(office, terms).live(REQUESTS, lived=lambda: None)
        return await read(office.sessions, REQUESTS, numbers)


def _ladder(outcome: Outcome) -> list[tuple[date, Notice, Recipient]]:
    def of_review(one: Sent) -> bool:
        return one.ordinal == 1 and one.clause is Clause.REVIEW

    ladder = (Notice.REMINDER, Notice.ESCALATION)
    return sorted(
        (one.on, one.notice, one.to) for one in outcome.letters if of_review(one) and one.notice in ladder
    )


def _rehearsed(before: Outcome, after: Outcome) -> Rehearsed:
    return Rehearsed("За 20 дней", 2027, len(REQUESTS), 1, CHANGED, before=before, after=after)
