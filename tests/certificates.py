"""Words of the tests of certificates: a training that is over, and the decision to certify it."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any, Protocol
from uuid import uuid4

from sqlmodel import col, select
from temporalio.client import WorkflowHandle

from activities.histories import describe
from models import certifying, ids, store
from models.certificates import Award, Whom
from models.deadlines import end_of
from models.tables import (
    BulkLetter,
    CaseRow,
    CertificationRow,
    Course,
    Organisation,
    ParticipantRow,
    Subsystem,
    TrainingRow,
)
from tests.engine import Engine, Json, result_of

COURSE = "Оказание первой помощи"
_ORDINALS = count(500_000)


class Kept(Protocol):
    """Whatever knows where Postgres is."""

    @property
    def sessions(self) -> store.Sessions: ...


async def over(engine: Kept, *people: Json, **changes: Any) -> str:
    """A training that is over, with these people; its number."""
    decision = await decided(engine, undecided=True)
    number = decision.replace("certification", "training")
    async with engine.sessions.begin() as session:
        row = await session.get_one(TrainingRow, number)
        row.sqlmodel_update({"closed_at": end_of(row.ends_on), **changes})
        session.add_all(
            ParticipantRow(**{"training": number, "ordinal": at, **one}) for at, one in enumerate(people, 1)
        )
    return number


def person(name: str, **known: Any) -> Json:
    """One who completed a training with 87 per cent."""
    who = {"name": name, "state": "completed", "grade": 87.0, "grade_max": 100.0}
    return {**who, "email": f"l{uuid4().hex[:8]}@example.org", **known}


async def decide(engine: Engine, training: str, status: int = 201, **award: Any) -> Json:
    """What the owner is answered, by default to a decision for those who completed it."""
    form = {"whom": "completed", **award}
    response = await engine.post("agency", f"/trainings/{training}/certification", form)
    assert response.status_code == status, response.text
    return dict(response.json())


async def finished(engine: Engine, number: str) -> Json:
    """The decision, once all of it is done."""
    handle = engine.client.get_workflow_handle(number)
    assert await result_of(handle) == "done"
    return dict(await engine.get("agency", f"/certifications/{number}"))


async def given(engine: Engine, number: str) -> list[Json]:
    """The documents of a decision, by number."""
    page = await engine.get("agency", f"/certifications/{number}/certificates?limit=500")
    return list(page["certificates"])


async def revised(engine: Engine, number: str, act: str, **form: str) -> WorkflowHandle[Any, Any]:
    """A document revoked or corrected; the workflow that tells its holder."""
    response = await engine.post("agency", f"/certificates/{number}/{act}", form)
    assert response.status_code in (200, 201), response.text
    return await telling(engine, response.json()["number"])


async def telling(engine: Engine, number: str) -> WorkflowHandle[Any, Any]:
    """The workflow of the last letter about a document, once it is started."""
    about = (
        col(BulkLetter.step).startswith(certifying.REVISED),
        col(BulkLetter.facts).contains({"certificate": number}),
    )
    async with engine.sessions() as session:
        *_, letter = (
            await session.scalars(select(BulkLetter).where(*about).order_by(col(BulkLetter.settled_at)))
        ).all()
    id = ids.certificate_letter_id(letter.number, letter.step)
    await engine.until(lambda: describe(engine.client, id))
    return engine.client.get_workflow_handle(id)


async def decided(
    engine: Kept, award: Award | None = None, *, undecided: bool = False, **changes: Any
) -> str:
    """A decision on a training of its own; the decision's number."""
    async with engine.sessions.begin() as session:
        ordinal = next(_ORDINALS)
        owner = await session.get_one(Organisation, "zdrav")
        subsystem = (await session.scalars(select(Subsystem))).first()
        assert subsystem is not None
        course = Course(subsystem=subsystem.code, name=COURSE, owner=owner.code)
        session.add(course)
        await session.flush()
        for kind in ("training",) if undecided else ("training", "certification"):
            session.add(
                CaseRow(
                    number=f"{kind}-{ordinal}",
                    kind=kind,
                    organisation=owner.code,
                    subsystem=subsystem.code,
                    course=course.id,
                    title=COURSE,
                    input={},
                    opened_at=datetime.now(UTC),
                    started_at=datetime.now(UTC),
                    closed_at=datetime.now(UTC),
                    histories_kept=True,
                )
            )
        await session.flush()
        dates: dict[str, Any] = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 20)}
        training = {"number": f"training-{ordinal}", "course": course.id, "title": "Поток", "state": "ended"}
        session.add(TrainingRow(**training | dates))
        await session.flush()
        if undecided:
            return f"certification-{ordinal}"
        row: dict[str, Any] = {
            "number": f"certification-{ordinal}",
            "training": f"training-{ordinal}",
            "award": (award or Award(whom=Whom.COMPLETED, hours=36)).model_dump(mode="json"),
            "course": COURSE,
            "owner": owner.name,
            "decided_by": "key-1",
            "decided_at": datetime.now(UTC),
            **dates,
        }
        session.add(CertificationRow(**row | changes))
    return f"certification-{ordinal}"
