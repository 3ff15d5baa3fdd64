"""Dates of trainings (clause 4.6): what may be planned, prolonged and closed, and when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.deadlines import LOCAL_ZONE
from models.trainings import LONGEST, Rejection, Stage, Training, TrainingRejected, close, plan, prolong

MICROSECOND = timedelta(microseconds=1)
DEC_1, DEC_20 = date(2026, 12, 1), date(2026, 12, 20)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=LOCAL_ZONE)


NOV_24 = local(2026, 11, 24, 12)
PLANNED = plan(DEC_1, DEC_20, NOV_24)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "at", "why"),
    [
        (DEC_1, DEC_20, NOV_24, "ahead"),
        (DEC_1, DEC_1, NOV_24, "of one day"),
        (date(2026, 11, 1), DEC_20, NOV_24, "begun already"),
        (date(2026, 11, 1), date(2026, 11, 24), local(2026, 11, 24, 23, 59), "on its last day"),
        (DEC_1, NOV_24.date() + LONGEST, NOV_24, "as long as can be"),
    ],
)
def test_a_training_is_planned(starts_on: date, ends_on: date, at: datetime, why: str) -> None:
    training = plan(starts_on, ends_on, at)

    assert (training.starts_on, training.ends_on, training.stage(at).is_open) == (starts_on, ends_on, True), (
        why
    )


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "at", "rejection"),
    [
        (DEC_20, DEC_1, NOV_24, Rejection.ENDS_BEFORE_START),
        (date(2026, 11, 1), date(2026, 11, 23), NOV_24, Rejection.ALREADY_OVER),
        # 19:00 in London is midnight in Tyumen.
        (
            date(2026, 11, 1),
            date(2026, 11, 24),
            datetime(2026, 11, 24, 19, tzinfo=UTC),
            Rejection.ALREADY_OVER,
        ),
        (DEC_1, NOV_24.date() + LONGEST + timedelta(days=1), NOV_24, Rejection.TOO_LONG),
        (date(2206, 12, 1), date(2206, 12, 20), NOV_24, Rejection.TOO_LONG),
    ],
)
def test_dates_that_make_no_training(
    starts_on: date, ends_on: date, at: datetime, rejection: Rejection
) -> None:
    with pytest.raises(TrainingRejected) as refused:
        plan(starts_on, ends_on, at)

    assert refused.value.rejection is rejection
    assert str(refused.value) == rejection.russian


@pytest.mark.parametrize(
    ("at", "stage", "why"),
    [
        (NOV_24, Stage.PLANNED, "before the start"),
        (local(2026, 12, 1) - MICROSECOND, Stage.PLANNED, "the last moment before"),
        (local(2026, 12, 1), Stage.RUNNING, "from 00:00 of the first day"),
        (local(2026, 12, 21) - MICROSECOND, Stage.RUNNING, "the last moment of the last day"),
        (local(2026, 12, 21), Stage.ENDED, "24:00 of the last day"),
    ],
)
def test_where_a_training_stands(at: datetime, stage: Stage, why: str) -> None:
    assert PLANNED.stage(at) is stage, why


@pytest.mark.parametrize(
    ("closed_at", "at", "stage"),
    [
        (NOV_24 + MICROSECOND, NOV_24, Stage.PLANNED),
        (NOV_24, NOV_24, Stage.CANCELLED),
        (NOV_24, local(2026, 12, 5), Stage.CANCELLED),
        (local(2026, 12, 1), local(2026, 12, 1), Stage.CLOSED),
        (local(2026, 12, 5, 12), local(2026, 12, 5, 11), Stage.RUNNING),
        (local(2026, 12, 5, 12), local(2027, 1, 1), Stage.CLOSED),
    ],
)
def test_where_a_closed_training_stands(closed_at: datetime, at: datetime, stage: Stage) -> None:
    closed = close(PLANNED, closed_at)

    assert closed.stage(at) is stage
    assert closed.ends_at == closed_at


def test_a_training_is_prolonged_twice() -> None:
    once = prolong(PLANNED, date(2026, 12, 25), local(2026, 12, 20, 23, 59))
    twice = prolong(once, date(2027, 1, 31), local(2026, 12, 25))

    assert (twice.starts_on, twice.ends_on, twice.ends_at) == (DEC_1, date(2027, 1, 31), local(2027, 2, 1))
    assert twice.planned_at == PLANNED.planned_at


@pytest.mark.parametrize(
    ("training", "ends_on", "at", "rejection"),
    [
        (PLANNED, DEC_20, NOV_24, Rejection.NOT_LATER),
        (PLANNED, date(2026, 12, 19), NOV_24, Rejection.NOT_LATER),
        (PLANNED, date(2026, 12, 31), local(2026, 12, 21), Rejection.ALREADY_OVER),
        (close(PLANNED, NOV_24), date(2026, 12, 31), local(2026, 11, 25), Rejection.ALREADY_OVER),
        (PLANNED, date(2036, 12, 20), NOV_24, Rejection.TOO_LONG),
    ],
)
def test_a_training_that_is_not_prolonged(
    training: Training, ends_on: date, at: datetime, rejection: Rejection
) -> None:
    with pytest.raises(TrainingRejected) as refused:
        prolong(training, ends_on, at)

    assert refused.value.rejection is rejection


@pytest.mark.parametrize("training", [PLANNED, close(PLANNED, local(2026, 12, 5))])
def test_what_is_over_is_not_closed(training: Training) -> None:
    with pytest.raises(TrainingRejected) as refused:
        close(training, local(2026, 12, 21))

    assert refused.value.rejection is Rejection.ALREADY_OVER


@pytest.mark.parametrize("code", [*Stage, *Rejection])
def test_every_code_has_russian_words(code: Stage | Rejection) -> None:
    assert code.russian
