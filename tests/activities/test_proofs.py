"""The proof of clause 4.8: what was seen stays, and the journal says what is not shown."""

from typing import Any

import pytest

from activities import proofs
from activities.proofs import Group
from clients.moodle import CategoryProof, CourseProof, Proof

COURSE, CATEGORY = "edu/course-1", "edu/category-2"
CLEAN = {"exists": True, "was_enrolled": True, "can_build": False, "still_enrolled": False}


def test_a_removal_is_told_by_the_keys_of_the_case() -> None:
    group = Group("edu", {7: COURSE, 8: None}, CATEGORY, 9)
    left = (CourseProof(7, was_enrolled=True, can_build=False, ended_by="unenrol"), CourseProof(8))

    seen = proofs.told(group, Proof(5, left, (CategoryProof(9, can_create=False),)))

    assert list(seen) == [COURSE, "edu/moodle-course-8", CATEGORY]
    assert seen[COURSE] == {**CLEAN, "ended_by": "unenrol"}
    assert seen[CATEGORY] == {"moodle_id": 9, "can_create": False}


@pytest.mark.parametrize(
    ("before", "seen", "after"),
    [
        ({}, CLEAN, CLEAN),
        ({"was_enrolled": True}, {"was_enrolled": False, "can_build": None}, {"was_enrolled": True}),
        ({"can_build": True}, {"can_build": None}, {"can_build": True}),
        ({"can_build": True}, {"can_build": False}, {"can_build": False}),
        ({"still_enrolled": True}, {"still_enrolled": False}, {"still_enrolled": False}),
        ({"ended_by": "unenrol"}, {"ended_by": ""}, {"ended_by": "unenrol"}),
        ({"interrupted": True}, {"interrupted": False}, {"interrupted": True}),
    ],
)
def test_a_later_attempt_takes_nothing_from_the_proof(
    before: dict[str, Any], seen: dict[str, Any], after: dict[str, Any]
) -> None:
    merged = proofs.merged({COURSE: before}, {COURSE: seen})[COURSE]

    assert {key: merged[key] for key in after} == after


@pytest.mark.parametrize(
    ("proof", "unclean"),
    [
        ({COURSE: CLEAN}, False),
        ({COURSE: {**CLEAN, "can_build": None}}, False),
        ({COURSE: {**CLEAN, "can_build": True}}, True),
        ({COURSE: {**CLEAN, "still_enrolled": True}}, True),
        ({CATEGORY: {"can_create": True}}, True),
        ({CATEGORY: {"can_create": None}}, False),
        ({"edu/account": {"absent": True}}, False),
        ({"edu/by-hand": "2026-11-24T09:00:00+05:00"}, False),
    ],
)
def test_what_still_shows_is_unclean(proof: dict[str, Any], unclean: bool) -> None:
    assert proofs.is_unclean(proof) is unclean


@pytest.mark.parametrize(
    ("proof", "words"),
    [
        ({COURSE: CLEAN}, "Права сняты (edu): курсов — 1, категорий — 0; прочитано обратно — 1"),
        (
            {COURSE: {**CLEAN, "ended_by": "suspend"}, CATEGORY: {"can_create": None}},
            "Права сняты (edu): курсов — 1, категорий — 1; прочитано обратно — 1;"
            " запись на курс приостановлена: удалить её эта Moodle не даёт;"
            " роль снята, но показать это Moodle не может — 1",
        ),
        (
            {COURSE: {"exists": False, "was_enrolled": False, "can_build": None}},
            "Права сняты (edu): курсов — 1, категорий — 0; прочитано обратно — 0;"
            " курсов уже нет в Moodle — 1",
        ),
        ({"edu/account": {"absent": True}}, "Снимать нечего (edu): учётной записи в Moodle больше нет"),
    ],
)
def test_the_journal_says_what_was_removed_read_back_and_not_shown(proof: dict[str, Any], words: str) -> None:
    assert proofs.in_words("edu", proof) == words
