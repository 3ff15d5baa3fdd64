"""What a term must be like, and the terms of v3.0."""

import pytest
from pydantic import ValidationError

from models.regulation import PROVISIONS, TERMS
from models.terms import Clause, Escalation, Recipient, Reminder, Term, Unit

REVIEWER = (Recipient.REVIEWER,)


def a_term(reminders: tuple[Reminder, ...] = (), escalations: tuple[Escalation, ...] = ()) -> Term:
    return Term(
        clause=Clause.REVIEW,
        amount=30,
        unit=Unit.CALENDAR_DAYS,
        reminders=reminders,
        escalations=escalations,
    )


def test_reminders_out_of_order_are_refused() -> None:
    with pytest.raises(ValidationError, match="from the earliest to the latest"):
        a_term(reminders=(Reminder(before=1, to=REVIEWER), Reminder(before=3, to=REVIEWER)))


def test_two_escalations_at_one_instant_are_refused() -> None:
    with pytest.raises(ValidationError, match="from the earliest to the latest"):
        a_term(escalations=(Escalation(after=0, to=REVIEWER), Escalation(after=0, to=REVIEWER)))


def test_reminders_in_two_units_are_refused() -> None:
    """3 working days before 13 January lie earlier than 10 calendar days before it."""
    with pytest.raises(ValidationError, match="one unit"):
        a_term(
            reminders=(
                Reminder(before=10, unit=Unit.CALENDAR_DAYS, to=REVIEWER),
                Reminder(before=3, to=REVIEWER),
            )
        )


def test_a_letter_to_nobody_is_refused() -> None:
    with pytest.raises(ValidationError):
        Reminder(before=1, to=())


@pytest.mark.parametrize(
    ("clause", "amount", "unit"),
    [
        (Clause.REVIEW, 30, Unit.CALENDAR_DAYS),
        (Clause.SETUP, 10, Unit.WORKING_DAYS),
        (Clause.CONSULTATION, 2, Unit.WORKING_DAYS),
        (Clause.REPLACEMENT, 5, Unit.WORKING_DAYS),
    ],
)
def test_the_terms_of_the_regulation(clause: Clause, amount: int, unit: Unit) -> None:
    term = TERMS[clause]

    assert (term.amount, term.unit) == (amount, unit)
    assert term.moves_from_day_off
    assert term.repeat_every == 5


def test_only_these_clauses_have_terms() -> None:
    assert set(TERMS) == {Clause.REVIEW, Clause.SETUP, Clause.CONSULTATION, Clause.REPLACEMENT}


def test_every_term_escalates_in_the_morning_after_the_deadline() -> None:
    assert all(term.escalations[0].after == 0 for term in TERMS.values())


def test_every_clause_can_be_cited_and_every_term_names_its_event() -> None:
    assert set(PROVISIONS) == set(Clause)
    assert all(PROVISIONS[clause].event for clause in TERMS)


def test_a_citation_quotes_the_clause() -> None:
    assert PROVISIONS[Clause.REVIEW].citation == (
        "п. 4.2 Регламента: «Уполномоченный орган рассматривает запрос и принимает решение о создании"
        " категории и /или учебного курса в течение 30 дней со дня поступления запроса.»"
    )


@pytest.mark.parametrize("term", TERMS.values(), ids=TERMS.keys())
def test_a_term_survives_its_journey_through_temporal(term: Term) -> None:
    assert Term.model_validate_json(term.model_dump_json()) == term
