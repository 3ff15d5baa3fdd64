"""A request whose clause 4.2, or 4.3 too, is done, for tests of what comes after.

The engine's own steps are taken one after another, as its workflows take them, but without these: a
tenth of the work. No letters go out, no analogue is looked for, and Temporal knows of what comes after
alone. Tests of the whole case go the whole way: `setups.carried_through`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from fastapi import FastAPI
from sqlalchemy import update
from sqlmodel import col
from starlette.background import BackgroundTask
from temporalio.testing import ActivityEnvironment

from activities.cases import CaseActivities
from activities.catalogue import Catalogue
from activities.clauses import ClauseActivities
from activities.moodle import MoodleActivities
from api.starting import Starts, starts
from models import ids
from models.cases import Case
from models.decisions import ENGINE, Decision, Outcome
from models.message import Message
from models.requests import Filed, Setup
from models.setup import SetupResult, Way
from models.starting import start_case
from models.step import Step
from models.steps import CloseCase, Evidence, Grant, InMoodle, OpenClause, RecordDecision, RecordSetup
from models.tables import CaseRow
from models.terms import Clause, Recipient, Term
from tests.engine import Engine, Json
from workflows.setup import SetupWorkflow

S = TypeVar("S")
R = TypeVar("R")

_FILING: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
"""By engine: one whose API registers requests and starts no case."""


async def under_review(engine: Engine, **form: Any) -> str:
    """File a request whose review waits for people, and whom nothing will happen to; its number."""
    steps = await _filed(engine, form)
    await steps.begin_review()
    return steps.number


async def ordered(engine: Engine, form: Json) -> str:
    """File a request and take every step of clause 4.2; 4.3 runs by its workflow. The number."""
    steps = await _filed(engine, form)
    await steps.begin_setup(await steps.review())
    return steps.number


async def set_up(engine: Engine, form: Json) -> str:
    """File a request and take every step to the end of clause 4.3; its number."""
    steps = await _filed(engine, form)
    await steps.set_up(await steps.review())
    return steps.number


async def _filed(engine: Engine, form: Json) -> "_Steps":
    number = await _filing(engine).file(**form)
    return _Steps(engine, Filed.model_validate((await engine.case(number)).input))


def _filing(engine: Engine) -> Engine:
    if engine not in _FILING:
        _FILING[engine] = engine.api_with()
        _start_nothing(_FILING[engine].app)
    return _FILING[engine]


def _start_nothing(app: FastAPI) -> None:
    class NoStarts(Starts):
        def behind(self, case: Case, argument: Message) -> BackgroundTask:
            return BackgroundTask(lambda: None)

    state = app.state
    app.dependency_overrides[starts] = lambda: NoStarts(state.temporal, state.settings, state.receipts)


class _Steps:
    """The steps of one request, each by its activity."""

    def __init__(self, engine: Engine, filed: Filed) -> None:
        years, sites = engine.settings.confirmed_years, engine.sites()
        self._engine = engine
        self._filed = filed
        self.number = filed.case.number
        self._cases = CaseActivities(engine.sessions, Catalogue(engine.sessions, sites), years)
        self._clauses = ClauseActivities(engine.sessions, years)
        self._moodle = MoodleActivities(engine.sessions, sites)

    async def begin_review(self) -> None:
        filed = self._filed
        await _taken(self._cases.start_case, Step(**self._stamp("request/started")))
        await self._open(Clause.REVIEW, filed.review_term, filed.received_on, Recipient.REVIEWER)

    async def review(self) -> Setup:
        """Approved; what clause 4.3 begins with."""
        await self.begin_review()
        approved = Decision(outcome=Outcome.APPROVED, by=ENGINE, at=datetime.now(UTC))
        record = RecordDecision(**self._stamp("review/decision"), decision=approved)
        ordered_on = (await _taken(self._cases.record_decision, record)).order_received_on
        assert ordered_on
        return Setup.after(self._filed, ordered_on)

    async def begin_setup(self, setup: Setup) -> None:
        """By its workflow, of which no case knows."""
        await self._engine.client.start_workflow(
            SetupWorkflow.run,
            setup,
            id=ids.setup_id(self.number),
            task_queue=self._engine.settings.task_queue,
        )

    async def set_up(self, setup: Setup) -> None:
        """In Moodle, in the register, closed; the building of the course has begun."""
        await self._open(Clause.SETUP, setup.term, setup.order_received_on, Recipient.OPERATOR)
        result = await self._in_moodle(setup)
        record = RecordSetup(number=self.number, step="setup/done", at=result.at, result=result)
        authoring = await _taken(self._cases.record_setup, record)
        closed = CloseCase(**self._stamp("request/closed"), clause=Clause.REQUEST, what="Дело закрыто")
        await _taken(self._cases.close_case, closed)
        await self._has_no_histories()
        if authoring is not None:
            engine, case = self._engine, authoring.case
            queue = engine.settings.task_queue
            await start_case(engine.client, queue, case.number, case.title, authoring)

    async def _has_no_histories(self) -> None:
        """Upkeep has nothing to keep of this case."""
        own = update(CaseRow).where(col(CaseRow.number) == self.number)
        async with self._engine.sessions.begin() as session:
            await session.execute(own.values(histories_kept=True, is_sealed=True))

    async def _in_moodle(self, setup: Setup) -> SetupResult:
        case, wanted = InMoodle(number=self.number), setup.case.wanted
        made = {
            "category_id": await _taken(self._moodle.ensure_category, case) if wanted.has_category else None,
            "course_id": await _taken(self._moodle.ensure_course, case) if wanted.has_course else None,
        }
        user_id = await _taken(self._moodle.ensure_responsible, case)
        await _taken(self._moodle.grant_roles, Grant(number=self.number, user_id=user_id, **made))
        read = Evidence(**self._stamp("setup/evidence"), user_id=user_id, **made)
        await _taken(self._moodle.read_back, read)
        return SetupResult(way=Way.ENGINE, at=read.at, by=ENGINE, user_id=user_id, **made)

    async def _open(self, clause: Clause, term: Term, started_on: Any, waits_for: Recipient) -> None:
        workflow_id = {Clause.REVIEW: ids.review_id, Clause.SETUP: ids.setup_id}[clause](self.number)
        opening = OpenClause(
            **self._stamp(f"{clause.name.lower()}/opened"),
            clause=clause,
            workflow_id=workflow_id,
            term=term,
            started_on=started_on,
            waits_for=waits_for,
        )
        await _taken(self._clauses.open_clause, opening)

    def _stamp(self, step: str) -> Any:
        return {"number": self.number, "step": step, "at": datetime.now(UTC)}


async def _taken(activity: Callable[[S], Awaitable[R]], message: S) -> R:
    """One step, as an activity that Temporal gave to a worker just now."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=datetime.now(UTC))
    result: R = await environment.run(activity, message)
    return result
