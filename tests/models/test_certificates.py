"""Certificates (clause 4.9): who gets one, its number and code, and whether it still holds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models import certificates
from models.certificates import (
    NAME_MAX,
    Award,
    CertificateRejected,
    Design,
    Rejection,
    Standing,
    Whom,
    check_reissue,
    check_valid,
    chosen,
    new_code,
    normalise,
    number,
    series,
    standing,
)
from models.results import LearnerResult, State, Unseen
from models.trainings import Stage

COMPLETED = Award(whom=Whom.COMPLETED)


def learner(
    name: str, state: State = State.COMPLETED, grade: float | None = None, top: float | None = 100
) -> Any:
    return LearnerResult(name=name, state=state, grade=grade, grade_max=top)


PEOPLE = {
    11: learner("Яковлева Анна", State.COMPLETED, 90),
    12: learner("Ёлкина Ольга", State.IN_PROGRESS, 60),
    13: learner("Абдуллина Айгуль", State.FAILED, 59.99),
    14: learner("Кузнецов Пётр", State.LEFT, 95),
    15: learner("Петров-Водкин Кузьма", State.COMPLETED),
    16: learner("Сидорова Мария", State.NOT_BEGUN, 0),
}


def threshold(percent: float) -> Award:
    return Award(whom=Whom.THRESHOLD, threshold=percent)


@pytest.mark.parametrize(
    ("award", "expected", "why"),
    [
        (COMPLETED, (15, 11), "completed, in the order of the alphabet"),
        (threshold(60), (12, 11), "at the threshold or above it; who left is not asked for"),
        (threshold(59.99), (13, 12, 11), "a threshold is inclusive"),
        (threshold(0), (13, 12, 16, 11), "zero takes everybody who has a grade"),
        (Award(whom=Whom.NAMED, named=(14, 16)), (14, 16), "named: whatever their results"),
    ],
)
def test_who_gets_a_document(award: Award, expected: tuple[int, ...], why: str) -> None:
    assert chosen(award, Stage.ENDED, (), PEOPLE) == expected, why


@pytest.mark.parametrize(
    ("award", "stage", "unseen", "people", "rejection"),
    [
        (COMPLETED, Stage.PLANNED, (), PEOPLE, Rejection.NOT_OVER),
        (COMPLETED, Stage.RUNNING, (), PEOPLE, Rejection.NOT_OVER),
        (threshold(60), Stage.ENDED, (Unseen.GRADES,), PEOPLE, Rejection.NO_GRADES),
        (threshold(0), Stage.ENDED, (), {1: learner("Иванов Иван")}, Rejection.NO_GRADES),
        (threshold(0), Stage.ENDED, (), {1: learner("Иванов Иван", grade=5, top=None)}, Rejection.NO_GRADES),
        (threshold(0), Stage.ENDED, (), {}, Rejection.NO_GRADES),
        (COMPLETED, Stage.CLOSED, (Unseen.CRITERIA,), PEOPLE, Rejection.NO_COMPLETION),
        (COMPLETED, Stage.CLOSED, (Unseen.COMPLETION,), PEOPLE, Rejection.NO_COMPLETION),
        (COMPLETED, Stage.CANCELLED, (), {}, Rejection.NOBODY),
        (threshold(100), Stage.ENDED, (), PEOPLE, Rejection.NOBODY),
        (Award(whom=Whom.NAMED, named=(11, 99)), Stage.ENDED, (), PEOPLE, Rejection.UNKNOWN_PARTICIPANT),
        (COMPLETED, Stage.ENDED, (), {1: learner("Ъ" * (NAME_MAX + 1))}, Rejection.NAME_UNFIT),
        (COMPLETED, Stage.ENDED, (), {1: learner("")}, Rejection.NAME_UNFIT),
    ],
)
def test_decisions_by_which_nothing_is_given(
    award: Award,
    stage: Stage,
    unseen: tuple[Unseen, ...],
    people: dict[int, LearnerResult],
    rejection: Rejection,
) -> None:
    with pytest.raises(CertificateRejected) as refused:
        chosen(award, stage, unseen, people)

    assert refused.value.rejection is rejection
    assert str(refused.value) == rejection.russian


def test_a_training_without_grades_gives_documents_to_those_who_completed_or_are_named() -> None:
    unseen = (Unseen.GRADES,)

    assert chosen(COMPLETED, Stage.ENDED, unseen, PEOPLE) == (15, 11)
    assert chosen(Award(whom=Whom.NAMED, named=(12,)), Stage.ENDED, unseen, PEOPLE) == (12,)


@pytest.mark.parametrize(
    "name", ["Ъ" * NAME_MAX, "Салтыков-Щедрин-Оглы Михаил", "Иванов Иван", "Мономах", "Nguyễn Văn Ánh"]
)
def test_names_of_any_kind_are_taken(name: str) -> None:
    assert chosen(COMPLETED, Stage.ENDED, (), {1: learner(name)}) == (1,)


@pytest.mark.parametrize(("grade", "top", "percent"), [(0.29, 1, 29), (1.1, 2, 55), (57, 100, 57)])
def test_rounding_of_floats_takes_nobody_their_document(grade: float, top: float, percent: float) -> None:
    people = {1: learner("Иванов Иван", State.IN_PROGRESS, grade, top)}

    assert chosen(threshold(percent), Stage.ENDED, (), people) == (1,)


@pytest.mark.parametrize(
    ("award", "field"),
    [
        ({"whom": "threshold", "threshold": 101}, "threshold"),
        ({"whom": "threshold", "threshold": -0.1}, "threshold"),
        ({"whom": "threshold", "threshold": "nan"}, "threshold"),
        ({"whom": "threshold"}, ""),
        ({"whom": "completed", "threshold": 60}, ""),
        ({"whom": "named"}, ""),
        ({"whom": "completed", "named": [1]}, ""),
        ({"whom": "named", "named": [1, 1]}, ""),
        ({"whom": "completed", "document": " \n"}, "document"),
        ({"whom": "completed", "document": "Ъ" * 61}, "document"),
        ({"whom": "completed", "hours": 0}, "hours"),
        ({"whom": "completed", "design": "gilded"}, "design"),
        ({"whom": "everybody"}, "whom"),
    ],
)
def test_awards_that_make_no_sense(award: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Award.model_validate(award)

    assert ".".join(map(str, refused.value.errors()[0]["loc"])) == field


def test_an_award_has_a_title_and_a_design_unless_the_owner_says_another() -> None:
    assert (COMPLETED.document, COMPLETED.design) == ("Сертификат", Design.FRAME)
    assert all(design.russian for design in Design)


@given(st.sets(st.integers(0, 10**9), min_size=1), st.randoms())
def test_the_order_of_numbering_does_not_depend_on_the_order_of_reading(
    ordinals: set[int], chance: Any
) -> None:
    mixed = list(ordinals)
    chance.shuffle(mixed)
    people = {ordinal: learner(f"Иванов {'АБВ'[ordinal % 3]}") for ordinal in mixed}

    assert chosen(COMPLETED, Stage.ENDED, (), people) == chosen(
        COMPLETED, Stage.ENDED, (), dict(sorted(people.items()))
    )


def test_numbers_run_by_year_and_look_like_no_request() -> None:
    assert (series(2026), number(2026, 1), number(2027, 10_000)) == (
        "certificates-2026",
        "72-2026-000001",
        "72-2027-010000",
    )


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_code()

    assert [len(group) for group in code.split("-")] == [4, 4, 4]
    for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), f" {code}\n"):
        assert normalise(typed) == code
    assert normalise("а7кр-2м9х-4свт") == "A7KP-2M9X-4C8T"


@pytest.mark.parametrize(
    "typed", ["", "K7QF", "K7QF-2M9X-4DRT-HWLA-93CE", "ЖЖЖЖ-ЖЖЖЖ-ЖЖЖЖ", "../../../etc", "%00" * 9]
)
def test_what_can_be_no_code_is_not_looked_up(typed: str) -> None:
    assert normalise(typed) == ""


def test_codes_are_not_repeated() -> None:
    assert len({new_code() for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("is_revoked", "is_replaced", "expected"),
    [
        (False, False, Standing.VALID),
        (True, False, Standing.REVOKED),
        (False, True, Standing.REPLACED),
        (True, True, Standing.REVOKED),
    ],
)
def test_whether_a_certificate_holds(is_revoked: bool, is_replaced: bool, expected: Standing) -> None:
    assert standing(is_revoked=is_revoked, is_replaced=is_replaced) is expected
    assert expected.russian


@pytest.mark.parametrize(
    ("stands", "rejection"),
    [(Standing.REVOKED, Rejection.ALREADY_REVOKED), (Standing.REPLACED, Rejection.ALREADY_REPLACED)],
)
def test_what_does_not_hold_is_neither_revoked_nor_replaced(stands: Standing, rejection: Rejection) -> None:
    with pytest.raises(CertificateRejected) as of_revoking:
        check_valid(stands)
    with pytest.raises(CertificateRejected) as of_replacing:
        check_reissue(stands, "Иванов Иван", "Иванов Иван Иванович")

    assert {of_revoking.value.rejection, of_replacing.value.rejection} == {rejection}


def test_a_document_is_replaced_for_another_name_only() -> None:
    check_valid(Standing.VALID)
    check_reissue(Standing.VALID, "Семенов Петр", "Семёнов Пётр")
    with pytest.raises(CertificateRejected) as refused:
        check_reissue(Standing.VALID, "Семёнов Пётр", "Семёнов Пётр")

    assert refused.value.rejection is Rejection.SAME_NAME


def test_every_refusal_has_its_words() -> None:
    assert all(rejection.russian for rejection in certificates.Rejection)
