"""Which names are the same thing: pairs of titles with what is expected of them."""

import random
from time import process_time

import pytest

from models.analogues import SHOWN_FROM, THRESHOLD, Candidate, Kind, Known, Source, rank, score
from models.appendix import CATEGORIES, AppendixCategory
from models.names import Name, normalise


def known(title: str, source: Source = Source.REGISTER, kind: Kind = Kind.COURSE, ref: str = "1") -> Known:
    return Known(kind=kind, ref=ref, title=title, link="https://edu.example/1", source=source)


@pytest.mark.parametrize(
    ("asked", "found", "why"),
    [
        ("Охрана труда", "Охрана труда", "the same"),
        ("охрана труда", "ОХРАНА ТРУДА", "case"),
        ("Учёт питания", "Учет питания", "ё"),
        ("Охрана труда", "Учебный курс «Охрана труда»", "words that say what it is"),
        (
            "Расширяя горизонты",
            'Курсы в рамках программы "Расширяя горизонты"',
            "as Appendix 1 has it",
        ),
        ("Охрана труда", "Труда охрана", "reordered"),
        ("Курс по охране труда", "Охрана труда", "inflected"),
        ("Кадровые резервы", "Кадровый резерв", "plural"),
        ("ИТ-диктант", "ИТ диктант", "punctuation"),
        ("ИТдиктант", "ИТ-диктант", "written together"),
        ("Охрaна трудa", "Охрана труда", "Latin letters among the Cyrillic ones"),
        ("Противодействие коррупции", "Противодейстивие коррупции", "a typing error"),
        ("Английский язык. Часть II", "Английский язык, часть 2", "Roman number"),
        ("Охрана труда 2026", "Охрана труда 2025", "another year's edition: the reviewer says why"),
        ("Охрана труда", "Охрана труда 2025", "the edition of a year"),
        ("Информационная безопасность", "Основы информационной безопасности", "the rest is a small part"),
        (
            "Обучение граждан пенсионного возраста",
            CATEGORIES[8].title,
            "a prefix apart",
        ),
    ],
)
def test_names_that_need_a_reason(asked: str, found: str, why: str) -> None:
    assert score(normalise(asked), normalise(found)) >= THRESHOLD, why


@pytest.mark.parametrize(
    ("asked", "found", "why"),
    [
        ("Охрана труда для руководителей", "Охрана труда", "one contains the other"),
        ("Медицина катастроф", "Медицина", "one contains the other"),
        ("Первая помощь", "Первая медицинская помощь", "a word in between"),
        ("Закупки по 223-ФЗ", "Закупки по 44-ФЗ", "another law"),
        ("Английский язык. Часть I", "Английский язык. Часть II", "another part"),
        ("Пожарная безопасность", "Информационная безопасность", "a word in common"),
        ("Основы финансовой грамотности", "Основы компьютерной грамотности", "two words in common"),
    ],
)
def test_names_that_are_shown_and_need_no_reason(asked: str, found: str, why: str) -> None:
    assert SHOWN_FROM <= score(normalise(asked), normalise(found)) < THRESHOLD, why


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Охрана здоровья", "Охрана труда"),
        ("Муниципальные служащие", "Государственные служащие"),
        ("Делопроизводство", "Медицина"),
        ("Кадровый резерв", "Пожарная безопасность"),
    ],
)
def test_names_that_are_not_shown(asked: str, found: str) -> None:
    assert rank(asked, [known(found)]) == ()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Реанимация", "Организация"),
        ("Делопроизводство", "Противодействие коррупции"),
        ("ИТ-диктант", "Учёт питания"),
        ("Охрана труда", "Обращение с отходами"),
        ("Неврология", "Урология"),
        ("Стоматология", "Травматология"),
    ],
)
def test_letters_in_common_without_a_word_are_not_shown(asked: str, found: str) -> None:
    assert SHOWN_FROM <= score(normalise(asked), normalise(found)) < THRESHOLD
    assert rank(asked, [known(found)]) == ()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Медецина", "Медицина"),
        ("Первая помошь", "Первая медицинская помощь"),
        ("Закупки по 223-ФЗ", "Закупка по 44-ФЗ"),
        ("Електробезопасность", "Безопасность"),
        ("Нормы ГТО", "ГТО"),
        ("ИТдиктант, часть 2", "ИТ-диктант, часть 1"),
    ],
)
def test_a_misspelt_or_short_word_in_common_is_shown(asked: str, found: str) -> None:
    assert score(normalise(asked), normalise(found)) < THRESHOLD
    assert [one.title for one in rank(asked, [known(found)])] == [found]


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: str(category.number))
def test_each_category_of_appendix_1_is_like_itself_alone(category: AppendixCategory) -> None:
    catalogue = [known(other.title, kind=Kind.CATEGORY) for other in CATEGORIES]

    strong = [candidate.title for candidate in rank(category.title, catalogue) if candidate.needs_reason]

    assert strong == [category.title]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        (
            "Учебный курс «Охрана труда», 2026 год, часть II",
            Name("охран труд част", frozenset({"2"}), frozenset({"2026"})),
        ),
        ("Учебный курс", Name("учебн курс", frozenset(), frozenset())),
        ("Закупки по 44-ФЗ", Name("закупк фз", frozenset({"44"}), frozenset())),
        ("  Excel   для\tначинающих ", Name("excel начинающ", frozenset(), frozenset())),
    ],
)
def test_a_title_in_its_compared_form(title: str, name: Name) -> None:
    assert normalise(title) == name


def test_candidates_come_best_first_and_the_register_before_moodle() -> None:
    catalogue = [
        known("Охрана труда для руководителей", ref="3"),
        known("Охрана труда", Source.OPEN_REQUEST, Kind.REQUEST, ref="2026-000007"),
        known("Охрана труда", Source.MOODLE, ref="2"),
        known("Охрана труда", ref="1"),
        known("Медицина", kind=Kind.CATEGORY, ref="4"),
    ]

    found = rank("Охрана труда", catalogue)

    assert [(c.ref, c.score) for c in found] == [("1", 100), ("2", 100), ("2026-000007", 100), ("3", 88)]


def test_an_open_request_is_no_ground_whatever_its_score() -> None:
    (candidate,) = rank("Охрана труда", [known("Охрана труда", Source.OPEN_REQUEST, Kind.REQUEST)])

    assert candidate.score == 100
    assert not candidate.needs_reason


@pytest.mark.parametrize(
    ("asked", "found", "note"),
    [
        ("Охрана труда 2026", "Охрана труда 2025", "год: в запросе 2026, здесь 2025"),
        ("Охрана труда", "Охрана труда 2025", "год: в запросе не указан, здесь 2025"),
        ("Закупки по 223-ФЗ", "Закупки по 44-ФЗ", "номер: в запросе 223, здесь 44"),
        ("Охрана труда", "Охрана труда", ""),
    ],
)
def test_a_candidate_says_what_differs(asked: str, found: str, note: str) -> None:
    assert rank(asked, [known(found)])[0].note == note


def test_no_more_than_the_limit_are_given() -> None:
    assert len(rank("Охрана труда", [known("Охрана труда", ref=str(n)) for n in range(30)], limit=5)) == 5


def test_a_candidate_survives_its_journey_through_temporal() -> None:
    (candidate,) = rank("Охрана труда", [known("Охрана труда 2025")])

    assert Candidate.model_validate_json(candidate.model_dump_json()) == candidate


def test_ten_times_as_many_titles_take_some_ten_times_as_long() -> None:
    words = ["охрана", "труда", "безопасность", "основы", "управление", "закупки", "кадровый", "школа"]
    dice = random.Random(42)
    titles = [" ".join(dice.choices(words, k=dice.randint(2, 6))) + f" {n}" for n in range(5000)]
    catalogue = [known(title) for title in titles]

    def measure(count: int) -> float:
        started = process_time()
        rank("Основы охраны труда для руководителей", catalogue[:count])
        return process_time() - started

    assert min(measure(5000) for _ in range(5)) < 30 * min(measure(500) for _ in range(5))
