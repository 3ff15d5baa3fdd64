"""Upkeep, round by round: what it starts, reports and keeps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import col, select
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError

from activities import rounds as rounds_of
from activities.upkeep import Upkeep
from api.app import create
from devstack.ports import HOST, free_port
from models import ids, opening
from models.authoring import Authoring
from models.cases import Kind
from models.converter import DATA_CONVERTER
from models.letters import LetterState, Notice
from models.regulation import AUTHORING_TERM
from models.tables import (
    AmendmentRow,
    CaseRow,
    Course,
    KeptHistory,
    LetterRow,
    Task,
)
from models.tasks import TaskKind
from models.terms import Clause, Recipient
from tests import certificates
from tests.engine import API, Engine, request_form
from tests.workflows import setups, trainings, words

LONG_AGO = timedelta(minutes=1)
UNACCEPTABLE = {"title": "x" * 3_000_000}
"""Temporal takes no more than 2 MB."""


@pytest.fixture(scope="module", autouse=True)
async def nothing_is_left_of_other_tests(engine: Engine) -> None:
    await engine.look_after(number="")


@asynccontextmanager
async def an_api_without_temporal(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    """What it files stands in Postgres and is started by nobody, as after a crash."""
    nobody = await Client.connect(f"{HOST}:{free_port()}", data_converter=DATA_CONVERTER, lazy=True)
    app = create(engine.settings, nobody, engine.sessions)
    app.state.sessions, app.state.temporal = engine.sessions, nobody
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as http:
        yield http


@pytest.fixture
async def unstarted(engine: Engine) -> str:
    return await file_unstarted(engine)


async def file_unstarted(engine: Engine) -> str:
    """Number of a request that was registered a while ago, and whose case nobody began."""
    headers = {"Authorization": f"Bearer {engine.keys['agency']}", "Idempotency-Key": uuid4().hex}
    async with an_api_without_temporal(engine) as http:
        response = await http.post(f"{API}/requests", json=request_form(), headers=headers)
    assert response.status_code == 201, response.text
    number = str(response.json()["number"])
    await change(engine, number, opened_at=datetime.now(UTC) - LONG_AGO)
    return number


async def test_a_letter_about_a_document_that_nobody_started_is_started(engine: Engine) -> None:
    training = await certificates.over(engine, certificates.person("Получателев"))
    decision = (await certificates.decide(engine, training))["number"]
    await certificates.finished(engine, decision)
    [document] = await certificates.given(engine, decision)
    headers = {"Authorization": f"Bearer {engine.keys['agency']}", "Idempotency-Key": uuid4().hex}
    async with an_api_without_temporal(engine) as http:
        path = f"{API}/certificates/{document['number']}/correction"
        response = await http.post(path, json={"name": "Получателева"}, headers=headers)
    assert response.status_code == 201, response.text

    await engine.look_after(number="")
    handle = await certificates.telling(engine, response.json()["number"])
    await handle.result()

    counts = (await engine.get("agency", f"/certifications/{decision}"))["letters"]
    assert [(one["state"]["code"], one["count"]) for one in counts] == [("delivered", 2)]


async def test_a_consultation_that_nobody_started_is_started(engine: Engine) -> None:
    course = await trainings.course_of_its_own(engine)
    headers = {"Authorization": f"Bearer {engine.keys['responsible']}", "Idempotency-Key": uuid4().hex}
    async with an_api_without_temporal(engine) as http:
        path = f"{API}/courses/{course.id}/consultations"
        response = await http.post(path, json={"text": "Где журнал?"}, headers=headers)
    assert response.status_code == 201, response.text
    number = str(response.json()["number"])
    await change(engine, number, opened_at=datetime.now(UTC) - LONG_AGO)

    await rounds(engine, lambda: engine.clause(number, Clause.CONSULTATION))

    assert await words.letter(engine, number, Notice.QUESTION, Recipient.OPERATOR)


async def test_the_building_of_a_course_that_nobody_started_is_started(engine: Engine) -> None:
    course = Course(subsystem="edu", name=setups.title(), owner="zdrav")
    at = datetime.now(UTC) - LONG_AGO
    async with engine.sessions.begin() as session:
        session.add(course)
        await session.flush()
        case = await opening.new_case(session, Kind.AUTHORING, course)
        argument = Authoring(case=case, term=AUTHORING_TERM)
        await opening.register(
            session, case, argument, at=at, clause=Clause.AUTHORING, what="Курс создан", by="engine"
        )

    async def runs() -> bool:
        try:
            found = await engine.client.get_workflow_handle(case.number).describe()
        except RPCError:
            return False
        return found.status is WorkflowExecutionStatus.RUNNING

    await rounds(engine, runs)


async def change(engine: Engine, number: str, **values: Any) -> None:
    async with engine.sessions.begin() as session:
        await session.execute(update(CaseRow).where(col(CaseRow.number) == number).values(**values))


async def rounds(engine: Engine, until: Any) -> Any:
    """As many as it takes: a round sees to some cases of each kind, and the others' tests leave theirs."""

    async def after_one_more() -> Any:
        await engine.upkeep.round()
        return await until()

    return await engine.until(after_one_more)


async def test_a_request_that_nobody_started_is_started(engine: Engine, unstarted: str) -> None:
    await rounds(engine, lambda: is_started(engine, unstarted))

    assert await engine.reviewing(unstarted)


async def is_started(engine: Engine, number: str) -> bool:
    return (await engine.case(number)).started_at is not None


async def test_a_request_that_was_only_just_filed_is_left_to_the_api(engine: Engine, unstarted: str) -> None:
    await change(engine, unstarted, opened_at=datetime.now(UTC))

    await engine.upkeep.round()

    assert not await is_started(engine, unstarted)


async def test_a_request_that_cannot_be_started_keeps_no_other_from_it(
    engine: Engine, unstarted: str
) -> None:
    broken, other = unstarted, await engine.file()
    argument = (await engine.case(broken)).input
    await change(engine, broken, input=UNACCEPTABLE)
    await engine.reviewing(other)
    await change(engine, other, opened_at=datetime.now(UTC) - LONG_AGO, checked_at=None)

    await rounds(engine, lambda: is_checked(engine, other))

    assert not await is_started(engine, broken)
    await change(engine, broken, input=argument)


async def test_many_unstarted_requests_are_all_started_in_one_round(engine: Engine, unstarted: str) -> None:
    """More than a page, the first of which cannot be started."""
    numbers = [unstarted, *[await file_unstarted(engine) for _ in range(rounds_of.AT_ONCE + 1)]]
    broken, *others = sorted(numbers)
    argument = (await engine.case(broken)).input
    await change(engine, broken, input=UNACCEPTABLE)

    await engine.upkeep.round()

    for number in others:
        await engine.request(number).describe()  # raises where there is none
    with pytest.raises(RPCError):
        await engine.request(broken).describe()
    await change(engine, broken, input=argument)
    await engine.upkeep.round()
    await asyncio.gather(*(engine.reviewing(number) for number in numbers))


async def test_a_case_that_cannot_be_looked_at_does_not_come_first_for_ever(engine: Engine) -> None:
    number = await engine.file()
    await engine.reviewing(number)
    await change(engine, number, opened_at=datetime.now(UTC) - LONG_AGO, checked_at=None)
    nobody = await Client.connect(f"{HOST}:{free_port()}", data_converter=DATA_CONVERTER, lazy=True)
    upkeep = Upkeep(engine.sessions, nobody, engine.settings.task_queue, timedelta(days=1))

    with pytest.raises((RPCError, RuntimeError)):
        await upkeep._check(await engine.case(number))

    assert await is_checked(engine, number)


async def is_checked(engine: Engine, number: str) -> bool:
    return (await engine.case(number)).checked_at is not None


async def test_a_stopped_case_is_reported_once_and_no_more_once_it_runs_again(engine: Engine) -> None:
    number = await engine.file()
    await engine.reviewing(number)
    await change(engine, number, opened_at=datetime.now(UTC) - LONG_AGO, checked_at=None)
    await engine.request(number).terminate()

    await rounds(engine, lambda: reports(engine, number))
    await change(engine, number, checked_at=None)
    await rounds(engine, lambda: is_checked(engine, number))

    [report] = await reports(engine, number)
    assert report.closed_at is None
    lines = [line for line in await engine.journal(number) if "остановлен" in line]
    assert len(lines) == 1

    await reset(engine, number)
    await change(engine, number, checked_at=None)
    await rounds(engine, lambda: is_checked(engine, number))

    [report] = await reports(engine, number)
    assert report.closed_at is not None


async def reports(engine: Engine, number: str) -> list[Task]:
    return [task for task in await engine.tasks(number) if task.kind == "orphaned"]


async def reset(engine: Engine, number: str) -> None:
    """The button in the Temporal UI: from the beginning."""
    first_task = 4
    await engine.client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=engine.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=ids.request_id(number)),
            workflow_task_finish_event_id=first_task,
            request_id=uuid4().hex,
            reason="stopped by mistake",
        )
    )


async def test_a_case_that_closes_while_it_is_looked_at_is_not_reported(engine: Engine) -> None:
    number = await engine.file(learners={})  # refused by the engine itself
    await words.closed(engine, number)
    await engine.request(number).result()

    # As a round has it that read the list a moment before.
    stale = (await engine.case(number)).model_copy(update={"closed_at": None})
    await engine.upkeep._check(stale)

    assert await reports(engine, number) == []


async def test_histories_are_kept_once_everything_of_a_case_has_closed(engine: Engine) -> None:
    number = await engine.file(learners={})
    await words.closed(engine, number)

    await rounds(engine, lambda: is_kept(engine, number))

    letters = [ids.delivery_id(letter.key) for letter in await engine.letters(number)]
    assert await kept(engine, number) == {ids.request_id(number), ids.review_id(number), *letters}


async def is_kept(engine: Engine, number: str) -> bool:
    return (await engine.case(number)).histories_kept and all(
        letter.history_kept for letter in await engine.letters(number)
    )


async def kept(engine: Engine, number: str) -> set[str]:
    async with engine.sessions() as session:
        query = select(KeptHistory.workflow_id).where(col(KeptHistory.number) == number)
        return set((await session.scalars(query)).all())


async def test_the_history_of_a_letter_to_nobody_is_kept_too(engine: Engine) -> None:
    nobody = {"name": "Тестова Вера", "post": "Методист", "email": "", "phone": ""}
    number = await engine.file(responsible=nobody)
    await engine.reviewing(number)
    [letter, *_] = await engine.until(lambda: engine.letters(number))
    async with engine.sessions.begin() as session:
        unsettled = {"state": "no_address", "settled_at": None, "history_kept": False}
        await session.execute(update(LetterRow).where(col(LetterRow.key) == letter.key).values(**unsettled))

    async def is_history_kept() -> bool:
        return ids.delivery_id(letter.key) in await kept(engine, number)

    assert await rounds(engine, is_history_kept)


async def test_of_a_clause_that_was_begun_anew_every_run_is_kept(engine: Engine) -> None:
    number = await engine.file()
    review = await engine.reviewing(number)
    first = (await review.describe()).run_id
    await review.terminate()
    task = await words.task(engine, number, "review/workflow")
    await words.try_again(engine, task)
    await engine.until(lambda: another_run(engine, number, first))
    await engine.reviewing(number)
    await words.withdraw(engine, number)
    await words.closed(engine, number)

    await rounds(engine, lambda: is_kept(engine, number))

    async with engine.sessions() as session:
        query = select(KeptHistory.run_id).where(col(KeptHistory.workflow_id) == ids.review_id(number))
        runs = set((await session.scalars(query)).all())
    assert first in runs
    assert len(runs) == 2


async def another_run(engine: Engine, number: str, first: str) -> bool:
    return (await engine.review(number).describe()).run_id != first


async def test_a_letter_whose_delivery_somebody_stopped_goes_out_all_the_same(engine: Engine) -> None:
    await engine.mail.down()
    number = await engine.file()
    letter = await words.letter(engine, number, Notice.CONFIRMATION, Recipient.AGENCY, LetterState.WRITTEN)
    delivery = engine.client.get_workflow_handle(ids.delivery_id(letter.key))
    await words.attempted(engine, delivery, 1)
    await delivery.terminate()
    await engine.mail.start()
    await written_long_ago(engine, letter.key)

    await rounds(engine, lambda: is_delivered(engine, letter.key))

    line = "Письмо инициатору («запрос зарегистрирован»): отправка была остановлена, начата снова"
    assert (await engine.journal(number)).count(line) == 1
    await rounds(engine, lambda: all_runs_are_kept(engine, letter.key))


async def test_a_letter_on_its_way_is_left_alone(engine: Engine) -> None:
    await engine.mail.down()
    number = await engine.file()
    letter = await words.letter(engine, number, Notice.CONFIRMATION, Recipient.AGENCY, LetterState.WRITTEN)
    delivery = engine.client.get_workflow_handle(ids.delivery_id(letter.key))
    await words.attempted(engine, delivery, 1)
    await written_long_ago(engine, letter.key)
    run = (await delivery.describe()).run_id

    await engine.upkeep._see_to_letter(letter)

    assert (await delivery.describe()).run_id == run
    await engine.mail.start()


async def written_long_ago(engine: Engine, key: str) -> None:
    async with engine.sessions.begin() as session:
        own = update(LetterRow).where(col(LetterRow.key) == key)
        await session.execute(own.values(written_at=datetime.now(UTC) - LONG_AGO))


async def is_delivered(engine: Engine, key: str) -> bool:
    async with engine.sessions() as session:
        return (await session.get_one(LetterRow, key)).state == LetterState.DELIVERED


async def all_runs_are_kept(engine: Engine, key: str) -> bool:
    async with engine.sessions() as session:
        query = select(KeptHistory).where(col(KeptHistory.workflow_id) == ids.delivery_id(key))
        return len((await session.scalars(query)).all()) == 2


async def test_an_amendment_that_nobody_began_to_apply_is_applied_and_its_history_kept(
    engine: Engine,
) -> None:
    async with engine.sessions.begin() as session:
        row = AmendmentRow(
            post_id=uuid4(),
            day=datetime(2031, 3, 4, tzinfo=UTC).date(),
            is_working=True,
            decree="Постановление о переносе",
            entered_by="key-1",
            entered_at=datetime.now(UTC) - LONG_AGO,
        )
        session.add(row)
        await session.flush()
        workflow_id = ids.amendment_id(row.id or 0)
        # A run that somebody stopped would leave one.
        left = Task(
            number=None,
            workflow_id=workflow_id,
            step="moved/failed-20310304-090000-000000",
            clause="4.1",
            kind=TaskKind.STEP_FAILED,
            why="Непредвиденная ошибка",
            opened_at=row.entered_at,
        )
        session.add(left)

    async def is_history_kept() -> bool:
        return workflow_id in await kept(engine, "")

    assert await rounds(engine, is_history_kept)
    async with engine.sessions() as session:
        assert (await session.get_one(Task, left.id)).closed_at is not None
