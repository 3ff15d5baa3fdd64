"""Words of the tests of certificates: a training that is over, and the decision to certify it."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlmodel import select

from models.certificates import Award, Whom
from models.tables import CaseRow, CertificationRow, Course, Organisation, Subsystem, TrainingRow
from tests.engine import Engine

COURSE = "Оказание первой помощи"
_ORDINALS = count(500_000)


async def decided(engine: Engine, award: Award | None = None, **changes: Any) -> str:
    """A decision on a training of its own; the decision's number."""
    async with engine.sessions.begin() as session:
        ordinal = next(_ORDINALS)
        owner = await session.get_one(Organisation, "zdrav")
        subsystem = (await session.scalars(select(Subsystem))).first()
        assert subsystem is not None
        course = Course(subsystem=subsystem.code, name=COURSE, owner=owner.code)
        session.add(course)
        await session.flush()
        for kind in ("training", "certification"):
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
