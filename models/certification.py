"""Clause 4.9 - messages between `CertificationWorkflow`, the API and the activities. No persons in them."""

from enum import StrEnum

from models.cases import CourseCase
from models.message import Message
from models.step import Step


class CertificationCase(Message):
    """The input of `CertificationWorkflow`; the decision itself is a `CertificationRow`."""

    case: CourseCase
    people: int
    """How many get a document."""


class CertificationStage(StrEnum):
    """Where a decision stands."""

    NUMBERING = "numbering"
    MAILING = "mailing"
    DONE = "done"

    @property
    def russian(self) -> str:
        return _STAGES[self]


_STAGES = {
    CertificationStage.NUMBERING: "документы нумеруются",
    CertificationStage.MAILING: "документы рассылаются",
    CertificationStage.DONE: "документы выданы",
}


class Number(Step):
    """Number the next of those who get a document."""

    at_most: int
