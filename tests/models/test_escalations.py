"""The rule of what became of a rung, and what is wrong with a canary."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import canary_faults
from models.canary import CLAUSES, TERMS
from models.escalations import ClauseProof, Fate, LetterFate, Repetition, RungProof, prove
from models.letters import Letter, LetterState, Notice
from models.rungs import RungKind, RungState
from models.tables import ClauseRow, LetterRow, RungRow
from models.terms import Clause, Recipient

AT = datetime(2026, 12, 7, 4, tzinfo=UTC)
TO = [Recipient.SUPERVISOR, Recipient.REVIEWER]
NUMBER = "2026-000001"


def clause(finished_at: datetime | None = None) -> ClauseRow:
    row: dict[str, Any] = {"number": NUMBER, "clause": "4.2", "due_at": AT, "finished_at": finished_at}
    return ClauseRow(**row)


def rung(state: RungState, fired_at: datetime | None = None) -> RungRow:
    return RungRow(
        number=NUMBER,
        clause="4.2",
        ordinal=3,
        kind=RungKind.ESCALATION,
        label="срок истёк",
        recipients=list(TO),
        planned_at=AT,
        state=state,
        fired_at=fired_at,
    )


def letter(
    to: Recipient, state: LetterState, *, step: str = "review/rung-3-2026-12-07", again: int = 0, **more: Any
) -> LetterRow:
    """A letter of the rung."""
    written = AT + timedelta(seconds=len(step) + again)
    key = Letter(number=NUMBER, step=step, notice=Notice.ESCALATION, to=to, at=written, again=again).key
    row: dict[str, Any] = {"notice": Notice.ESCALATION, "recipient": to, "written_at": written, **more}
    return LetterRow(key=key, number=NUMBER, rung=3, state=state, **row)


D, W = LetterState.DELIVERED, LetterState.WRITTEN
BOTH = (Recipient.SUPERVISOR, Recipient.REVIEWER)

FATES: list[tuple[RungState, list[LetterState], Fate]] = [
    (RungState.PLANNED, [], Fate.PLANNED),
    (RungState.PLANNED, [D, D], Fate.PLANNED),  # it goes again, by a deadline that was moved
    (RungState.SENT, [], Fate.DUE),
    (RungState.SENT, [D], Fate.DUE),
    (RungState.SENT, [D, W], Fate.WRITTEN),
    (RungState.SENT, [W, W], Fate.WRITTEN),
    (RungState.SENT, [D, D], Fate.DELIVERED),
    (RungState.SENT, [D, LetterState.NOT_NEEDED], Fate.DELIVERED),
    (RungState.SENT, [W, LetterState.BOUNCED], Fate.FAILED),
    (RungState.SENT, [LetterState.NO_ADDRESS], Fate.FAILED),
    (RungState.SENT, [D, LetterState.UNDELIVERED], Fate.FAILED),
    (RungState.ABSORBED, [], Fate.NOT_NEEDED),
    (RungState.SKIPPED, [], Fate.NOT_NEEDED),
    (RungState.NOT_NEEDED, [], Fate.NOT_NEEDED),
]


@pytest.mark.parametrize(("state", "letters", "fate"), FATES)
def test_the_fate_of_a_rung(state: RungState, letters: list[LetterState], fate: Fate) -> None:
    rows = [letter(to, one) for to, one in zip(BOTH, letters, strict=False)]

    [proof] = prove(clause(), [rung(state)], rows).rungs

    assert proof.fate is fate


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (RungState.SENT, ""),
        (RungState.PLANNED, ""),
        (RungState.ABSORBED, "настало вместе с более высокой ступенью, отправлена она одна"),
        (RungState.SKIPPED, "время напоминания прошло раньше, чем начался или был перенесён срок"),
        (RungState.NOT_NEEDED, "пункт завершён до этой ступени, 7 декабря 2026 г."),
    ],
)
def test_why_it_was_not_needed(state: RungState, why: str) -> None:
    [proof] = prove(clause(finished_at=AT), [rung(state)], []).rungs

    assert proof.why == why


def test_a_letter_sent_anew_counts_in_place_of_the_first() -> None:
    rows = [
        letter(Recipient.SUPERVISOR, LetterState.BOUNCED, last_error="нет"),
        letter(Recipient.SUPERVISOR, D, again=1),
        letter(Recipient.REVIEWER, D),
    ]

    [proof] = prove(clause(), [rung(RungState.SENT, AT)], rows).rungs

    assert proof.fate is Fate.DELIVERED
    assert [(one.to, one.state) for one in proof.letters] == [(to, D) for to in BOTH]


def test_repetitions_stand_apart_each_by_its_day() -> None:
    first, second = "review/repeat-2026-12-14", "review/repeat-2026-12-21x"
    rows = [
        *(letter(to, D) for to in BOTH),
        *(letter(to, D, step=first) for to in BOTH),
        letter(Recipient.SUPERVISOR, W, step=second),
    ]

    [proof] = prove(clause(), [rung(RungState.SENT, AT)], rows).rungs

    assert proof.fate is Fate.DELIVERED
    assert [one.fate for one in proof.repeated] == [Fate.DELIVERED, Fate.DUE]


def test_rungs_and_letters_of_another_clause_are_not_its_own() -> None:
    of_setup = letter(Recipient.OPERATOR, LetterState.BOUNCED, step="setup/rung-3-2026-12-07")
    other = rung(RungState.SENT)
    other.clause = "4.3"

    [proof] = prove(clause(), [rung(RungState.SENT), other], [of_setup]).rungs

    assert (proof.fate, proof.letters) == (Fate.DUE, [])


def test_what_failed_last_is_told() -> None:
    rows = [letter(Recipient.SUPERVISOR, W, last_error="почтовый сервер недоступен")]

    [proof] = prove(clause(), [rung(RungState.SENT, AT)], rows).rungs

    assert proof.letters[0].last_error == "почтовый сервер недоступен"


# The canary

PATIENCE = timedelta(minutes=10)


def told(to: Recipient = Recipient.OPERATOR, **changes: Any) -> LetterFate:
    values = {"state": D, "written_at": AT, "settled_at": AT, "attempts": 1, "last_error": ""}
    return LetterFate.model_validate({"to": to, **values, **changes})


def proven(**changes: Any) -> RungProof:
    values = {"ordinal": 0, "label": "срок истёк", "to": [Recipient.OPERATOR], "due_at": AT, "why": ""}
    went = {"fate": Fate.DELIVERED, "fired_at": AT, "letters": [told()], "repeated": []}
    return RungProof.model_validate({**values, **went, **changes})


def healthy(of: Clause, **last: Any) -> ClauseProof:
    """A ladder gone through; `last` changes its last rung."""
    count = len(TERMS[of].reminders) + len(TERMS[of].escalations)
    again = [Repetition(at=AT, fate=Fate.DELIVERED, letters=[told()])]
    rungs = [*(proven() for _ in range(count - 1)), proven(**{"repeated": again, **last})]
    return ClauseProof(clause=of, due_at=AT, finished_at=AT, rungs=rungs)


LATE = AT + PATIENCE + timedelta(seconds=1)

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"fate": Fate.PLANNED, "fired_at": None}, "«срок истёк»: не наступила"),
    ({"fate": Fate.NOT_NEEDED, "fired_at": None}, "«срок истёк»: не наступила"),
    ({"fired_at": LATE, "letters": [told(settled_at=LATE)]}, "«срок истёк»: наступила с опозданием"),
    ({"fate": Fate.DUE}, "«срок истёк»: не всем написано письмо"),
    (
        {"fate": Fate.WRITTEN, "letters": [told(state=W, settled_at=None, last_error="сервер недоступен")]},
        "«срок истёк»: письмо (Оператор) не доставлено: сервер недоступен",
    ),
    (
        {"fate": Fate.FAILED, "letters": [told(state=LetterState.BOUNCED)]},
        "«срок истёк»: письмо (Оператор) не доставлено",
    ),
    ({"letters": [told(settled_at=LATE)]}, "«срок истёк»: письмо (Оператор) доставлено с опозданием"),
]


@pytest.mark.parametrize(("last", "fault"), FAULTS)
def test_a_canary_fails_by_any_rung(last: dict[str, Any], fault: str) -> None:
    found = canary_faults.faults([healthy(Clause.REVIEW), healthy(Clause.SETUP, **last)], PATIENCE)

    assert found == [f"п. 4.3, {fault}"]


@pytest.mark.parametrize(
    "last", [{}, {"fate": Fate.NOT_NEEDED, "letters": []}, {"letters": [told(settled_at=AT + PATIENCE)]}]
)
def test_a_canary_passes(last: dict[str, Any]) -> None:
    """Also where a worker that was away sent the highest rung alone, and at the very limit."""
    assert canary_faults.faults([healthy(Clause.REVIEW, **last), healthy(Clause.SETUP)], PATIENCE) == []


def test_a_canary_fails_by_what_is_not_there() -> None:
    short = healthy(Clause.SETUP, repeated=[])
    short.rungs.pop(0)
    unfinished = short.model_copy(update={"finished_at": None})

    assert canary_faults.faults([], PATIENCE) == [f"п. {one}: срок не был открыт" for one in CLAUSES]
    assert canary_faults.faults([healthy(Clause.REVIEW), unfinished], PATIENCE) == [
        "п. 4.3: не завершён",
        "п. 4.3: ступеней 3, а должно быть 4",
        "п. 4.3: последняя ступень не повторена",
    ]


@pytest.mark.parametrize(
    ("last", "is_gone_through"),
    [({}, True), ({"repeated": []}, False), ({"fate": Fate.WRITTEN}, False), ({"fate": Fate.FAILED}, True)],
)
def test_when_a_ladder_has_been_gone_through(last: dict[str, Any], is_gone_through: bool) -> None:
    assert canary_faults.is_gone_through(healthy(Clause.REVIEW, **last)) is is_gone_through
