"""The operator's tasks: try a step again, send a letter anew, put aside what nothing waits for."""

from datetime import UTC, datetime

from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from temporalio.service import RPCError

from api import resending
from api.errors import Problem
from api.idempotency import Post
from api.schemas.fields import Named
from api.schemas.records import TaskShown
from api.updates import Updates
from models import cases, store
from models.cases import Kind
from models.setup import Check, TryAgain
from models.step import Step
from models.tables import CaseRow, LetterRow, Person, ReplacementRow, Request, Responsibility, Task
from models.tasks import TaskKind
from models.terms import Clause, Recipient
from workflows.mending import Mendable


async def retry(post: Post, task: int, updates: Updates, task_queue: str) -> JSONResponse:
    """Tell whoever waits that the cause is mended, or send the letter anew.

    Raises:
        Problem: There is no such open task, or nothing that waits for it.
    """
    async with post.sessions() as session:
        row = await session.get(Task, task)
    if row is None:
        raise Problem("not-found")
    match TaskKind(row.kind):
        case TaskKind.MOODLE_ACCOUNT:
            raise Problem(
                "nothing-to-retry",
                "Служебную учётную запись система проверяет сама каждые десять минут и закроет задачу.",
            )
        case TaskKind.PERSON_GONE:
            raise Problem("nothing-to-retry", "Откройте дело о смене ответственного лица или снимите задачу.")
        case TaskKind.DIFFERENCE:
            raise Problem(
                "nothing-to-retry",
                "Сверка с Moodle идёт каждую ночь и сама закроет задачу; начать её можно и сейчас.",
            )
        case TaskKind.CANARY_FAILED:
            raise Problem("nothing-to-retry", "Запустите проверку снова (POST /canary).")
        case TaskKind.LETTER_UNDELIVERED:
            return await _send_anew(post, row, updates, task_queue)
        case _:
            return await post.once(lambda: _try_again(post, row, updates))


async def close(session: AsyncSession, post: Post, task: int) -> TaskShown:
    """Put a task aside.

    Raises:
        Problem: There is no such open task, or a step will close it itself.
    """
    now = datetime.now(UTC)
    row = await _open(session, task)
    if TaskKind(row.kind).closes_itself:
        raise Problem("not-closable")
    row.closed_at = now
    if row.number is not None:
        step = Step(number=row.number, step=f"{row.step}/closed", at=now)
        what = f"Задача Оператору снята: {row.why}"
        await store.write_once(session, step, Clause(row.clause), what, by=post.caller.actor)
    return shown(row)


def shown(row: Task) -> TaskShown:
    """A task as it is answered."""
    return TaskShown(
        **row.model_dump(exclude={"checklist", "done"}),
        kind_name=TaskKind(row.kind).russian,
        checklist=[Named.of(Check(check)) for check in row.checklist],
        done=[Named.of(Check(check)) for check in row.done],
    )


async def _try_again(post: Post, row: Task, updates: Updates) -> TaskShown:
    """The step that is done closes its task: what this POST has brought about is known by its update."""
    if row.closed_at is None:
        await updates.send(row.workflow_id, Mendable.try_again, TryAgain(by=post.caller.actor), post.id)
    elif not await updates.is_accepted(row.workflow_id, post.id):
        raise Problem("task-closed")
    return shown(row).model_copy(update={"closed_at": None})


async def _send_anew(post: Post, row: Task, updates: Updates, task_queue: str) -> JSONResponse:
    """The letter that follows is the same one however often it is started: first it, then the record."""
    if (answered := await post.first_answer()) is not None:
        return answered
    async with post.sessions() as session:
        letter = await _letter(session, row)
    try:
        await resending.send_anew(updates.client, task_queue, letter)
    except (RPCError, RuntimeError):
        raise Problem("unavailable") from None

    async def note(session: AsyncSession) -> TaskShown:
        open_row = await _open(session, row.id or 0)
        await resending.note(session, letter, by=post.caller.actor)
        await session.refresh(open_row)
        return shown(open_row)

    return await post.at_once(note)


async def _letter(session: AsyncSession, task: Task) -> LetterRow:
    """The letter of an open task.

    Raises:
        Problem: The task is closed, or nobody has entered an address yet.
    """
    if task.closed_at is not None:
        raise Problem("task-closed")
    letter = await session.get(LetterRow, task.step.removeprefix(resending.task_step("")))
    if letter is None:
        raise Problem("nothing-to-retry")
    if letter.recipient == Recipient.RESPONSIBLE and not await _responsible_email(session, letter.number):
        raise Problem("letter-without-address")
    return letter


async def _responsible_email(session: AsyncSession, number: str) -> str:
    """Of a request's responsible; of a course's, whoever is responsible now."""
    if cases.kind_of(number) is Kind.REQUEST:
        return (await session.get_one(Request, number)).responsible_email
    case = await session.get_one(CaseRow, number)
    if case.kind == Kind.REPLACEMENT:
        return await _successor_email(session, number)
    query = (
        select(col(Person.email))
        .join(Responsibility, col(Responsibility.person) == col(Person.id))
        .where(col(Responsibility.course) == case.course, col(Responsibility.until).is_(None))
    )
    return (await session.scalars(query)).first() or ""


async def _successor_email(session: AsyncSession, number: str) -> str:
    successor = (await session.get_one(ReplacementRow, number)).successor
    return (await session.get_one(Person, successor)).email if successor else ""


async def _open(session: AsyncSession, task: int) -> Task:
    row = await session.get(Task, task, with_for_update=True)
    if row is None:
        raise Problem("not-found")
    if row.closed_at is not None:
        raise Problem("task-closed")
    return row
