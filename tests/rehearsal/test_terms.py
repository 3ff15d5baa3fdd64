"""A file of changed terms: what it gives, and what is said of one that is none."""

from pathlib import Path

import pytest

import rehearsal
from models.changed_terms import WrongTerms, read
from models.regulation import CONSULTATION_TERM, REVIEW_TERM, SETUP_TERM
from models.terms import Clause, Recipient, Unit


def test_what_is_not_named_stays_as_it_is(tmp_path: Path) -> None:
    changed = read(_file(tmp_path, "[review]\ndays = 20\n[setup]\nrepeat_every = 3\n"))
    assert changed.terms[Clause.REVIEW] == REVIEW_TERM.model_copy(update={"amount": 20})
    assert changed.terms[Clause.SETUP] == SETUP_TERM.model_copy(update={"repeat_every": 3})
    assert changed.terms[Clause.CONSULTATION] == CONSULTATION_TERM


def test_days_may_become_working_ones(tmp_path: Path) -> None:
    term = read(_file(tmp_path, "[review]\nworking_days = 20\n")).terms[Clause.REVIEW]
    assert (term.amount, term.unit) == (20, Unit.WORKING_DAYS)


def test_a_further_rung_goes_to_whom_the_last_one_went(tmp_path: Path) -> None:
    term = read(_file(tmp_path, "[review]\nreminders = [4]\nescalations = [0, 1, 2]\n")).terms[Clause.REVIEW]
    assert [(one.before, one.to) for one in term.reminders] == [(4, (Recipient.REVIEWER,))]
    upwards = (Recipient.AUTHORITY_HEAD, Recipient.SUPERVISOR)
    assert [(one.after, one.to) for one in term.escalations] == [
        (0, (Recipient.SUPERVISOR, Recipient.REVIEWER)),
        (1, upwards),
        (2, upwards),
    ]


def test_the_example_is_a_set_of_terms() -> None:
    assert read(Path(rehearsal.__path__[0]) / "example.toml").terms[Clause.REVIEW].amount == 20


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[review]\ndays = 20\ndays: 5\n", "строка 3: это не TOML"),
        ("[review]\n\ndays = 'двадцать'\n", "строка 3, [review] days: нужно целое число"),
        ("[review]\ndays = 20.5\n", "строка 2, [review] days: нужно целое число"),
        ("[review]\ndays = 0\n", "строка 2, [review] days: нужно число не меньше 1"),
        ("[review]\ndays = 1000\n", "строка 2, [review] days: нужно число не больше 120"),
        (
            "[setup]\n[review]\nday = 20\n",
            "строка 3, [review] day: такого ключа нет, есть days",
        ),
        ("[replacement]\ndays = 3\n", "строка 1, replacement: такого ключа нет, есть title, review"),
        ("review = 20\n", "строка 1, [review]: нужен раздел в квадратных скобках"),
        ("[review]\ndays = 20\nworking_days = 14\n", "строка 1, [review]: задайте что-то одно"),
        ("[review]\nreminders = [1, 3]\n", "строка 1, [review]: reminders идут от раннего к позднему"),
        ("[review]\nescalations = [3, 3]\n", "строка 1, [review]: escalations идут от ранней"),
        ("[review]\nreminders = [5, -1]\n", "строка 2, [review] reminders: нужно число не меньше 0"),
        ("title = 'Ничего'\n", "весь файл: не назван ни один раздел"),
        ("", "весь файл: не назван ни один раздел"),
        ("a = " + "[" * 5000, "весь файл: слишком много вложенных скобок"),
        ("a = " + "{b=" * 5000, "весь файл: слишком много вложенных скобок"),
        (
            "[review]\ndays = " + "9" * 4301,
            "весь файл: слишком много вложенных скобок или слишком длинное число",
        ),
        ("[review]\ndays = 0x" + "f" * 5000, "строка 2, [review] days: "),
    ],
)
def test_what_is_wrong_is_said_in_russian_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(WrongTerms) as wrong:
        read(_file(tmp_path, text))
    assert said in str(wrong.value)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(WrongTerms) as wrong:
        read(_file(tmp_path, "[review]\ndays = 0\n[setup]\nday = 1\n"))
    assert len(str(wrong.value).splitlines()) == 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_what_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "terms.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(WrongTerms, match=r"не читается: .*terms\.toml"):
        read(file)


def _file(folder: Path, text: str) -> Path:
    file = folder / "terms.toml"
    file.write_text(text)
    return file
