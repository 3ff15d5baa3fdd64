"""Letters of clause 4.5 on claim codes and self-registration."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from activities.course_facts import CourseLetter
from activities.rendering import Person, render
from models.letters import Notice
from models.self_registration import Lack
from models.terms import Recipient

LETTER = CourseLetter(
    number="enrolment-12",
    title="Первая <b>помощь</b>",
    subsystem_name="Проектное управление",
    agency_name="Департамент здравоохранения",
    recipient=Recipient.LEARNER,
    course_url="https://edu.example/course/view.php?id=77",
    site_url="https://edu.example",
    forgot_password_url="https://edu.example/login/forgot_password.php",
    responsible=Person(name="Иванова Мария", email="ivanova@zdrav.example"),
    operator_email="operator@example.org",
)
CODE: dict[str, Any] = {
    "name": "Ульяна",
    "code": "K7QF-2M9X-4DRT-HWLA-93CE",
    "username": "vetrova.u-k3f9a2",
    "claim_url": "https://seo.example/claim/K7QF-2M9X-4DRT-HWLA-93CE",
    "claim_page": "https://seo.example/claim",
    "last_day": date(2026, 12, 24),
}
LETTERS: dict[Notice, dict[str, Any]] = {
    Notice.CLAIM_CODE: CODE,
    Notice.WAY_IN_SHUT: {"lacks": [lack.russian for lack in Lack], "is_unseen": False},
    Notice.SELF_REGISTRATION: {"steps": ["Откройте страницу курса."], "needs_key": True},
}


@pytest.mark.parametrize("notice", LETTERS)
def test_a_letter_is_plain_in_text_and_escaped_in_html(notice: Notice) -> None:
    letter = render(notice, LETTER.with_more(LETTERS[notice]))

    assert "Первая <b>" not in letter.html
    assert "Первая &lt;b&gt;" in letter.html
    assert max(len(line) for line in letter.text.splitlines() if "http" not in line) <= 76
    assert len(letter.subject.splitlines()) == 1
    assert "None" not in letter.text


def test_a_code_letter_tells_all_that_is_needed_to_get_in() -> None:
    letter = render(Notice.CLAIM_CODE, LETTER.with_more(CODE))

    for told in (CODE["code"], CODE["username"], CODE["claim_url"], CODE["claim_page"]):
        assert str(told) in letter.text
        assert str(told) in letter.html
    assert "24 декабря 2026 г. включительно" in " ".join(letter.text.split())
    assert CODE["code"] not in letter.subject


@pytest.mark.parametrize("lack", Lack)
def test_whoever_switches_on_is_named(lack: Lack) -> None:
    facts = {"lacks": [lack.russian], "is_unseen": lack.is_unseen}
    told = render(Notice.WAY_IN_SHUT, LETTER.with_more(facts))

    text = " ".join(told.text.split())
    assert "Оператор" in text or "Ответственное лицо" in text
    assert lack.russian in text
    assert ("проверяет сама раз в сутки" in text) is not lack.is_unseen


def test_only_a_responsible_is_sent_to_the_operator_for_advice() -> None:
    facts = LETTERS[Notice.WAY_IN_SHUT]
    to_operator = render(Notice.WAY_IN_SHUT, replace(LETTER, recipient=Recipient.OPERATOR).with_more(facts))
    to_responsible = render(
        Notice.WAY_IN_SHUT, replace(LETTER, recipient=Recipient.RESPONSIBLE).with_more(facts)
    )

    assert "За советом" not in to_operator.text
    assert "За советом" in to_responsible.text
