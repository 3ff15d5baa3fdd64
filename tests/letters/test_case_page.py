"""Letters lead to the page of their case whoever has pages here, and nobody else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from activities import recipients
from activities.course_examples import ACCESSIBLE, MORE, NUMBERS
from activities.course_facts import CourseLetter
from activities.examples import FULL
from activities.rendering import LetterContext, render
from models.letters import Letter, Notice
from models.requests import Stage
from models.terms import Recipient
from tests.letters.test_rendering import OF_REQUESTS, read

SITE = "https://sdo.example"


@pytest.mark.parametrize(
    ("number", "notice", "to", "page"),
    [
        ("2026-000123", Notice.REMINDER, Recipient.REVIEWER, "/cases/2026-000123"),
        ("2026-000123", Notice.APPROVAL, Recipient.AGENCY, "/cases/2026-000123"),
        ("2026-000123", Notice.ESCALATION, Recipient.AUTHORITY_HEAD, ""),
        ("2026-000123", Notice.ESCALATION, Recipient.OPERATOR_HEAD, "/cases/2026-000123"),
        ("canary-12", Notice.REMINDER, Recipient.REVIEWER, ""),
        ("consultation-12", Notice.ANSWER, Recipient.RESPONSIBLE, "/cases/consultation-12"),
        ("enrolment-8", Notice.ENROLMENT_SUMMARY, Recipient.RESPONSIBLE, "/cases/enrolment-8"),
        ("enrolment-8", Notice.CLAIM_CODE, Recipient.LEARNER, ""),
        ("training-7", Notice.TRAINING_SUMMARY, Recipient.OWNER, "/trainings/training-7"),
        ("training-7", Notice.STEP_FAILED, Recipient.OPERATOR, "/cases/training-7"),
        ("training-7", Notice.TRAINING_START, Recipient.LEARNER, ""),
        ("certification-9", Notice.CERTIFICATION_SUMMARY, Recipient.OWNER, "/certifications/certification-9"),
        ("certification-9", Notice.CERTIFICATE, Recipient.LEARNER, ""),
        ("replacement-6", Notice.SUCCESSOR_APPOINTED, Recipient.RESPONSIBLE, "/replacements/replacement-6"),
        ("replacement-6", Notice.STEP_FAILED, Recipient.OPERATOR, "/replacements/replacement-6"),
        ("replacement-6", Notice.ESCALATION, Recipient.SUPERVISOR, "/cases/replacement-6"),
        ("replacement-6", Notice.POWERS_ENDED, Recipient.RESPONSIBLE, ""),
    ],
)
def test_the_page_is_one_that_its_reader_may_open(
    number: str, notice: Notice, to: Recipient, page: str
) -> None:
    letter = Letter(number=number, step="step", notice=notice, to=to, at=datetime.now(UTC))

    assert recipients.case_page(SITE, letter, stage=Stage.SETUP) == (SITE + page if page else "")


@pytest.mark.parametrize("stage", [Stage.REGISTERED, Stage.REVIEW, Stage.REFUSED, Stage.WITHDRAWN])
def test_the_operator_finds_no_request_that_was_not_ordered(stage: Stage) -> None:
    letter = Letter(
        number="2026-000123",
        step="step",
        notice=Notice.STEP_FAILED,
        to=Recipient.OPERATOR,
        at=datetime.now(UTC),
    )

    assert recipients.case_page(SITE, letter, stage=stage) == ""


@pytest.mark.parametrize("notice", Notice)
def test_a_letter_links_it_where_there_is_one(notice: Notice) -> None:
    about: LetterContext | CourseLetter
    if notice in OF_REQUESTS:
        about = FULL
    else:
        number = NUMBERS.get(notice[:5], "consultation-12")
        about = replace(ACCESSIBLE, number=number, more=MORE[notice][0])
    page = f"{SITE}/cases/{about.number}"

    linked, plain = (
        render(notice, replace(about, case_page=page)),
        render(notice, replace(about, case_page="")),
    )

    said = f"{about.label} в этой системе: {page}"
    assert said in " ".join(linked.text.split())
    assert ("href", page) in read(linked).attributes
    assert "в этой системе: http" not in " ".join(plain.text.split())


def test_the_summary_of_a_list_says_where_slips_are_printed() -> None:
    [*_, more] = [one for one in MORE[Notice.ENROLMENT_SUMMARY] if one["slips"] and one["stage"] == "done"]
    about = replace(ACCESSIBLE, number="enrolment-8", case_page=f"{SITE}/cases/enrolment-8", more=more)

    text = " ".join(render(Notice.ENROLMENT_SUMMARY, about).text.split())

    assert f"«Кто ещё не выбрал пароль» ({SITE}/cases/enrolment-8/learners/unclaimed)" in text
