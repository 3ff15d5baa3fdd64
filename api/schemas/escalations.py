"""Ladders rung by rung: due, written, delivered, repeated; and the canary that proves them."""

from typing import Self

from pydantic import BaseModel, Field

from api.schemas.fields import Instant, Named
from models.escalations import ClauseProof, LetterFate, Repetition, RungProof
from models.regulation import PROVISIONS
from models.tables import CanaryRow


class LetterProven(BaseModel):
    """A letter of a rung to one recipient."""

    to: Named
    state: Named
    written_at: Instant
    settled_at: Instant | None
    attempts: int
    last_error: str = Field(description="Почему не удалась последняя попытка; пусто, если все удались.")

    @classmethod
    def of(cls, fate: LetterFate) -> Self:
        named = {"to": Named.of(fate.to), "state": Named.of(fate.state)}
        return cls(**fate.model_dump(exclude={*named}), **named)


class RepetitionProven(BaseModel):
    """The last rung once more."""

    at: Instant
    fate: Named
    letters: list[LetterProven]

    @classmethod
    def of(cls, one: Repetition) -> Self:
        return cls(
            at=one.at, fate=Named.of(one.fate), letters=[LetterProven.of(each) for each in one.letters]
        )


class RungProven(BaseModel):
    """A rung, and how far it has come."""

    ordinal: int
    label: str
    to: list[Named]
    due_at: Instant
    fate: Named
    why: str = Field(description="Почему не понадобилась; иначе пусто.")
    fired_at: Instant | None
    letters: list[LetterProven]
    repeated: list[RepetitionProven]

    @classmethod
    def of(cls, rung: RungProof) -> Self:
        return cls(
            ordinal=rung.ordinal,
            label=rung.label,
            to=[Named.of(one) for one in rung.to],
            due_at=rung.due_at,
            fate=Named.of(rung.fate),
            why=rung.why,
            fired_at=rung.fired_at,
            letters=[LetterProven.of(one) for one in rung.letters],
            repeated=[RepetitionProven.of(one) for one in rung.repeated],
        )


class LadderProven(BaseModel):
    """The ladder of a clause."""

    clause: str
    clause_title: str
    due_at: Instant
    finished_at: Instant | None
    rungs: list[RungProven]

    @classmethod
    def of(cls, proof: ClauseProof) -> Self:
        return cls(
            clause=proof.clause.value,
            clause_title=PROVISIONS[proof.clause].title,
            due_at=proof.due_at,
            finished_at=proof.finished_at,
            rungs=[RungProven.of(one) for one in proof.rungs],
        )


class CanaryShown(BaseModel):
    """A run of the canary."""

    id: int
    asked_by: str
    started_at: Instant
    finished_at: Instant | None
    passed: bool | None = Field(description="Пусто, пока проверка идёт.")
    faults: list[str]
    told_at: Instant | None = Field(description="Когда почтовый сервер принял письмо о неудаче.")
    ladders: list[LadderProven]

    @classmethod
    def of(cls, row: CanaryRow) -> Self:
        ladders = [LadderProven.of(ClauseProof.model_validate(one)) for one in row.ladders]
        return cls(**row.model_dump(exclude={"ladders", "workflow_id"}), ladders=ladders)


class CanaryStarted(BaseModel):
    """A canary that somebody has asked for."""

    answer: str = "Проверка начата. Её итог появится в GET /canary, неудача — ещё и письмом и задачей."
