"""Clause 4.1: what makes a request incomplete, and what is only asked for."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.completeness import Contents, missing_contacts, missing_items
from models.requests import Access, Contact, Item, Wanted

COURSE = Contents(
    wanted=Wanted.COURSE,
    course_name="Первая помощь",
    goal="Научить",
    learners_are="Врачи",
    access=Access.BY_RESPONSIBLE,
    responsible_name="Тестова Вера Павловна",
    responsible_post="Методист",
    responsible_email="vera@example.org",
    responsible_phone="+7 3452 00-00-00",
)
CATEGORY = Contents(
    wanted=Wanted.CATEGORY, category_name="Медицина", goal="Собрать курсы", responsible_name="Тестова В. П."
)
BOTH = replace(COURSE, wanted=Wanted.CATEGORY_AND_COURSE, category_name="Медицина")

NOTHING = ("", " ", "\t\n", "-", "—", "– –", "...", "…", "«»", "\u00a0")
"""How forms say "nothing"."""


@pytest.mark.parametrize("contents", [COURSE, CATEGORY, BOTH])
def test_a_complete_request_lacks_nothing(contents: Contents) -> None:
    assert missing_items(contents) == ()


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize(
    ("contents", "field", "item"),
    [
        (COURSE, "goal", Item.GOAL),
        (COURSE, "course_name", Item.NAME),
        (COURSE, "learners_are", Item.LEARNERS),
        (COURSE, "responsible_name", Item.RESPONSIBLE),
        (CATEGORY, "goal", Item.GOAL),
        (CATEGORY, "category_name", Item.NAME),
        (CATEGORY, "responsible_name", Item.RESPONSIBLE),
        (BOTH, "category_name", Item.NAME),
        (BOTH, "course_name", Item.NAME),
    ],
)
def test_an_item_that_is_absent_blank_or_dashes_is_missing(
    contents: Contents, field: str, item: Item, nothing: str
) -> None:
    without: dict[str, Any] = {field: nothing}

    assert missing_items(replace(contents, **without)) == (item,)


@pytest.mark.parametrize(
    ("access", "is_missing", "why"),
    [
        (Access.SELF_REGISTRATION, False, "the first way of clause 4.5"),
        (Access.BY_RESPONSIBLE, False, "the second way of clause 4.5"),
        (Access.PER_COURSE, True, "a course cannot leave it to each course"),
        (None, True, "not given"),
    ],
)
def test_a_course_needs_one_of_the_two_ways_of_access(
    access: Access | None, is_missing: bool, why: str
) -> None:
    assert (Item.ACCESS in missing_items(replace(COURSE, access=access))) is is_missing, why


def test_learners_may_be_listed_instead_of_described() -> None:
    assert missing_items(replace(COURSE, learners_are="", learners_listed=1)) == ()


@pytest.mark.parametrize("access", [None, *Access])
def test_a_category_alone_needs_neither_learners_nor_access(access: Access | None) -> None:
    assert missing_items(replace(CATEGORY, access=access)) == ()


def test_a_course_with_its_category_needs_both_like_a_course() -> None:
    contents = replace(BOTH, learners_are="", access=None)

    assert missing_items(contents) == (Item.LEARNERS, Item.ACCESS)


def test_an_empty_request_lacks_every_item_in_the_order_of_the_clause() -> None:
    assert missing_items(Contents(wanted=Wanted.COURSE)) == tuple(Item)
    assert missing_items(Contents(wanted=Wanted.CATEGORY)) == (Item.GOAL, Item.NAME, Item.RESPONSIBLE)


@pytest.mark.parametrize("item", Item)
def test_each_item_has_its_name_in_russian(item: Item) -> None:
    assert item.russian


@pytest.mark.parametrize("nothing", NOTHING)
@pytest.mark.parametrize(
    ("field", "contact"),
    [
        ("responsible_post", Contact.POST),
        ("responsible_email", Contact.EMAIL),
        ("responsible_phone", Contact.PHONE),
    ],
)
def test_a_missing_particular_of_the_responsible_is_asked_for_and_refuses_nothing(
    field: str, contact: Contact, nothing: str
) -> None:
    without: dict[str, Any] = {field: nothing}
    contents = replace(COURSE, **without)

    assert missing_contacts(contents) == (contact,)
    assert missing_items(contents) == ()


@given(st.text().filter(lambda text: any(character.isalnum() for character in text)))
def test_whatever_has_a_letter_or_a_digit_is_given(text: str) -> None:
    contents = replace(COURSE, goal=text, course_name=text, learners_are=text, responsible_name=text)

    assert missing_items(contents) == ()
