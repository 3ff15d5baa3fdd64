"""A list of learners: its headings, its rows, and what is wrong with them."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.headings import Column, HeadingsError, find
from models.learners import Entry, Flaw, Learner, Wrong, read_list, split_name
from models.spreadsheets import Row


def rows(*lines: str) -> list[Row]:
    """Rows as a file has them, cells divided by `|`."""
    return [
        Row(at, tuple(cell.strip() for cell in line.split("|"))) for at, line in enumerate(lines, 1) if line
    ]


def entries(*lines: str, heading: str = "ФИО|Почта|Организация|Должность") -> list[Entry]:
    return list(read_list(rows(heading, *lines)))


def one(line: str, heading: str = "ФИО|Почта|Организация|Должность") -> Entry:
    (entry,) = entries(line, heading=heading)
    return entry


def flaws(entry: Entry) -> list[Flaw]:
    assert isinstance(entry, Wrong), entry
    return [problem.flaw for problem in entry.problems]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        *((text, Column.FULL_NAME) for text in ("ФИО", "ф.и.о.", "Ф. И. О. слушателя", "фио (полностью)")),
        ("Фамилия, имя, отчество", Column.FULL_NAME),
        ("ФАМИЛИЯ ИМЯ ОТЧЕСТВО участника", Column.FULL_NAME),
        ("Фамилия Имя", Column.FULL_NAME),
        *((text, Column.EMAIL) for text in ("Почта", "эл. почта", "Эл.почта", "Электронная почта", "E-mail")),
        *(
            (text, Column.EMAIL)
            for text in ("email", "Е-mail", "e_mail *", "Адрес электронной почты", "Эл. адрес")
        ),
        *(
            (text, Column.EMAIL)
            for text in ("Адрес эл. почты", "почта (рабочая)", "Электронный адрес", "имейл")
        ),
        *(
            (text, Column.ORGANISATION)
            for text in ("Организация", "Наименование организации", "Место работы")
        ),
        *((text, Column.ORGANISATION) for text in ("учреждение", "Организация (полное наименование)")),
        *((text, Column.POST) for text in ("Должность", "Занимаемая должность", "должность по штату")),
        *(
            (text, None)
            for text in ("№ п/п", "Телефон", "Почтовый адрес", "Почтовый индекс", "Дата рождения", "")
        ),
    ],
)
def test_a_heading_is_recognised(heading: str, column: Column | None) -> None:
    _, columns = find(
        rows(f"Ф И О|mail|{heading}" if column not in _NEEDED else f"{heading}|{_NEEDED[column]}")
    )

    expected = {Column.FULL_NAME: 0, Column.EMAIL: 1} | ({column: 2} if column else {})
    if column is Column.EMAIL:
        expected = {Column.EMAIL: 0, Column.FULL_NAME: 1}
    elif column is Column.FULL_NAME:
        expected = {Column.FULL_NAME: 0, Column.EMAIL: 1}
    assert columns == expected


_NEEDED: dict[Column | None, str] = {Column.FULL_NAME: "Почта", Column.EMAIL: "ФИО"}


@pytest.mark.parametrize(
    "heading",
    [
        "№ п/п|Отчество|Имя|Фамилия|Телефон|Почта",
        "№|Отчество слушателя|Имя слушателя|Фамилия слушателя|тел.|почта",
        "№|Отчество|Имя|Фамилия|ФИО руководителя|почта",
    ],
)
def test_separate_columns_stand_in_any_order(heading: str) -> None:
    entry = one("1|Петрович|Иван|Иванов|+7|i@example.org", heading)

    assert entry == Learner(2, "Иванов", "Иван", "Петрович", "i@example.org")


def test_the_very_heading_wins_over_one_that_only_begins_so() -> None:
    entry = one(
        "Директоров Д Д|Иванов Иван|i@example.org|d@example.org",
        "ФИО руководителя|ФИО|Почта|Почта организации",
    )

    assert entry == Learner(2, "Иванов", "Иван", email="i@example.org")


def test_headings_stand_under_titles_and_are_not_read_as_people() -> None:
    listed = read_list(
        rows(
            "Список Пользователей курса «Первая помощь»",
            "",
            "Организация: департамент",
            "№|ФИО|Контакты|",
            "№|ФИО|Почта|Телефон",
            "1|2|3|4",
            "1|Иванов Иван|i@example.org|",
            "№|ФИО|Почта|Телефон",
            "2|Петров Пётр||",
            "3||",
            "Итого: 2",
        )
    )

    assert list(listed) == [
        Learner(7, "Иванов", "Иван", email="i@example.org"),
        Learner(9, "Петров", "Пётр"),
    ]


@pytest.mark.parametrize(
    ("heading", "missing"),
    [
        ("№|Телефон", ("ФИО", "Почта")),
        ("ФИО|Телефон", ("Почта",)),
        ("Почта|Организация", ("ФИО",)),
        ("Фамилия|Почта", ("Имя",)),
        ("Имя|Отчество|Почта", ("Фамилия",)),
        ("Иванов Иван|i@example.org", ("ФИО", "Почта")),
    ],
)
def test_missing_columns_are_named(heading: str, missing: tuple[str, ...]) -> None:
    with pytest.raises(HeadingsError) as caught:
        read_list(rows(heading, "1|2"))

    assert caught.value.missing == missing
    assert all(f"«{name}»" in str(caught.value) for name in missing)


def test_two_columns_with_equal_claims_are_named() -> None:
    with pytest.raises(HeadingsError, match=r"Строка 1: .*«Почта»: «Почта», «E-mail»") as caught:
        read_list(rows("ФИО|Почта|E-mail"))

    assert caught.value.doubtful == ("Почта",)


def test_nothing_at_all_has_no_headings() -> None:
    with pytest.raises(HeadingsError):
        read_list([])


@pytest.mark.parametrize(
    ("full_name", "parts"),
    [
        ("Иванов Иван Иванович", ("Иванов", "Иван", "Иванович")),
        ("Иванов Иван", ("Иванов", "Иван", "")),
        ("Петрова-Водкина Анна-Мария Кузьминична", ("Петрова-Водкина", "Анна-Мария", "Кузьминична")),
        ("Алиев Вагиф Мамед оглы", ("Алиев", "Вагиф", "Мамед оглы")),
        ("Алиева Лейла Мамед-кызы", ("Алиева", "Лейла", "Мамед-кызы")),
        ("Иванов И. И.", ("Иванов", "И.", "И.")),
        ("Иванов", ("Иванов", "", "")),
        ("", ("", "", "")),
    ],
)
def test_a_name_is_split(full_name: str, parts: tuple[str, str, str]) -> None:
    assert split_name(full_name) == parts


def test_moodle_gets_the_name_with_the_patronymic() -> None:
    learner = Learner(1, "Алиев", "Вагиф", "Мамед оглы")

    assert (learner.given_name, learner.full_name) == ("Вагиф Мамед оглы", "Алиев Вагиф Мамед оглы")
    assert Learner(1, "Алиев", "Вагиф").given_name == "Вагиф"


@pytest.mark.parametrize(
    ("line", "learner"),
    [
        ("Иванов  Иван |I.Ivanov@Example.ORG", Learner(2, "Иванов", "Иван", email="I.Ivanov@example.org")),
        ("Петров – Водкин Кузьма|-", Learner(2, "Петров-Водкин", "Кузьма")),
        ("О'Нил Шон|нет", Learner(2, "О'Нил", "Шон")),
        ("Ёлкин\u00a0Ёж\u200b|—|ООО\n«Ёлка»", Learner(2, "Ёлкин", "Ёж", organisation="ООО «Ёлка»")),
        ("Чаи\u0306ка Анна|", Learner(2, "Чайка", "Анна")),
        (
            "Иванов Иван|и@почта.рф".replace("и@", "i@"),
            Learner(2, "Иванов", "Иван", email="i@xn--80a1acny.xn--p1ai"),
        ),
        ("Müller Jörg||5 < 6", Learner(2, "Müller", "Jörg", organisation="5 < 6")),
        ("я" * 100 + " " + "я" * 100, Learner(2, "я" * 100, "я" * 100)),
    ],
)
def test_a_row_in_order_is_a_learner(line: str, learner: Learner) -> None:
    assert one(line) == learner


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("|i@example.org", [Flaw.NO_NAME]),
        ("—|i@example.org", [Flaw.NO_NAME]),
        ("Иванов|i@example.org", [Flaw.ONE_WORD]),
        ("Итого: 25", [Flaw.NAME_CHARACTERS]),
        ("Иванова (Петрова) Анна|", [Flaw.NAME_CHARACTERS]),
        ("Иванов, Иван|", [Flaw.NAME_CHARACTERS]),
        ("<b>Иванов</b> Иван|", [Flaw.NAME_CHARACTERS]),
        *(
            (f"Иванов Иван|{email}", [Flaw.EMAIL_MALFORMED])
            for email in (
                "ivanov",
                "a@b",
                "иванов@example.org",
                "а@example.org",
                "a@b.ru, c@d.ru",
                "a b@c.ru",
            )
        ),
        *(
            (f"Иванов Иван|{email}", [Flaw.EMAIL_MALFORMED])
            for email in ("a%b@example.org", "<a@example.org>", "a@example..org", "a@@example.org")
        ),
        ("Иванов Иван||<новый>", [Flaw.ANGLE_BRACKET]),
        ("Иванов\x00 Иван|", [Flaw.CONTROL_CHARACTERS]),
        ("Иванов Иван|||\x1b[0m", [Flaw.CONTROL_CHARACTERS]),
        ("Иванов Иван|i@example.org\x07", [Flaw.CONTROL_CHARACTERS]),
        ("я" * 101 + " Иван", [Flaw.TOO_LONG]),
        ("Иванов " + "я" * 60 + " " + "я" * 60, [Flaw.TOO_LONG]),
        (f"Иванов Иван|{'a' * 60}@{'b' * 50}.org", [Flaw.TOO_LONG]),
        (f"Иванов Иван||{'о' * 256}", [Flaw.TOO_LONG]),
        ("Иванов|ivanov||" + "д" * 256, [Flaw.ONE_WORD, Flaw.EMAIL_MALFORMED, Flaw.TOO_LONG]),
    ],
)
def test_a_wrong_row_tells_all_that_is_wrong(line: str, expected: list[Flaw]) -> None:
    entry = one(line)

    assert flaws(entry) == expected
    assert isinstance(entry, Wrong)
    assert entry.row == 2
    assert all(problem.words for problem in entry.problems)


def test_separate_columns_need_both_surname_and_name() -> None:
    heading = "Фамилия|Имя|Почта"

    assert flaws(one("Иванов||i@example.org", heading)) == [Flaw.ONE_WORD]
    assert flaws(one("|Иван|i@example.org", heading)) == [Flaw.ONE_WORD]
    assert flaws(one("||i@example.org", heading)) == [Flaw.NO_NAME]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("Иванов Иван|I@example.org", "Петров Пётр|i@EXAMPLE.ORG", "тот же адрес почты, что в строке 2"),
        ("Иванов Иван||ООО «Ёлка»", 'ИВАНОВ  иван|-|ооо "Елка"', "тот же человек, что в строке 2"),
        ("Алёхин Иван", "Алехин Иван", "тот же человек, что в строке 2"),
    ],
)
def test_the_second_of_two_rows_of_one_person_is_wrong(first: str, second: str, words: str) -> None:
    listed = entries(first, "Сидоров Семён|s@example.org", second)

    assert isinstance(listed[0], Learner)
    assert isinstance(listed[1], Learner)
    assert isinstance(listed[2], Wrong)
    assert words in listed[2].problems[0].words


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Иванов Иван||ООО «Ёлка»", "Иванов Иван||ООО «Сосна»"),
        ("Иванов Иван|a@example.org", "Иванов Иван|b@example.org"),
        ("Иванов Иван Иванович||", "Иванов Иван Петрович||"),
        ("Иванов|same@example.org", "Петров Пётр|same@example.org"),
    ],
)
def test_namesakes_are_not_one_person_nor_is_a_row_set_aside(first: str, second: str) -> None:
    assert isinstance(entries(first, second)[1], Learner)


def test_the_same_person_has_the_same_key_in_any_list() -> None:
    assert (
        Learner(1, "Иванов", "Иван", email="I@e.ru").key == Learner(9, "Петров", "Пётр", email="i@e.ru").key
    )
    assert Learner(1, "Ёлкин", "Иван", post="а").key == Learner(9, "ЕЛКИН", "иван", post="б").key
    assert Learner(1, "Ёлкин", "Иван").key != Learner(1, "Ёлкин", "Иван", organisation="а").key


@given(st.lists(st.lists(st.text(max_size=12), min_size=4, max_size=4), max_size=20))
def test_any_rows_give_learners_or_reasons_in_order(lines: Sequence[list[str]]) -> None:
    listed = [Row(1, ("ФИО", "Почта", "Организация", "Должность"))]
    listed += [Row(at, tuple(line)) for at, line in enumerate(lines, 2)]

    found = list(read_list(listed))

    assert [entry.row for entry in found] == sorted({entry.row for entry in found})
    assert len({entry.key for entry in found if isinstance(entry, Learner)}) == sum(
        isinstance(entry, Learner) for entry in found
    )
    for entry in found:
        if isinstance(entry, Learner):
            assert entry.surname
            assert entry.given_name
            assert max(len(entry.surname), len(entry.given_name), len(entry.email)) <= 100
        else:
            assert entry.problems
