"""Clause 4.7 over HTTP: results with what they come to, and what was taken from a file."""

from typing import Self

from pydantic import BaseModel, Field

from api.schemas.fields import Instant
from models.result_summary import Summary, summarise
from models.results import LearnerResult, Results


class LearnerShown(LearnerResult):
    """One learner; what isn't known is null."""

    completed_at: Instant | None = None
    last_seen_at: Instant | None = None


class ResultsShown(Results):
    """Results as they stand, or as they were kept at the end. Holds persons."""

    read_at: Instant
    learners: tuple[LearnerShown, ...] = ()
    unseen_why: tuple[str, ...] = Field(description="Чего в результатах не видно, и почему.")
    summary: Summary = Field(description="Итоги, по организациям, оценки, завершения по времени.")

    @classmethod
    def of(cls, found: Results) -> Self:
        learners = [LearnerShown.model_construct(**dict(one)) for one in found.learners]
        told = {**dict(found), "learners": learners, "unseen_why": found.unseen_words}
        return cls(**told, summary=summarise(found))


class WrongRow(BaseModel):
    row: int = Field(description="Номер строки, как его показывает Excel.")
    shown: str
    why: list[str]


class ImportAnswer(BaseModel):
    """What of a file was taken in."""

    number: str
    taken: int
    wrong: list[WrongRow]
