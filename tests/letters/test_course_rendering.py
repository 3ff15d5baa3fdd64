"""Every notice of a case about a course, in every variant, is a letter fit to send."""

import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date
from typing import Any, TypeVar

import pytest

from activities.course_examples import ACCESSIBLE, MORE
from activities.course_facts import PARTICULARS, CourseLetter
from activities.examples import SETUP_DEADLINE
from activities.rendering import LetterContext, render
from activities.wording import write
from models.letters import Notice
from models.terms import Recipient
from models.wording import Wording
from tests.letters.course_facts import variants
from tests.letters.test_rendering import HOSTILE, every_letter, one_line, read, words

A = TypeVar("A", bound=LetterContext | CourseLetter)


def test_no_notice_with_particulars_of_its_own_is_left_out() -> None:
    assert {*PARTICULARS, Notice.CLAIM_CODE} <= set(MORE)


@pytest.mark.parametrize("notice", MORE)
def test_every_letter_is_whole_names_its_case_and_says_the_same_in_text_and_html(notice: Notice) -> None:
    for about in variants(notice):
        letter = render(notice, about)
        subject = letter.subject.lower()
        html = read(letter).words

        assert about.label.lower() in subject or f"«{about.title.lower()}»" in subject
        assert html == words(letter.text)
        for shown in (letter.subject, letter.text, " ".join(html)):
            assert not re.search(r"\bNone\b|\{\{|\{%|Undefined|\.\.|  г\.| ,|\( |«»", shown), shown
        assert letter.text.split("Что дальше\n----------\n")[1].lstrip().startswith("- ")


@pytest.mark.parametrize("notice", MORE)
def test_what_people_type_stays_text(notice: Notice) -> None:
    for about in _to_both_kinds(variants(notice)):
        letter = render(notice, _hostile(about))

        assert "script" not in read(letter).tags
        assert not [name for name, _ in read(letter).attributes if name.startswith("on")]
        assert not {"\x00", "\u202e"} & set(letter.subject + letter.html + letter.text)
        assert letter.subject.isprintable()
        assert len(letter.subject) <= 160


def _to_both_kinds(letters: list[A]) -> Iterator[A]:
    """To the two kinds of recipient that openings tell apart: to all it would take too long."""
    return (about for about in letters if about.recipient in (Recipient.RESPONSIBLE, Recipient.OPERATOR))


def _hostile(about: CourseLetter) -> CourseLetter:
    assert ACCESSIBLE.responsible
    return replace(
        about,
        title=HOSTILE,
        subsystem_name=HOSTILE,
        agency_name=HOSTILE,
        task_reason=HOSTILE,
        course_url='https://x.example/" onclick="alert(1)',
        responsible=replace(ACCESSIBLE.responsible, name=HOSTILE),
        more={name: _typed(name, fact) for name, fact in about.more.items()},
    )


def _typed(name: str, fact: Any) -> Any:
    if isinstance(fact, list):
        return [_typed("", one) for one in fact]
    if isinstance(fact, dict):
        return {key: _typed(key, one) for key, one in fact.items()}
    is_ours = name in ("stage", "stage_name", "standing") or isinstance(fact, date)
    return HOSTILE if isinstance(fact, str) and not is_ours and fact else fact


@pytest.mark.parametrize(
    "notice", [Notice.CLAIM_CODE, Notice.ENROLMENT_SUMMARY, Notice.ANSWER, Notice.COURSE_READY]
)
def test_a_term_that_is_met_is_not_told_as_one_that_runs(notice: Notice) -> None:
    for about in variants(notice):
        letter = render(notice, replace(about, deadline=SETUP_DEADLINE))

        assert "осталось" not in letter.text
        assert "Как посчитан срок" not in letter.html


@pytest.mark.parametrize("notice", Notice)
def test_an_opening_of_ones_own_takes_no_fact_away(notice: Notice) -> None:
    kinds: set[str] = set()
    others: set[str] = set()
    of_requests = [about for kind, about in every_letter() if kind is notice]
    for about in _to_both_kinds([*of_requests, *(variants(notice) if notice in MORE else ())]):
        if not about.responsible:
            continue
        own, changed = render(notice, about), write(notice, about, Wording("Тема", "Свои слова."))
        before, after = one_line(own), one_line(changed)
        kinds.add(before)
        others.add(after)

        assert set(re.findall(r"https?://\S+", before)) == set(re.findall(r"https?://\S+", after))
        assert not [one for one in _typed_words(asdict(about)) if one in before and one not in after]
    assert len(others) == len(kinds)


def _typed_words(fact: Any) -> list[str]:
    if isinstance(fact, dict):
        fact = list(fact.values())
    if isinstance(fact, list | tuple):
        return [text for one in fact for text in _typed_words(one)]
    return [" ".join(fact.split())] if isinstance(fact, str) and " " in fact else []
