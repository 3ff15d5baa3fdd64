"""Ways to ask a starting process whether it answers yet."""

import asyncio

import aiohttp
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from devstack.ports import HOST
from devstack.processes import Child, Probe

_KINDS_OF_WORK = (
    TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
)


def tcp(port: int) -> Probe:
    async def probe() -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            return False
        writer.close()
        return True

    return probe


def http(url: str, *, seconds: float = 2) -> Probe:
    """Ready when the address answers with any status below 500."""

    async def probe() -> bool:
        timeout = aiohttp.ClientTimeout(total=seconds)
        try:
            async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
                return response.status < 500
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False

    return probe


def takes_work(child: Child, address: str, *, namespace: str, task_queue: str) -> Probe:
    """Ready when the Temporal server has heard the worker ask for work of both kinds."""

    async def probe() -> bool:
        try:
            client = await Client.connect(address, namespace=namespace)
            return all([await _asks(client, kind) for kind in _KINDS_OF_WORK])
        except (RPCError, RuntimeError):  # nobody listens there yet
            return False

    async def _asks(client: Client, kind: "TaskQueueType.ValueType") -> bool:
        request = DescribeTaskQueueRequest(
            namespace=namespace, task_queue=TaskQueue(name=task_queue), task_queue_type=kind
        )
        known = await client.workflow_service.describe_task_queue(request)
        # The SDK names a worker `pid@host`; those of the run before are remembered for minutes.
        return any(poller.identity.partition("@")[0] == str(child.pid) for poller in known.pollers)

    return probe
