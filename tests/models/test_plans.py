"""What becomes of each row of a list."""

import pytest

from models.learners import Entry, Flaw, Learner, Problem, Wrong
from models.plans import Account, Planned, Reason, Verdict, count, in_words, is_same_person, plan

IVANOV = Learner(2, "Семёнов", "Пётр", "Ильич", "p@example.org")
WITHOUT = Learner(3, "Семёнов", "Пётр", "Ильич", organisation="Ёлка")
KNOWN = Account(7, "semenov", "P@Example.org", "Семенов", "Петр", "manual", suspended=False)


def one(entry: Entry, *accounts: Account, made: dict[str, Account] | None = None) -> Planned:
    (planned,) = plan([entry], accounts, made)
    return planned


def account(surname: str, given_name: str) -> Account:
    return Account(7, "x", IVANOV.email, surname, given_name)


@pytest.mark.parametrize(
    ("accounts", "verdict", "reason", "account_id"),
    [
        ([], Verdict.NEW, Reason.NEW, None),
        ([KNOWN], Verdict.EXISTING, Reason.EXISTS, 7),
        ([Account(8, "other", "q@example.org", "Семёнов", "Пётр")], Verdict.NEW, Reason.NEW, None),
        ([account("Петров", "Пётр")], Verdict.CLASH, Reason.OTHER_NAME, None),
        ([account("", "")], Verdict.CLASH, Reason.OTHER_NAME, None),
        ([KNOWN, account("Семёнов", "Пётр")], Verdict.CLASH, Reason.SEVERAL_ACCOUNTS, None),
        (
            [Account(7, "s", IVANOV.email, "Семёнов", "Пётр", suspended=True)],
            Verdict.CLASH,
            Reason.SUSPENDED,
            None,
        ),
        (
            [Account(7, "s", IVANOV.email, "Семёнов", "Пётр", auth="nologin")],
            Verdict.CLASH,
            Reason.SUSPENDED,
            None,
        ),
        (
            [Account(7, "s", IVANOV.email, "Семёнов", "Пётр", auth="oauth2")],
            Verdict.EXISTING,
            Reason.EXISTS,
            7,
        ),
    ],
)
def test_a_row_with_an_email_goes_by_what_moodle_knows(
    accounts: list[Account], verdict: Verdict, reason: Reason, account_id: int | None
) -> None:
    planned = one(IVANOV, *accounts)

    assert (planned.verdict, planned.reason, planned.account_id) == (verdict, reason, account_id)
    assert planned.words
    assert planned.row == 2


def test_a_row_without_an_email_is_new_unless_the_engine_made_its_account() -> None:
    earlier = Account(7, "semenov", "", "Семёнов", "Пётр Ильич")

    assert one(WITHOUT, KNOWN).reason is Reason.NO_EMAIL
    assert one(WITHOUT).verdict is Verdict.NEW
    assert one(WITHOUT, made={WITHOUT.key: earlier}).account_id == 7
    assert one(WITHOUT, made={WITHOUT.key: earlier}).reason is Reason.MADE_BEFORE
    assert one(IVANOV, made={IVANOV.key: earlier}).verdict is Verdict.NEW


def test_an_account_of_ours_that_was_suspended_or_renamed_is_a_clash() -> None:
    suspended = Account(7, "s", "", "Семёнов", "Пётр", suspended=True)
    renamed = Account(7, "s", "", "Сидоров", "Пётр")

    assert one(WITHOUT, made={WITHOUT.key: suspended}).reason is Reason.SUSPENDED
    assert one(WITHOUT, made={WITHOUT.key: renamed}).reason is Reason.OTHER_NAME


def test_an_account_without_an_email_is_nobody_s() -> None:
    assert one(WITHOUT, Account(7, "s", "", "Семёнов", "Пётр")).verdict is Verdict.NEW


def test_a_wrong_row_tells_its_problems() -> None:
    wrong = Wrong(5, "Иванов", (Problem(Flaw.ONE_WORD, "одно слово"), Problem(Flaw.TOO_LONG, "длинно")))

    assert one(wrong) == Planned(5, Verdict.WRONG, Reason.WRONG_ROW, "одно слово; длинно")


@pytest.mark.parametrize(
    ("surname", "given_name", "is_same"),
    [
        ("Семёнов", "Пётр Ильич", True),
        ("СЕМЕНОВ", "петр ильич", True),
        ("Семёнов", "Пётр", True),
        ("Ceмёнoв", "Пётр", True),  # Latin C, e and o
        ("Семёнов", "П. И.", True),
        ("Семёнов", "П.И.", True),
        ("Пётр", "Семёнов", True),
        ("Пётр Ильич", "Семёнов", True),
        ("Семёнов", "Пётр Петрович", False),
        ("Семёнов", "Павел", False),
        ("Семёнов", "А.", False),
        ("Семёнова", "Пётр", False),
        ("С.", "Пётр", False),
        ("Семёнов", "", False),
        ("", "Семёнов Пётр", False),
        ("Semenov", "Petr", False),
    ],
)
def test_names_agree_however_they_are_spelt(surname: str, given_name: str, is_same: bool) -> None:
    assert is_same_person(IVANOV, account(surname, given_name)) is is_same


def test_a_patronymic_that_the_list_lacks_does_not_matter() -> None:
    assert is_same_person(Learner(1, "Семёнов", "Пётр"), account("Семёнов", "Пётр Ильич"))


def test_double_names_agree_with_and_without_the_hyphen() -> None:
    learner = Learner(1, "Петрова-Водкина", "Анна-Мария", "Кузьминична")

    assert is_same_person(learner, account("Петрова - Водкина", "Анна Мария Кузьминична"))
    assert not is_same_person(learner, account("Петрова-Сидорова", "Анна-Мария"))


def test_counts_of_chunks_add_up() -> None:
    wrong = Wrong(5, "", (Problem(Flaw.NO_NAME, "нет"),))
    counts = count(plan([IVANOV, wrong], [KNOWN])) + count(
        plan([WITHOUT, IVANOV], [account("Петров", "Пётр")])
    )

    assert counts == {Verdict.NEW: 1, Verdict.EXISTING: 1, Verdict.CLASH: 1, Verdict.WRONG: 1}
    assert in_words(counts) == "новых 1, уже в Moodle 1, спорных 1, с ошибками 1"
    assert in_words({}) == "новых 0, уже в Moodle 0, спорных 0, с ошибками 0"


@pytest.mark.parametrize("verdict", Verdict)
def test_only_new_and_existing_rows_are_run(verdict: Verdict) -> None:
    assert verdict.is_run is (verdict in (Verdict.NEW, Verdict.EXISTING))


def test_an_email_of_several_accounts_that_are_not_told_is_a_clash() -> None:
    (planned,) = plan([IVANOV], [], unclear={IVANOV.email})

    assert (planned.verdict, planned.reason) == (Verdict.CLASH, Reason.SEVERAL_ACCOUNTS)
