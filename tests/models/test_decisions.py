"""Clause 4.2: which decisions the rule accepts, and what a Signal is read as."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decisions import (
    ENGINE,
    SIGNAL,
    Circumstances,
    Decide,
    Decision,
    DecisionRejected,
    Ground,
    Outcome,
    Rejection,
    Withdraw,
    check_decide,
    check_withdraw,
    read_signal,
    signal_id,
)
from models.requests import Item

OPEN = Circumstances(decided=False, looked_for_analogues=True, has_strong_analogue=False)
DECIDED = OPEN.model_copy(update={"decided": True})
SEARCHING = OPEN.model_copy(update={"looked_for_analogues": False})
WITH_ANALOGUE = OPEN.model_copy(update={"has_strong_analogue": True})
WITH_OTHER_GROUND = OPEN.model_copy(update={"other_ground_allowed": True})

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


TEXT = "5b0b7a0c-1111-4222-8333-0123456789ab"


def approve(**more: Any) -> Decide:
    return Decide(outcome=Outcome.APPROVED, by="key-1", **more)


def refuse(ground: Ground | None, **more: Any) -> Decide:
    return Decide(outcome=Outcome.REFUSED, ground=ground, by="key-1", **{"reason_id": TEXT, **more})


def rejection(command: Decide, case: Circumstances) -> Rejection | None:
    try:
        check_decide(command, case)
    except DecisionRejected as rejected:
        return rejected.rejection
    return None


@pytest.mark.parametrize(
    ("command", "case", "expected", "why"),
    [
        (approve(), OPEN, None, "a complete request without analogues"),
        (approve(reason_id=TEXT), OPEN, None, "a reason may be given"),
        (approve(), WITH_ANALOGUE, Rejection.WHY_NOT_ANALOGUE_MISSING, "a strong one exists"),
        (approve(reason_id=TEXT), WITH_ANALOGUE, None, "it is said why it is none"),
        (approve(ground=Ground.ANALOGUE), OPEN, Rejection.GROUND_NOT_ALLOWED, "grounds refuse"),
        (refuse(None), OPEN, Rejection.GROUND_MISSING, "clause 4.2 knows two"),
        (refuse(Ground.INCOMPLETE), OPEN, Rejection.MISSING_NOT_NAMED, "of what?"),
        (refuse(Ground.INCOMPLETE, missing=(Item.GOAL,)), OPEN, None, "what is missing is named"),
        (
            refuse(Ground.INCOMPLETE, missing=(Item.GOAL,), reason_id=None),
            OPEN,
            Rejection.REASON_MISSING,
            "a reason is always sent",
        ),
        (refuse(Ground.ANALOGUE), OPEN, Rejection.ANALOGUE_NOT_NAMED, "which one?"),
        (refuse(Ground.ANALOGUE, analogue="course-1"), OPEN, None, "the analogue is named"),
        (
            refuse(Ground.ANALOGUE, analogue="course-1", reason_id=None),
            OPEN,
            Rejection.REASON_MISSING,
            "a reason is always sent",
        ),
        (refuse(Ground.OTHER), OPEN, Rejection.GROUND_NOT_ALLOWED, "off unless allowed"),
        (refuse(Ground.OTHER), WITH_OTHER_GROUND, None, "allowed by the installation"),
        (
            approve(reason_id="ссылка"),
            OPEN,
            Rejection.UNREADABLE,
            "what is no id of a text would never be written down",
        ),
        (
            Decide(outcome=Outcome.APPROVED, by="Петров С. И."),
            OPEN,
            Rejection.UNREADABLE,
            "an actor is a key, never a name",
        ),
        (refuse(Ground.OTHER, reason_id=None), WITH_OTHER_GROUND, Rejection.REASON_MISSING, "always sent"),
        (
            Decide(outcome=Outcome.WITHDRAWN, by="key-1"),
            OPEN,
            Rejection.OUTCOME_UNKNOWN,
            "the agency's to do",
        ),
        (approve(), SEARCHING, Rejection.NOT_READY, "analogues are still looked for"),
        (refuse(None), SEARCHING, Rejection.NOT_READY, "the reviewer has not seen them"),
        (approve(), DECIDED, Rejection.ALREADY_DECIDED, "once"),
        (refuse(None), DECIDED, Rejection.ALREADY_DECIDED, "whatever else is wrong"),
    ],
)
def test_what_may_be_decided(
    command: Decide, case: Circumstances, expected: Rejection | None, why: str
) -> None:
    assert rejection(command, case) == expected, why


def test_the_agency_withdraws_until_the_decision_even_while_analogues_are_looked_for() -> None:
    check_withdraw(OPEN)
    check_withdraw(SEARCHING)

    with pytest.raises(DecisionRejected) as rejected:
        check_withdraw(DECIDED)

    assert rejected.value.rejection is Rejection.ALREADY_DECIDED


@pytest.mark.parametrize("rejection", Rejection)
def test_each_rejection_is_explained_in_russian(rejection: Rejection) -> None:
    assert str(DecisionRejected(rejection)).endswith(".")


def test_a_signal_is_read_as_a_decision_whose_sender_is_not_verified() -> None:
    raw = {
        "id": 7,
        "outcome": "refused",
        "ground": "incomplete",
        "missing": ["goal"],
        "reason_id": TEXT,
        "by": "директор",
        "unknown": "field",
    }

    assert read_signal(raw) == refuse(Ground.INCOMPLETE, missing=(Item.GOAL,)).model_copy(
        update={"by": SIGNAL}
    )


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "approved",
        17,
        ["approved"],
        {},
        {"outcome": "одобрить"},
        {"outcome": None},
        {"outcome": "refused", "ground": "лень"},
        {"outcome": "refused", "missing": "goal"},
        {"outcome": "refused", "missing": ["всё"]},
        {"outcome": "approved", "reason_id": 5},
        {"outcome": "approved", "analogue": ["course-1"]},
    ],
)
def test_what_cannot_be_read_as_a_decision_is_unreadable(raw: Any) -> None:
    with pytest.raises(DecisionRejected) as rejected:
        read_signal(raw)

    assert rejected.value.rejection is Rejection.UNREADABLE


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(_JSON | st.fixed_dictionaries({"outcome": _JSON, "ground": _JSON, "missing": _JSON}))
def test_nothing_that_json_can_say_breaks_the_reading(raw: Any) -> None:
    assert signal_id(raw)

    with suppress(DecisionRejected):
        assert read_signal(raw).by == SIGNAL


@pytest.mark.parametrize(
    ("one", "other", "is_same", "why"),
    [
        ({"id": 7, "outcome": "approved"}, {"id": "7"}, True, "the sender says so"),
        ({"id": 7}, {"id": 8}, False, "the sender says so"),
        ({"outcome": "approved"}, {"outcome": "approved"}, True, "sent twice"),
        ({"outcome": "approved"}, {"outcome": "refused"}, False, "no id, other content"),
        ("да", "нет", False, "nonsense of two kinds"),
    ],
)
def test_when_two_signals_are_the_same_one(one: Any, other: Any, is_same: bool, why: str) -> None:
    assert (signal_id(one) == signal_id(other)) is is_same, why


def test_the_engines_own_refusal_names_what_is_missing() -> None:
    decision = Decision.incomplete((Item.GOAL, Item.ACCESS), at=NOON, is_late=True)

    assert (decision.outcome, decision.ground) == (Outcome.REFUSED, Ground.INCOMPLETE)
    assert (decision.missing, decision.by, decision.at) == ((Item.GOAL, Item.ACCESS), ENGINE, NOON)
    assert decision.is_late


def test_a_decision_keeps_the_command_and_says_when_and_whether_late() -> None:
    command = refuse(Ground.ANALOGUE, analogue="course-1")

    decision = Decision.of(command, at=NOON, is_late=True)

    assert decision.model_dump(exclude={"at", "is_late"}) == command.model_dump()
    assert (decision.at, decision.is_late) == (NOON, True)


def test_a_withdrawal_is_a_decision_of_the_agency() -> None:
    decision = Decision.withdrawn(Withdraw(by="key-2", reason_id=TEXT), at=NOON)

    assert (decision.outcome, decision.by, decision.reason_id) == (Outcome.WITHDRAWN, "key-2", TEXT)
