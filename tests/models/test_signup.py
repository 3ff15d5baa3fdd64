"""«Запись на обучение»: places, the waiting list, the closing date, as tables of cases."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.deadlines import LOCAL_ZONE
from models.signup import (
    Rejection,
    SignUp,
    SignUpRejected,
    Standing,
    Taken,
    accept,
    decline,
    email_key,
    promoted,
    sign_up,
    withdraw,
)

AT = datetime(2026, 11, 24, 12, tzinfo=LOCAL_ZONE)
RULES = SignUp(places=3, closes_on=date(2026, 11, 30))
MIDNIGHT = datetime(2026, 12, 1, tzinfo=LOCAL_ZONE)


def taken(held: int = 0, waiting: int = 0) -> Taken:
    return Taken(held=held, waiting=waiting)


@pytest.mark.parametrize(
    ("rules", "before", "standing", "why"),
    [
        (RULES, taken(0), Standing.APPLIED, "the first"),
        (RULES, taken(2), Standing.APPLIED, "the last place"),
        (RULES, taken(3), Standing.WAITING, "one too late for the last place"),
        (RULES, taken(3, 40), Standing.WAITING, "the waiting list has no end"),
        (RULES, taken(2, 1), Standing.WAITING, "a place is free, and somebody was there before"),
        (RULES, taken(5), Standing.WAITING, "the places were cut"),
        (SignUp(), taken(50_000), Standing.APPLIED, "no limit of places, no closing date"),
    ],
)
def test_who_gets_a_place(rules: SignUp, before: Taken, standing: Standing, why: str) -> None:
    assert sign_up(rules, before, AT) is standing, why


@pytest.mark.parametrize(
    ("at", "is_open", "why"),
    [
        (MIDNIGHT - timedelta(microseconds=1), True, "the last moment of the closing day"),
        (MIDNIGHT, False, "24:00 of the closing day"),
        (datetime(2026, 11, 30, 18, 59, tzinfo=UTC), True, "23:59 in Tyumen"),
        (datetime(2026, 11, 30, 19, 0, tzinfo=UTC), False, "midnight in Tyumen"),
    ],
)
def test_until_when_one_may_sign_up(at: datetime, is_open: bool, why: str) -> None:
    assert RULES.is_open(at) is is_open, why
    if is_open:
        assert sign_up(RULES, taken(), at) is Standing.APPLIED
    else:
        with pytest.raises(SignUpRejected) as refused:
            sign_up(RULES, taken(), at)
        assert refused.value.rejection is Rejection.CLOSED


@pytest.mark.parametrize(
    ("before", "rejection"),
    [
        (Standing.APPLIED, Rejection.ALREADY_SIGNED_UP),
        (Standing.WAITING, Rejection.ALREADY_SIGNED_UP),
        (Standing.ACCEPTED, Rejection.ALREADY_SIGNED_UP),
        (Standing.DECLINED, Rejection.DECLINED_BEFORE),
    ],
)
def test_nobody_signs_up_twice(before: Standing, rejection: Rejection) -> None:
    with pytest.raises(SignUpRejected) as refused:
        sign_up(RULES, taken(1), AT, before=before)

    assert refused.value.rejection is rejection
    assert str(refused.value) == rejection.russian


def test_one_who_withdrew_may_sign_up_anew_at_the_end_of_the_list() -> None:
    assert sign_up(RULES, taken(3, 2), AT, before=Standing.WITHDRAWN) is Standing.WAITING


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("Ivanova@Zdrav.example", " ivanova@zdrav.EXAMPLE ", True),
        ("ИВАНОВА@почта.рф", "иванова@почта.рф", True),
        ("ivanova@zdrav.example", "ivanova1@zdrav.example", False),
    ],
)
def test_the_same_address_in_another_case_is_the_same_person(one: str, other: str, are_same: bool) -> None:
    assert (email_key(one) == email_key(other)) is are_same


_FULL, _FREE = taken(3, 2), taken(2, 0)


def accepted_when_full(standing: Standing) -> Standing:
    return accept(RULES, _FULL, standing)


def accepted_when_free(standing: Standing) -> Standing:
    return accept(RULES, _FREE, standing)


def declined_with_reason(standing: Standing) -> Standing:
    return decline(standing, "курс для врачей")


def declined_without(standing: Standing) -> Standing:
    return decline(standing, " \n")


DONE = Rejection.NOT_PENDING


@pytest.mark.parametrize(
    ("step", "outcomes"),
    [
        (accepted_when_full, (Standing.ACCEPTED, Rejection.NO_PLACES, DONE, Rejection.NO_PLACES, DONE)),
        (accepted_when_free, (Standing.ACCEPTED, Standing.ACCEPTED, DONE, Standing.ACCEPTED, DONE)),
        (declined_with_reason, (Standing.DECLINED, Standing.DECLINED, DONE, DONE, DONE)),
        (declined_without, (Rejection.REASON_MISSING, Rejection.REASON_MISSING, DONE, DONE, DONE)),
        (withdraw, (Standing.WITHDRAWN, Standing.WITHDRAWN, Standing.WITHDRAWN, DONE, DONE)),
    ],
)
def test_every_step_from_every_standing(
    step: Callable[[Standing], Standing], outcomes: tuple[Standing | Rejection, ...]
) -> None:
    """In the order of `Standing`: applied, waiting, accepted, declined, withdrawn."""
    for standing, outcome in zip(Standing, outcomes, strict=True):
        try:
            found: Standing | Rejection = step(standing)
        except SignUpRejected as refused:
            found = refused.rejection
        assert found is outcome, standing


@pytest.mark.parametrize(
    ("rules", "after", "count", "why"),
    [
        (RULES, taken(2, 4), 1, "one declined or withdrawn: the first of the list"),
        (RULES, taken(3, 4), 0, "one of the waiting list withdrew: no place is free"),
        (RULES, taken(2, 0), 0, "nobody waits"),
        (SignUp(places=10), taken(3, 4), 4, "seven places more: all who wait"),
        (SignUp(places=5), taken(3, 4), 2, "two places more"),
        (SignUp(places=1), taken(3, 4), 0, "fewer places than are held: nobody is put out"),
        (SignUp(), taken(3, 4), 4, "the limit is lifted"),
    ],
)
def test_who_waits_is_promoted(rules: SignUp, after: Taken, count: int, why: str) -> None:
    assert promoted(rules, after) == count, why


@given(st.integers(1, 5), st.lists(st.integers(0, 8)))
def test_whatever_happens_no_more_places_are_held_than_there_are(places: int, events: list[int]) -> None:
    """A number below 6 is somebody who signs up, a greater one that somebody with a place goes."""
    rules, now = SignUp(places=places), taken()
    for event in events:
        if event >= 6:
            now = taken(max(0, now.held - 1), now.waiting)
        elif sign_up(rules, now, AT) is Standing.APPLIED:
            now = taken(now.held + 1, now.waiting)
        else:
            now = taken(now.held, now.waiting + 1)
        up = promoted(rules, now)
        now = taken(now.held + up, now.waiting - up)
        assert now.held <= places
        assert not now.waiting or now.held == places


@pytest.mark.parametrize("code", [*Standing, *Rejection])
def test_every_code_has_russian_words(code: Standing | Rejection) -> None:
    assert code.russian
