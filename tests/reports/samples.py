"""Results to render: a training as it may be, made of nothing but a seed."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from models.deadlines import LOCAL_ZONE
from models.results import LearnerResult, Results, State, in_order

READ_AT = datetime(2026, 12, 21, 9, 30, tzinfo=LOCAL_ZONE)
_ORGANISATIONS = (
    "ГБУЗ ТО «Областная клиническая больница № 1»",
    "ГАУЗ ТО «Городская поликлиника № 17»",
    "ГБУЗ ТО «Областная больница № 3» (г. Тобольск)",
    "Департамент здравоохранения Тюменской области",
    "ГБУЗ ТО «Станция скорой медицинской помощи»",
    "",
)
_NAMES = ("Иванова", "Петрова", "Кузнецова", "Ёлкина", "Абдуллина", "Сидорова")
_FIRST = ("Мария Петровна", "Ольга Сергеевна", "Айгуль Маратовна", "Анна Викторовна")
_POSTS = ("врач-терапевт", "медицинская сестра", "заведующий отделением", "")
_STATES = (
    (State.COMPLETED,) * 12 + (State.IN_PROGRESS,) * 5 + (State.NOT_BEGUN,) * 4 + (State.FAILED, State.LEFT)
)


def results(count: int = 240, **known: Any) -> Results:
    chance = random.Random(7)
    facts: dict[str, Any] = {
        "course": "Оказание первой помощи",
        "training": "Осенний поток 2026 года",
        "owner": "Департамент здравоохранения Тюменской области",
        "subsystem": "Единая платформа",
        "starts_on": date(2026, 12, 1),
        "ends_on": date(2026, 12, 20),
        "read_at": READ_AT,
        "learners": in_order(learner(n, chance) for n in range(count)),
    }
    return Results(**facts | known)


def learner(n: int, chance: random.Random) -> LearnerResult:
    state = chance.choice(_STATES)
    begun = state not in (State.NOT_BEGUN, State.LEFT)
    began_on = date(2026, 12, 1) + timedelta(days=chance.randrange(8))
    completed_on = max(began_on, date(2026, 12, 1) + timedelta(days=min(19, int(chance.gauss(12, 5)))))
    completed_at = datetime.combine(completed_on, time(12), LOCAL_ZONE) if state is State.COMPLETED else None
    return LearnerResult(
        name=f"{chance.choice(_NAMES)} {chance.choice(_FIRST)}",
        email=f"learner-{n}@zdrav.example",
        organisation=chance.choice(_ORGANISATIONS),
        post=chance.choice(_POSTS),
        state=state,
        progress={State.COMPLETED: 100, State.NOT_BEGUN: 0}.get(state, chance.randrange(5, 95)),
        grade=round(min(50, max(5, chance.gauss(40, 8))), 2) if begun else None,
        grade_max=50,
        begun_on=began_on if begun else None,
        completed_at=completed_at,
        last_seen_at=READ_AT - timedelta(hours=chance.randrange(400)) if begun else None,
    )
