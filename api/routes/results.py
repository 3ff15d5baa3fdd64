"""Clause 4.7: results, for the responsible and the owner alone: nobody else reads of persons here."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import files
from api.auth import Role, allow
from api.deps import SessionsDep
from api.documentation import Answers, acting, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.schemas.fields import Day
from api.schemas.results import ImportAnswer, ResultsShown, WrongRow
from api.trainings import TrainingDep
from api.uploads import in_turn
from models import results_import, spreadsheets, store, training_results
from models.headings import HeadingsError
from models.results import LearnerResult, Origin, Results, Selection, State
from models.results_import import Imported
from models.spreadsheets import SpreadsheetError
from models.step import Step
from models.tables import ParticipantRow, TrainingRow
from models.terms import Clause
from reports import results_csv, results_pdf, results_table, results_xlsx, table_csv, xlsx

router = APIRouter(prefix="/trainings/{number}", tags=["Результаты (п. 4.7)"])

_READERS = [allow(Role.AGENCY, Role.RESPONSIBLE)]
_READING = reading("not-found", "invalid")
_EXAMPLE = """ФИО;Почта;Организация;Состояние;Оценка %;Завершено
Петров Пётр Петрович;petrov@example.org;ГБУЗ «Больница»;завершено;87;14.10.2025
"""


async def _selected(
    training: TrainingDep,
    sessions: SessionsDep,
    organisation: Annotated[str | None, Query(max_length=254)] = None,
    state: Annotated[list[State] | None, Query()] = None,
    grade_from: Annotated[float | None, Query(ge=0, le=100)] = None,
    grade_to: Annotated[float | None, Query(ge=0, le=100)] = None,
    completed_from: Day | None = None,
    completed_to: Day | None = None,
) -> Results:
    selection = Selection(
        organisation=organisation,
        states=frozenset(state or ()),
        grade_from=grade_from,
        grade_to=grade_to,
        completed_from=completed_from,
        completed_to=completed_to,
    )
    async with store.looking(sessions) as session:
        found = await training_results.load(session, training.number)
    return found if selection == Selection() else found.select(selection)


ResultsDep = Annotated[Results, Depends(_selected)]


@router.get("/results", dependencies=_READERS, responses=_READING)
async def results(found: ResultsDep) -> ResultsShown:
    """Результаты по каждому Пользователю и итоги; чего система не видит, названо в unseen_why."""
    return ResultsShown.of(found)


def _file(media_type: str) -> Answers:
    return {**_READING, **files.told(media_type)}


@router.get("/results.csv", dependencies=_READERS, responses=_file("text/csv"), response_class=Response)
async def results_as_csv(found: ResultsDep) -> Response:
    """То же таблицей CSV."""
    content = await asyncio.to_thread(lambda: b"".join(results_csv.chunks(found)))
    return files.attachment(content, table_csv.MEDIA_TYPE, results_table.filename(found, "csv"))


@router.get("/results.xlsx", dependencies=_READERS, responses=_file(xlsx.MEDIA_TYPE), response_class=Response)
async def results_as_xlsx(found: ResultsDep) -> Response:
    """То же книгой Excel: сводка с диаграммами и таблица с отбором."""
    content = await asyncio.to_thread(results_xlsx.workbook, found)
    return files.attachment(content, xlsx.MEDIA_TYPE, results_table.filename(found, "xlsx"))


@router.get(
    "/results.pdf", dependencies=_READERS, responses=_file(results_pdf.MEDIA_TYPE), response_class=Response
)
async def results_as_pdf(found: ResultsDep) -> Response:
    """То же документом PDF."""
    content = await asyncio.to_thread(results_pdf.document, found)
    return files.attachment(content, results_pdf.MEDIA_TYPE, results_table.filename(found, "pdf"))


@router.post(
    "/results",
    dependencies=[allow(Role.RESPONSIBLE)],
    response_model=ImportAnswer,
    responses=acting("not-found", "already-over", "results-are-read", "file-unreadable"),
)
async def import_results(
    training: TrainingDep,
    post: PostDep,
    content: Annotated[bytes, Body(media_type="application/octet-stream", examples=[_EXAMPLE])],
) -> JSONResponse:
    """Загрузить результаты подсистемы без веб-сервисов: CSV или XLSX, телом запроса как есть.

    Строки с ошибками не принимаются и перечислены в ответе; нечитаемый файл не принимается целиком.
    """
    if training.origin != Origin.IMPORTED:
        raise Problem("results-are-read")
    at = datetime.now(UTC)
    try:
        imported = await in_turn(lambda: _read(content, at))
    except (SpreadsheetError, HeadingsError) as error:
        raise Problem("file-unreadable", str(error)) from None

    async def work(session: AsyncSession) -> ImportAnswer:
        row = await session.get_one(TrainingRow, training.number, with_for_update=True)
        if row.closed_at is not None:
            raise Problem("already-over")
        await _replace(session, row, imported, at)
        step = Step(number=row.number, step=f"training/imported-{post.id}", at=at)
        what = f"Результаты загружены файлом: принято строк — {len(imported.learners)}, с ошибками — "
        what += str(len(imported.wrong))
        await store.write_once(session, step, Clause.RESULTS, what, by=post.caller.actor)
        return _told(row.number, imported)

    return await post.at_once(work)


def _read(content: bytes, at: datetime) -> Imported:
    return results_import.read_results(spreadsheets.read(content).rows, at)


async def _replace(session: AsyncSession, row: TrainingRow, imported: Imported, at: datetime) -> None:
    """What an earlier file said is gone; one without a good row changes nothing."""
    if not imported.learners:
        return
    await session.execute(delete(ParticipantRow).where(col(ParticipantRow.training) == row.number))
    rows = [_participant(row.number, place, one) for place, one in enumerate(imported.learners, 1)]
    for first in range(0, len(rows), 1000):
        await session.execute(insert(ParticipantRow), rows[first : first + 1000])
    row.read_at, row.unseen = at, [one.value for one in imported.unseen]


def _participant(number: str, place: int, one: LearnerResult) -> dict[str, Any]:
    return {
        "training": number,
        "ordinal": place,
        **one.model_dump(exclude={"state"}),
        "state": one.state.value,
    }


def _told(number: str, imported: Imported) -> ImportAnswer:
    wrong = [
        WrongRow(row=one.row, shown=one.shown, why=[problem.words for problem in one.problems])
        for one in imported.wrong
    ]
    return ImportAnswer(number=number, taken=len(imported.learners), wrong=wrong)
