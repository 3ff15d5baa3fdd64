"""Where a request stands, for its agency and for whoever has the code: state, next step, usual time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Date, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.schemas.fields import Named
from api.schemas.progress import Progress, StepShown, UsualShown
from models import deadlines, ledger_totals, russian, store
from models.calendar import WorkCalendar
from models.deadlines import LOCAL_ZONE, Deadline
from models.decisions import Outcome
from models.lateness import days_between
from models.regulation import REVIEW_TERM, SETUP_TERM
from models.requests import Stage
from models.tables import ClauseRow, DecisionRow, Request
from models.terms import Term, Unit

_YEAR = timedelta(days=365)

_STATES = {
    Stage.REGISTERED: "Рассматривается",
    Stage.REVIEW: "Рассматривается",
    Stage.SETUP: "Создаётся",
    Stage.DONE: "Готово",
    Stage.REFUSED: "Отказано",
    Stage.WITHDRAWN: "Отозван",
}
_REVIEW = (
    "Уполномоченный орган решит, создавать или отказать, и напишет инициатору. От инициатора ничего не нужно."
)
_NEXT = {
    Stage.REGISTERED: _REVIEW,
    Stage.REVIEW: _REVIEW,
    Stage.SETUP: (
        "Решено создать. Оператор настраивает ответственному лицу роль «учитель»; когда всё будет готово, оно"
        " получит письмо со входом."
    ),
    Stage.DONE: "Всё создано, ответственному лицу отправлено письмо со входом. Дальше оно наполняет курс.",
    Stage.REFUSED: "В создании отказано, причина — в письме инициатору. Он может подать новый запрос.",
    Stage.WITHDRAWN: "Инициатор отозвал запрос: по нему больше ничего не будет.",
}
_LATE = " Срок прошёл: руководители об этом извещены, ответ всё равно будет."
_CLAUSES: dict[Stage, tuple[Term, str]] = {
    Stage.REGISTERED: (REVIEW_TERM, "Обычно решение принимают"),
    Stage.REVIEW: (REVIEW_TERM, "Обычно решение принимают"),
    Stage.SETUP: (SETUP_TERM, "Обычно Оператор настраивает"),
}
"""The clause whose term runs in a stage, and how its usual time is told."""


async def of(session: AsyncSession, request: Request, confirmed_years: frozenset[int]) -> Progress:
    """Where it stands now."""
    stage, now = Stage(request.stage), datetime.now(UTC)
    calendar = await store.load_calendar(session, confirmed_years)
    progress = Progress(
        number=request.number,
        state=Named(code="review" if stage is Stage.REGISTERED else stage.value, name=_STATES[stage]),
        steps=_steps(stage),
        next_step=_NEXT[stage],
    )
    if stage not in _CLAUSES:
        return progress
    term, words = _CLAUSES[stage]
    progress.usual = await _usual(session, term, words, calendar, now)
    row = await session.get(ClauseRow, (request.number, term.clause.value))
    if row is None or row.finished_at is not None:
        return progress
    deadline = Deadline.model_validate(row.deadline)
    is_late = deadline.is_late(now)
    return progress.model_copy(
        update={
            "next_step": progress.next_step + (_LATE if is_late else ""),
            "last_day": row.last_day,
            "standing": deadlines.standing(deadline, now, calendar),
            "overdue": is_late,
            "why": row.explanation["sentence"],
        }
    )


def _steps(stage: Stage) -> list[StepShown]:
    """Filed, under review, being set up, done; or how it ended instead."""
    is_over = stage in (Stage.REFUSED, Stage.WITHDRAWN)
    way = (stage,) if is_over else (Stage.REVIEW, Stage.SETUP, Stage.DONE)
    names = ["Подан", *(_STATES[one] for one in way)]
    now = names.index(_STATES[stage])
    return [StepShown(name=name, is_past=at < now, is_now=at == now) for at, name in enumerate(names)]


async def _usual(
    session: AsyncSession, term: Term, words: str, calendar: WorkCalendar, now: datetime
) -> UsualShown | None:
    """Of all requests whose clause ended in the last year, as the ledger counts; None before the first."""
    ended_on = cast(func.timezone(LOCAL_ZONE.key, col(ClauseRow.finished_at)), Date)
    query = (
        select(col(ClauseRow.started_on), ended_on, func.count())
        .join(DecisionRow, col(DecisionRow.number) == col(ClauseRow.number))
        .where(
            col(ClauseRow.clause) == term.clause.value,
            col(ClauseRow.finished_at) >= now - _YEAR,
            col(DecisionRow.outcome) != Outcome.WITHDRAWN.value,
        )
        .group_by(col(ClauseRow.started_on), ended_on)
    )
    took: list[int] = []
    for began, ended, times in (await session.execute(query)).all():
        took += [max(0, days_between(began, ended, term.unit, calendar))] * times
    done, median, p90 = ledger_totals.usual(took)
    if median is None or p90 is None:
        return None
    usually = f"за {_days(median, term)}" if median else "в тот же день"
    nearly_always = f", девять из десяти — не дольше чем за {_days(p90, term)}" if p90 else ""
    said = f"{words} {usually}{nearly_always}"
    return UsualShown(done=done, median=median, p90=p90, words=said)


def _days(n: int, term: Term) -> str:
    """«3 дня», «3 рабочих дня»"""
    if term.unit is Unit.WORKING_DAYS:
        return f"{n} {russian.plural(n, 'рабочий день', 'рабочих дня', 'рабочих дней')}"
    return f"{n} {russian.plural(n, 'день', 'дня', 'дней')}"
