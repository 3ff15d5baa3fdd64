"""Clauses 4.3-4.4 - consultation: the messages of a thread of questions and answers."""

from datetime import date
from enum import StrEnum

from models.cases import CourseCase
from models.message import Message
from models.step import Step
from models.terms import Term


class ConsultationStage(StrEnum):
    ASKED = "asked"
    ANSWERED = "answered"
    CLOSED = "closed"

    @property
    def russian(self) -> str:
        return _STAGES[self]


_STAGES = {
    ConsultationStage.ASKED: "ждёт ответа Оператора",
    ConsultationStage.ANSWERED: "ответ дан",
    ConsultationStage.CLOSED: "закрыта",
}


class Consultation(Message):
    """The input of `ConsultationWorkflow`; the first question stands in the thread already."""

    case: CourseCase
    term: Term
    asked_on: date
    """Local date on which the question came to the operator."""


class Say(Message):
    """A question or an answer: the argument of the updates `ask` and `answer`."""

    text_id: str
    by: str


class Close(Message):
    """The argument of the update `close`."""

    by: str


class RecordLine(Step):
    """Add a question or an answer to the thread."""

    text_id: str
    is_answer: bool
    by: str


class EndRound(Step):
    """Nobody waits for an answer any more; `at` is the instant of the answer, or of the closing."""

    is_answered: bool


class ConsultationRejection(StrEnum):
    """The stable error types that the API shows."""

    CLOSED = "consultation-closed"

    @property
    def russian(self) -> str:
        return "Консультация закрыта: задайте новый вопрос."
