"""Composition root of the worker: settings -> clients -> activities -> Worker, nothing else.

`python -m worker` runs it; `python -m worker check` says what the service account of each
Moodle lacks.
"""

import asyncio
import contextlib
import signal
import sys
from datetime import timedelta

import structlog
import uvloop
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities import accounts, invented, sites
from activities.absences import Absences
from activities.accounts import Accounts
from activities.authoring import AuthoringActivities
from activities.calendar import CalendarActivities
from activities.canary import CanaryActivities
from activities.cases import CaseActivities
from activities.catalogue import Catalogue
from activities.certification import CertificationActivities
from activities.claim_codes import ClaimCodeActivities
from activities.clauses import ClauseActivities
from activities.consultation import ConsultationActivities
from activities.defined import activities_of
from activities.enrolment_plan import EnrolmentPlanActivities
from activities.enrolment_run import EnrolmentRunActivities
from activities.enrolments import EnrolmentActivities
from activities.errors import ErrorInterceptor
from activities.heartbeats import HeartbeatInterceptor
from activities.letters import LetterActivities
from activities.mailing import MailingActivities
from activities.moodle import MoodleActivities
from activities.reconciliation import ReconciliationActivities
from activities.removal import RemovalActivities
from activities.replacement import ReplacementActivities
from activities.self_registration import SelfRegistrationActivities
from activities.tasks import TaskActivities
from activities.trainings import TrainingActivities
from activities.upkeep import Upkeep
from clients.mail import MailClient, TlsMode
from clients.moodle import open_session
from models import canary, garbage, logs, schedules, store
from models.converter import DATA_CONVERTER
from models.exit import run_and_leave
from models.settings import Settings, settings
from workflows import WORKFLOWS

log = structlog.get_logger()

_FOR_UPKEEP = 10
"""Connections to Postgres, beside one for each activity."""

WORKFLOW_RUNNER = UnsandboxedWorkflowRunner()
"""The sandbox takes a sixth of the worker's CPU even where our modules pass through it. What it would
forbid the replay tests find: they load the workflows inside the strict one."""


_SHUTDOWN = timedelta(seconds=10)
_AFTER_SHUTDOWN = timedelta(seconds=2)
"""Of each worker of the process; all together less than supervisors wait before they kill."""


class _Worker(Worker):
    """Comes to its end in time: the SDK's own, told to while a workflow task arrives, may wait for ever."""

    async def shutdown(self) -> None:
        try:
            async with asyncio.timeout(_SHUTDOWN.total_seconds()):
                await super().shutdown()
        except TimeoutError:
            # What was under way is tried again elsewhere, as after a crash.
            log.warning("worker did not come to its end", task_queue=self.task_queue)


async def connect(settings: Settings) -> Client:
    """A Temporal client with the engine's converter."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        data_converter=DATA_CONVERTER,
        runtime=_runtime(settings),
    )


def create_worker(
    client: Client, settings: Settings, sessions: store.Sessions, catalogue: Catalogue
) -> Worker:
    """The worker with every workflow and activity of the engine."""
    moodles, years = catalogue.sites, settings.confirmed_years
    return _Worker(
        client,
        plugin_shutdown_timeout=_AFTER_SHUTDOWN,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=activities_of(
            CaseActivities(sessions, catalogue, years),
            ClauseActivities(sessions, years),
            CalendarActivities(sessions, client, years),
            AuthoringActivities(sessions, moodles, years),
            ConsultationActivities(sessions, years),
            TaskActivities(sessions),
            LetterActivities(sessions, _mail(settings), settings, moodles),
            MoodleActivities(sessions, moodles),
            EnrolmentActivities(sessions),
            EnrolmentPlanActivities(sessions, moodles),
            EnrolmentRunActivities(sessions, moodles),
            TrainingActivities(sessions, moodles, years),
            SelfRegistrationActivities(sessions, moodles),
            ClaimCodeActivities(sessions, moodles),
            ReplacementActivities(sessions, years),
            RemovalActivities(sessions, moodles),
            CertificationActivities(sessions),
            ReconciliationActivities(sessions, moodles),
            MailingActivities(sessions, _mail(settings), settings, moodles),
            CanaryActivities(sessions, client, _mail(settings), settings),
        ),
        interceptors=[ErrorInterceptor(), HeartbeatInterceptor()],
        workflow_runner=WORKFLOW_RUNNER,
        max_cached_workflows=1000,
        max_concurrent_activities=settings.activities_at_once,
    )


def create_canary_worker(client: Client, settings: Settings, sessions: store.Sessions) -> Worker:
    """The same for the canary's case: its rows stand apart, its letters go to one mailbox, no Moodle."""
    own = store.in_schema(sessions, canary.SCHEMA)
    return create_worker(client, invented.world(settings), own, Catalogue(own, {}))


def _mail(settings: Settings) -> MailClient:
    return MailClient(
        settings.smtp_host,
        settings.smtp_port,
        tls=TlsMode(settings.smtp_tls),
        sender=settings.mail_sender,
        timeout=settings.mail_timeout,
        username=settings.smtp_username or None,
        password=settings.smtp_password.get_secret_value() or None,
    )


async def main() -> None:
    """Run the worker until SIGTERM or Ctrl-C."""
    logs.configure()
    config = settings()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    connections = config.activities_at_once + _FOR_UPKEEP
    engine = store.connect(config.database_url.get_secret_value(), connections=connections)
    client = await connect(config)
    sessions = store.sessions(engine)
    async with open_session() as http:
        upkeep = Upkeep(sessions, client, config.task_queue, config.upkeep_every, config.key)
        catalogue = Catalogue(sessions, sites.connect(config, http))
        checking = Accounts(sessions, catalogue)
        absences = Absences(sessions, catalogue.sites)
        await schedules.keep(client, config.task_queue, config.moodle_sites)
        async with (
            create_worker(client, config, sessions, catalogue),
            create_canary_worker(client, config, sessions),
        ):
            garbage.collect_seldom()
            log.info("worker runs", task_queue=config.task_queue)
            beside = asyncio.gather(upkeep.run(), checking.run(), absences.run())
            await stopped.wait()
            beside.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beside
    await engine.dispose()


async def check() -> None:
    """Say what the service account of each Moodle lacks; the exit code is 1 unless all may work."""
    async with open_session() as http:
        inspections = await accounts.inspect(sites.connect(settings(), http))
    for inspection in inspections:
        sys.stdout.write("\n".join(inspection.lines) + "\n")
    if any(inspection.blocking or not inspection.is_reached for inspection in inspections):
        sys.exit(1)


def _runtime(settings: Settings) -> Runtime | None:
    if not settings.metrics_address:
        return None
    metrics = PrometheusConfig(bind_address=settings.metrics_address)
    return Runtime(telemetry=TelemetryConfig(metrics=metrics))


if __name__ == "__main__":
    run_and_leave(lambda: uvloop.run(check() if sys.argv[1:] == ["check"] else main()))
