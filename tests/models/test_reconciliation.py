"""What differs between the register and whole lists of a Moodle."""

from typing import Any, NamedTuple

import pytest

from models.comparing import OurCategory, OurCourse, compare, is_whole, missing, unknown_teachers
from models.reconciliation import Kind, summary


class TheirCategory(NamedTuple):
    id: int
    name: str
    parent_id: int = 0
    course_count: int = 0


class TheirCourse(NamedTuple):
    id: int
    fullname: str
    category_id: int
    idnumber: str | None = None
    visible: bool | None = True


OURS = [OurCategory(1, "Медицина", 10), OurCategory(2, "Кадровый резерв", 20)]
THEIRS = [TheirCategory(10, "Медицина"), TheirCategory(20, "Кадровый резерв"), TheirCategory(99, "Прочее")]
COURSE = OurCourse(7, "Первая помощь", 70, 1)


def kinds(ours: OurCourse, *theirs: TheirCourse, **more: Any) -> dict[Kind, str]:
    found = compare((OURS, [ours]), (more.pop("categories", THEIRS), theirs), **more)
    return {one.kind: one.in_moodle for one in found.differences}


@pytest.mark.parametrize(
    ("their", "expected"),
    [
        (TheirCourse(70, "Первая помощь", 10), {}),
        (TheirCourse(70, " Первая помощь ", 10), {}),
        (TheirCourse(70, "Первая  помощь!", 10), {Kind.COURSE_RENAMED: "«Первая  помощь!»"}),
        (TheirCourse(70, "Первая помощь", 20), {Kind.COURSE_MOVED: "в категории «Кадровый резерв»"}),
        (TheirCourse(70, "Первая помощь", 99), {Kind.COURSE_MOVED: "в категории «Прочее»"}),
        (TheirCourse(71, "Первая помощь", 99), {Kind.COURSE_LOST: "нет"}),
        (
            TheirCourse(70, "Иная", 20),
            {Kind.COURSE_MOVED: "в категории «Кадровый резерв»", Kind.COURSE_RENAMED: "«Иная»"},
        ),
        (TheirCourse(70, "Первая помощь", 10, visible=False), {}),
    ],
)
def test_a_course(their: TheirCourse, expected: dict[Kind, str]) -> None:
    assert kinds(COURSE, their) == expected


@pytest.mark.parametrize(
    ("visible", "in_use", "is_told"),
    [(False, True, True), (False, False, False), (True, True, False), (None, True, False)],
)
def test_a_hidden_course_is_told_while_learners_are_let_in(
    visible: bool | None, in_use: bool, is_told: bool
) -> None:
    ours = OurCourse(7, "Первая помощь", 70, 1, in_use=in_use)
    their = TheirCourse(70, "Первая помощь", 10, visible=visible)
    assert (Kind.COURSE_HIDDEN in kinds(ours, their)) == is_told


def test_a_course_in_a_section_of_its_category_has_not_moved() -> None:
    deeper = [*THEIRS, TheirCategory(11, "Раздел", parent_id=10), TheirCategory(12, "Глубже", parent_id=11)]
    assert kinds(COURSE, TheirCourse(70, "Первая помощь", 12), categories=deeper) == {}


def test_a_lost_category_takes_its_courses_into_one_difference() -> None:
    ours = [OurCourse(number, f"Курс {number}", number + 1000, 1) for number in range(1, 501)]
    left = [TheirCourse(1001, "Курс 1", 20)]
    found = compare((OURS, ours), (THEIRS[1:], left))
    [one] = found.differences
    assert (one.kind, one.category) == (Kind.CATEGORY_LOST, 1)
    assert one.in_moodle == "категории нет, нет и курсов: 499, курсов в других категориях: 1"
    assert len(found.gone) == 499


@pytest.mark.parametrize(
    ("their", "is_adopted"),
    [
        (TheirCourse(80, "Новый курс", 10), True),
        (TheirCourse(80, "Новый курс", 11), True),
        (TheirCourse(80, "Новый курс", 99), False),
        (TheirCourse(70, "Первая помощь", 10), False),
        (TheirCourse(80, "Новый курс", 10, idnumber="seo-2026-000123"), False),
        (TheirCourse(80, "Новый курс", 10, idnumber="их-номер"), True),
        (TheirCourse(80, "Ожидаемый  КУРС", 10), False),
    ],
)
def test_what_is_adopted(their: TheirCourse, is_adopted: bool) -> None:
    deeper = [*THEIRS, TheirCategory(11, "Раздел", parent_id=10)]
    found = compare((OURS, [COURSE]), (deeper, [their]), awaited=["Ожидаемый курс"])
    assert found.new == ([(their, 1)] if is_adopted else [])


def test_what_was_made_by_hand_gets_its_number_and_is_not_entered_twice() -> None:
    by_hand = OurCourse(8, "Курс вручную", None, 1)
    appendix = OurCategory(3, 'АИС "Электронная школа"', None)
    theirs = [*THEIRS, TheirCategory(30, "АИС «Электронная школа»")]
    found = compare(([*OURS, appendix], [by_hand]), (theirs, [TheirCourse(80, "Курс вручную", 10)]))
    assert (found.categories, found.courses, found.new) == ({3: 30}, {8: 80}, [])
    assert found.differences == []


def test_of_two_categories_of_one_name_none_is_taken() -> None:
    twice = [TheirCategory(30, "Школа"), TheirCategory(31, "Школа")]
    found = compare(([OurCategory(3, "Школа", None)], []), (twice, []))
    assert found.categories == {}
    assert [one.kind for one in found.differences] == [Kind.CATEGORY_LOST]


@pytest.mark.parametrize(
    ("categories", "courses", "expected"),
    [
        ([], [], False),
        ([TheirCategory(1, "А", course_count=1)], [], False),
        ([TheirCategory(1, "А", course_count=1)], [TheirCourse(5, "К", 1)], True),
        ([TheirCategory(1, "А")], [TheirCourse(5, "К", 1)], True),
        ([TheirCategory(1, "А")], [TheirCourse(5, "К", 2)], False),
        ([TheirCategory(1, "А")], [], True),
    ],
)
def test_lists_that_came_cut_are_known_by_moodles_own_counts(
    categories: list[TheirCategory], courses: list[TheirCourse], expected: bool
) -> None:
    assert is_whole(categories, courses) is expected


def test_what_the_list_lacks_is_asked_for_once_more() -> None:
    ours = [COURSE, OurCourse(8, "Вручную", None, 1), OurCourse(9, "Есть", 90, 1)]
    assert missing(ours, [TheirCourse(90, "Есть", 10)]) == [70]


@pytest.mark.parametrize(
    ("teachers", "known", "without_account", "expected"),
    [
        ({5}, {5}, 0, ()),
        ({5, 6}, {5}, 0, (6,)),
        ({6}, set(), 1, ()),
        ({6, 7}, set(), 1, (6, 7)),
        (set(), {5}, 0, ()),
    ],
)
def test_who_teaches_unknown_to_the_register(
    teachers: set[int], known: set[int], without_account: int, expected: tuple[int, ...]
) -> None:
    assert unknown_teachers(teachers, known, without_account) == expected


def test_many_are_told_by_their_number_and_the_first_few() -> None:
    told = summary(Kind.COURSE_LOST, [f"«Курс {number}» — нет" for number in range(1, 502)])
    assert told == (
        "Расхождения с реестром: курса нет в Moodle — 501 расхождение."
        " Например: «Курс 1» — нет; «Курс 2» — нет; «Курс 3» — нет"
    )
