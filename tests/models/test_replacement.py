"""The pure rules of clause 4.8."""

from datetime import date, timedelta

import pytest

from models.replacement import Rejection, ReplacementStage, Work, is_possible_end, title_of

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "possible"),
    [(0, True), (-1, True), (1, True), (366, True), (367, False), (-1830, True), (-1831, False)],
)
def test_powers_may_end_ahead_or_long_ago_but_not_in_another_age(days: int, possible: bool) -> None:
    assert is_possible_end(TODAY + timedelta(days=days), TODAY) is possible


@pytest.mark.parametrize(
    ("names", "title"),
    [(["А"], "А"), (["А", "Б"], "«А» и ещё 1"), (["А", "Б", "В"], "«А» и ещё 2")],
)
def test_a_case_is_named_after_what_it_is_about(names: list[str], title: str) -> None:
    assert title_of(names) == title


@pytest.mark.parametrize("value", [*Rejection, *ReplacementStage, *Work])
def test_every_value_has_its_russian_words(value: Rejection | ReplacementStage | Work) -> None:
    assert value.russian
