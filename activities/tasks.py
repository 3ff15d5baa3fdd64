"""The operator's tasks: work by hand, and steps that wait for somebody to mend their cause."""

import re

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select
from temporalio import activity

from activities import rights_by_hand
from models import store
from models.errors import Failure
from models.setup import Check
from models.steps import CloseTask, OpenTask, TickOff
from models.tables import Task
from models.tasks import TaskKind
from models.terms import Clause


class TaskActivities:
    """Activities on tasks."""

    def __init__(self, sessions: store.Sessions) -> None:
        self._sessions = sessions

    @activity.defn
    async def open_task(self, task: OpenTask) -> None:
        """Put a task into the operator's list."""
        async with self._sessions.begin() as session:
            by_hand = await rights_by_hand.told(session, task)
            why = by_hand or _why(task)
            row = {
                "number": task.number or None,
                "workflow_id": task.workflow_id,
                "step": task.step,
                "clause": task.clause.value,
                "kind": _kind(task, is_by_hand=bool(by_hand)),
                "why": why,
                "checklist": [check.value for check in task.checklist],
                "done": [check.value for check in task.done],
                "opened_at": task.at,
            }
            await session.execute(insert(Task).values(row).on_conflict_do_nothing())
            if task.number:
                await store.write_once(session, task, task.clause, f"Задача Оператору: {why}")

    @activity.defn
    async def close_task(self, close: CloseTask) -> None:
        """Take a task off the list."""
        async with self._sessions.begin() as session:
            row = await _find(session, close.workflow_id, close.task_step)
            row.closed_at = row.closed_at or close.at
            if close.mended_by and row.number:
                what = "Причина устранена, система пробует снова"
                await store.write_once(session, close, Clause(row.clause), what, by=close.mended_by)

    @activity.defn
    async def tick_off(self, progress: TickOff) -> None:
        """Show how far the operator has come."""
        async with self._sessions.begin() as session:
            row = await _find(session, progress.workflow_id, progress.task_step)
            row.done = [check.value for check in progress.done]
            ticks = ", ".join(Check(check).russian for check in progress.done)
            await store.write_once(
                session, progress, Clause(row.clause), f"Выполнено вручную: {ticks}", by=progress.by
            )


async def _find(session: AsyncSession, workflow_id: str, step: str) -> Task:
    found = await session.scalars(select(Task).where(Task.workflow_id == workflow_id, Task.step == step))
    return found.one()


def _kind(task: OpenTask, *, is_by_hand: bool) -> TaskKind:
    if is_by_hand:
        return TaskKind.RIGHTS_BY_HAND
    return TaskKind.SETUP_BY_HAND if task.hand_over else TaskKind.STEP_FAILED


def _why(task: OpenTask) -> str:
    failure = f" ({Failure(task.failure).russian})" if task.failure in Failure.__members__.values() else ""
    if task.hand_over:
        return f"{task.hand_over.russian}{failure}"
    return f"шаг «{_in_russian(task.failed_step)}» ({task.failed_step}) не выполнен{failure}"


def _in_russian(step: str) -> str:
    """`review/rung-2` -> «напоминание»; letters are named as `review/decision/refusal/agency`."""
    _, *names = step.split("/")
    if len(names) > 2:
        return "письмо"
    word = re.match("[a-z]+", names[0]) if names else None
    return _STEPS.get(word.group() if word else "", "действие системы")


_STEPS = {
    "started": "начало дела",
    "opened": "расчёт срока",
    "analogues": "поиск аналогов",
    "decision": "запись решения",
    "signal": "решение по сигналу",
    "rung": "напоминание",
    "repeat": "повторное напоминание",
    "overdue": "отметка о просрочке",
    "moved": "перенос срока",
    "obstacle": "запись о препятствии",
    "order": "дата поступления запроса",
    "by": "работа вручную",
    "done": "запись об исполнении",
    "workflow": "ход дела",
    "closed": "закрытие дела",
    "term": "расчёт срока",
    "removal": "снятие прав",
    "grant": "назначение прав",
    "powers": "прекращение полномочий",
    "fact": "запись о смене ответственного лица",
}
"""What the names of steps begin with."""
