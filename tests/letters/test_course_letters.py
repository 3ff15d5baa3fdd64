"""Letters about the term of a clause on a course: one set of words for each clause."""

from dataclasses import replace
from datetime import date

import pytest

from activities.course_examples import LETTER, MORE
from activities.examples import SETUP_DEADLINE
from activities.rendering import render
from models.letters import Notice
from models.terms import Clause, Recipient


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


SAID = "Как добавить тест? <script>x</script> {{ letter.number }}"


@pytest.mark.parametrize(
    ("notice", "to", "subject", "tells"),
    [
        (Notice.QUESTION, Recipient.OPERATOR, "вопрос ответственного лица", "Внесите ответ"),
        (Notice.ANSWER, Recipient.RESPONSIBLE, "ответ Оператора", "задайте вопрос ещё раз"),
    ],
)
def test_a_consultation_quotes_what_was_said(notice: Notice, to: Recipient, subject: str, tells: str) -> None:
    about = replace(LETTER, recipient=to, more={"question": SAID, "answer": SAID})

    letter = render(notice, about)

    assert letter.subject == f"Консультация № 12: {subject}, «Основы»"
    assert all(one in " ".join(letter.text.split()) for one in (SAID, tells))
    assert "<script>" not in letter.html


@pytest.mark.parametrize(
    ("to", "is_checked", "warnings", "tells"),
    [
        (Recipient.OWNER, True, [], ("проверила курс в Moodle", "назначьте обучение")),
        (Recipient.OPERATOR, True, [], ("От вас ничего не требуется",)),
        (Recipient.OPERATOR, False, [], ("Не проверено системой", "Проверьте курс сами")),
        (
            Recipient.RESPONSIBLE,
            True,
            ["Условия не заданы."],
            ("На что обратить внимание", "Условия не заданы.", "Откройте доступ Пользователям"),
        ),
    ],
)
def test_a_course_that_is_ready_says_whether_it_was_checked_and_what_comes_next(
    to: Recipient, is_checked: bool, warnings: list[str], tells: tuple[str, ...]
) -> None:
    more = {"is_checked": is_checked, "warnings": warnings}
    letter = render(Notice.COURSE_READY, replace(LETTER, number="authoring-5", recipient=to, more=more))

    text = " ".join(letter.text.split())
    assert all(one in text for one in tells)


def test_an_owner_who_has_told_and_has_still_to_appoint_is_not_told_of_a_missed_term() -> None:
    deadline = replace(SETUP_DEADLINE, clause=Clause.REPLACEMENT)
    about = replace(
        LETTER, number="replacement-3", recipient=Recipient.OWNER, deadline=deadline, is_appointing=True
    )

    for notice in (Notice.REMINDER, Notice.ESCALATION):
        letter = render(notice, about)
        text = " ".join(letter.text.split())
        assert "истёк" not in letter.subject + text
        assert "срок назначения в Регламенте не установлен" in text
        assert "Назначьте новое ответственное лицо" in text
        assert "не сообщил" not in text


@pytest.mark.parametrize(
    ("clause", "says"),
    [
        (Clause.ENROLMENT, "Это не срок Регламента: срок подтверждения плана"),
        (Clause.CONSULTATION, "Это не срок Регламента: срок ответа"),
        (Clause.AUTHORING, "Это не срок Регламента: срок в Регламенте не установлен"),
        (Clause.REPLACEMENT, ""),
    ],
)
def test_a_term_of_the_engines_own_is_not_called_the_regulations(clause: Clause, says: str) -> None:
    about = replace(LETTER, deadline=replace(SETUP_DEADLINE, clause=clause))

    text = " ".join(render(Notice.REMINDER, about).text.split())

    assert (f"Срок по пункту {clause} Регламента" in text) is not bool(says)
    assert says in text
    assert ("Это не срок Регламента" in text) is bool(says)


@pytest.mark.parametrize(
    ("forgot_password_url", "site_url", "tells"),
    [
        (
            "https://edu.example/forgot",
            "https://edu.example/",
            "«Забыли пароль?»: https://edu.example/forgot",
        ),
        ("", "https://local.example/", "«Забыли пароль?» на сайте подсистемы: https://local.example/"),
        ("", "", "Порядок входа сообщит Оператор"),
    ],
)
def test_a_successor_is_sent_to_an_address_that_is_known(
    forgot_password_url: str, site_url: str, tells: str
) -> None:
    to = Recipient.RESPONSIBLE
    about = replace(LETTER, number="replacement-3", recipient=to, more=MORE[Notice.SUCCESSOR_APPOINTED][0])

    letter = render(
        Notice.SUCCESSOR_APPOINTED,
        replace(about, forgot_password_url=forgot_password_url, site_url=site_url),
    )

    text = " ".join(letter.text.split())
    assert tells in text
    assert ("Забыли пароль?" in text) == bool(site_url)
