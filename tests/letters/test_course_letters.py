"""Letters about the term of a clause on a course: one set of words for each clause."""

from dataclasses import replace
from datetime import date

import pytest

from activities.course_facts import CourseLetter
from activities.rendering import render
from models.letters import Notice
from models.terms import Clause, Recipient
from tests.letters.facts import SETUP_DEADLINE

LETTER = CourseLetter(
    number="consultation-12",
    title="Основы",
    subsystem_name="Проектное управление",
    agency_name="Департамент здравоохранения",
    recipient=Recipient.OPERATOR,
    course_url="",
    site_url="",
    forgot_password_url="",
    responsible=None,
    operator_email="operator@example.org",
    rung_label="за 1 рабочий день до срока",
)


@pytest.mark.parametrize(
    ("number", "clause", "to", "lacks", "act"),
    [
        (
            "consultation-12",
            Clause.CONSULTATION,
            Recipient.OPERATOR,
            "на вопрос ответственного лица ещё нет ответа (пункт 4.3–4.4 Регламента)",
            "Ответьте на вопрос",
        ),
        (
            "authoring-5",
            Clause.AUTHORING,
            Recipient.RESPONSIBLE,
            "учебный курс ещё не объявлен готовым (пункт 4.4 Регламента)",
            "объявите его готовым",
        ),
        (
            "replacement-3",
            Clause.REPLACEMENT,
            Recipient.OWNER,
            "Владелец ещё не сообщил Оператору о смене ответственного лица",
            "назначьте нового",
        ),
    ],
)
def test_whoever_acts_is_told_what_is_lacking_and_what_to_do(
    number: str, clause: Clause, to: Recipient, lacks: str, act: str
) -> None:
    about = replace(LETTER, number=number, recipient=to, deadline=replace(SETUP_DEADLINE, clause=clause))
    label = about.label

    for notice in (Notice.REMINDER, Notice.ESCALATION):
        letter = render(notice, about)
        text = " ".join(letter.text.split())
        assert label[1:] in letter.subject
        assert lacks in text
        assert act in text
        assert "запрос" not in text.partition("Что дальше")[0].lower()


def test_whoever_only_looks_on_is_asked_to_see_to_it() -> None:
    deadline = replace(SETUP_DEADLINE, clause=Clause.AUTHORING)
    about = replace(LETTER, number="authoring-5", recipient=Recipient.OWNER, deadline=deadline)

    text = " ".join(render(Notice.ESCALATION, about).text.split())

    assert "Проследите, чтобы ответственное лицо закончило" in text


def test_a_moved_deadline_names_the_case_and_both_days() -> None:
    about = replace(
        LETTER,
        deadline=replace(SETUP_DEADLINE, clause=Clause.CONSULTATION),
        old_last_day=date(2026, 12, 1),
        new_last_day=date(2026, 12, 2),
        moved_by="Постановление № 1",
    )

    letter = render(Notice.DEADLINE_MOVED, about)

    assert letter.subject.startswith("Консультация № 12: срок перенесён на 2 декабря 2026 г.")
    text = " ".join(letter.text.split())
    assert "1 декабря 2026 г." in text
    assert "Ответьте на вопрос до 2 декабря 2026 г. включительно" in text
