"""The embedded Temporal server and its UI."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from temporalio import workflow
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import SearchAttributeKey
from temporalio.testing import TimeSkipper
from temporalio.worker import Worker

from devstack.ports import PortTaken, free_port
from devstack.processes import ProcessFailed
from devstack.temporal_build import Temporal, find
from devstack.temporal_server import TemporalServer
from devstack.temporal_ui import TemporalUi
from models import namespace

QUEUE = "devstack-tests"
CLAUSE = SearchAttributeKey.for_keyword("SeoClause")
DUE_AT = SearchAttributeKey.for_datetime("SeoDueAt")
OVERDUE = SearchAttributeKey.for_bool("SeoOverdue")


@workflow.defn(sandboxed=False)
class Marked:
    @workflow.run
    async def run(self) -> None:
        due_at = DUE_AT.value_set(workflow.now())
        workflow.upsert_search_attributes([CLAUSE.value_set("4.2"), due_at, OVERDUE.value_set(True)])


@workflow.defn(sandboxed=False)
class Month:
    @workflow.run
    async def run(self) -> int:
        started_at = workflow.now()
        await workflow.sleep(timedelta(days=30))
        return (workflow.now() - started_at).days


@pytest.fixture(scope="module")
def program() -> Temporal:
    return find()


@pytest.fixture(scope="module")
async def server(
    program: Temporal, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[TemporalServer]:
    folder = tmp_path_factory.mktemp("temporal")
    async with TemporalServer(program, folder, port=free_port(), time_skipping=True) as server:
        yield server


@pytest.fixture(scope="module")
async def client(server: TemporalServer) -> Client:
    return await Client.connect(server.address, namespace=server.namespace)


async def test_search_attributes_can_be_used_at_once(program: Temporal, tmp_path: Path) -> None:
    async with TemporalServer(program, tmp_path, port=free_port()) as server:
        client = await Client.connect(server.address, namespace=server.namespace)
        async with Worker(client, task_queue=QUEUE, workflows=[Marked]):
            await client.execute_workflow(Marked.run, id="marked", task_queue=QUEUE)
        handle = client.get_workflow_handle("marked")
        events = [event async for event in handle.fetch_history_events()]
        query = "SeoClause = '4.2' AND SeoOverdue = true AND SeoDueAt > '2020-01-01T00:00:00Z'"
        found = await listed(client, query)

    assert not [event for event in events if event.HasField("workflow_task_failed_event_attributes")]
    assert found == ["marked"]


async def listed(client: Client, query: str) -> list[str]:
    """Listing lags behind by a moment."""
    found: list[str] = []
    limit = time.monotonic() + 60
    while not found and time.monotonic() < limit:
        found = [execution.id async for execution in client.list_workflows(query)]
        await asyncio.sleep(0.05)
    return found


async def test_closed_workflows_are_kept_for_90_days(client: Client) -> None:
    assert await retention(client) == timedelta(days=90)


async def retention(client: Client) -> timedelta:
    request = DescribeNamespaceRequest(namespace=client.namespace)
    answer = await client.workflow_service.describe_namespace(request)
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()


async def test_a_shorter_retention_is_lengthened_and_a_longer_one_left(client: Client) -> None:
    update = UpdateNamespaceRequest(namespace=client.namespace)
    for days, expected in ((7, 90), (120, 120)):
        update.config.workflow_execution_retention_ttl.FromTimedelta(timedelta(days=days))
        await client.workflow_service.update_namespace(update)

        await namespace.register(client, client.namespace)

        assert await retention(client) == timedelta(days=expected)
    update.config.workflow_execution_retention_ttl.FromTimedelta(timedelta(days=90))
    await client.workflow_service.update_namespace(update)


async def test_a_month_passes_in_a_moment(client: Client) -> None:
    skipper = TimeSkipper(client)
    async with Worker(client, task_queue=QUEUE, workflows=[Month]):
        async with asyncio.timeout(20):
            days = await skipper.client.execute_workflow(Month.run, id="month", task_queue=QUEUE)

    assert days == 30


async def test_an_open_workflow_survives_a_kill_and_goes_on_with_the_same_client(
    server: TemporalServer, client: Client
) -> None:
    handle = await client.start_workflow(Month.run, id="open", task_queue=QUEUE)

    await server.kill()
    await server.start()

    assert (await handle.describe()).status is WorkflowExecutionStatus.RUNNING
    assert await retention(client) == timedelta(days=90)
    await handle.terminate()


async def test_a_worker_that_lived_through_the_kill_gets_work_soon(
    server: TemporalServer, client: Client
) -> None:
    async with Worker(client, task_queue=QUEUE, workflows=[Marked]):
        await client.execute_workflow(Marked.run, id="before", task_queue=QUEUE)

        await server.kill()
        await server.start()
        async with asyncio.timeout(15):
            await client.execute_workflow(Marked.run, id="after", task_queue=QUEUE)


async def test_a_server_that_cannot_start_is_reported_with_its_log(program: Temporal, tmp_path: Path) -> None:
    (tmp_path / "visibility.sqlite").write_bytes(b"this is no database" * 100)

    with pytest.raises(ProcessFailed, match=r"(?s)Сервер Temporal: завершился.*not a database"):
        await TemporalServer(program, tmp_path, port=free_port()).start()


async def test_a_taken_port_is_told_before_anything_starts(
    server: TemporalServer, program: Temporal, tmp_path: Path
) -> None:
    port = int(server.address.partition(":")[2])

    with pytest.raises(PortTaken, match="SEO_DEVSTACK_TEMPORAL_PORT"):
        await TemporalServer(program, tmp_path, port=port).start()


async def test_the_ui_shows_our_namespace_and_is_read_by_no_other_site(
    server: TemporalServer, program: Temporal, tmp_path: Path
) -> None:
    ui = TemporalUi(program, tmp_path, server=server.address, namespace=server.namespace, port=free_port())
    async with ui, aiohttp.ClientSession(headers={"Origin": "http://elsewhere.example"}) as session:
        async with session.get(f"{ui.url}/namespaces/{server.namespace}/workflows") as page:
            content = await page.text()
        async with session.get(f"{ui.url}/api/v1/namespaces") as listing:
            names = [known["namespaceInfo"]["name"] for known in (await listing.json())["namespaces"]]
        async with session.get(f"{ui.url}/api/v1/settings") as answer:
            settings = await answer.json()

    assert "<!doctype html>" in content
    assert server.namespace in names
    assert settings["DefaultNamespace"] == server.namespace
    assert settings["DisableNewsFetch"] is True
    assert "Access-Control-Allow-Origin" not in listing.headers
