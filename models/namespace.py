"""Prepares a Temporal cluster for the engine: the namespace, its retention, the search attributes.

For any cluster: the embedded one calls it at every start, a real installation once, by
`python -m api.cli temporal register`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    CountWorkflowExecutionsRequest,
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

T = TypeVar("T")

RETENTION = timedelta(days=90)
KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
SEARCH_ATTRIBUTES = {
    "SeoClause": KEYWORD,
    "SeoStage": KEYWORD,
    "SeoNumber": KEYWORD,
    "SeoAgency": KEYWORD,
    "SeoWaitsFor": KEYWORD,
    "SeoDueAt": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    "SeoOverdue": IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
}
# A query that names each attribute is refused until the server knows them all.
_NAMES_ALL = " AND ".join(f"{name} IS NOT NULL" for name in SEARCH_ATTRIBUTES)
# How long a cluster's other services may keep the namespace as it was before.
OTHER_SERVICES_LEARN = timedelta(seconds=10)


async def register(
    client: Client, namespace: str, *, settle: timedelta = OTHER_SERVICES_LEARN, within_seconds: float = 60
) -> None:
    """Makes the namespace fit, whatever is there already, and returns when it can be used.

    A longer retention and attributes of others stay as they are. `settle` is waited only after
    attributes were added: an attribute set too early fails the workflow's task.
    """
    await _ensure_namespace(client, namespace)
    limit = time.monotonic() + within_seconds
    added = await _until_known(lambda: _add_search_attributes(client, namespace), limit)
    await _until_known(lambda: _query_all(client, namespace), limit)
    if added:
        await asyncio.sleep(settle.total_seconds())


async def _ensure_namespace(client: Client, namespace: str) -> None:
    # Not asked first whether it exists: the server would remember for a second that it did not.
    retention = Duration(seconds=int(RETENTION.total_seconds()))
    request = RegisterNamespaceRequest(
        namespace=namespace,
        description="Регламент системы электронного обучения",
        workflow_execution_retention_period=retention,
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
        await _lengthen_retention(client, namespace, retention)


async def _lengthen_retention(client: Client, namespace: str, retention: Duration) -> None:
    service = client.workflow_service
    known = await service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    if known.config.workflow_execution_retention_ttl.ToTimedelta() < RETENTION:
        config = NamespaceConfig(workflow_execution_retention_ttl=retention)
        await service.update_namespace(UpdateNamespaceRequest(namespace=namespace, config=config))


async def _add_search_attributes(client: Client, namespace: str) -> bool:
    service = client.operator_service
    known = await service.list_search_attributes(ListSearchAttributesRequest(namespace=namespace))
    absent = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in known.custom_attributes}
    if absent:
        request = AddSearchAttributesRequest(namespace=namespace, search_attributes=absent)
        await service.add_search_attributes(request)
    return bool(absent)


async def _query_all(client: Client, namespace: str) -> None:
    request = CountWorkflowExecutionsRequest(namespace=namespace, query=_NAMES_ALL)
    await client.workflow_service.count_workflow_executions(request)


async def _until_known(call: Callable[[], Awaitable[T]], limit: float) -> T:
    """The server keeps for a moment that a namespace or an attribute did not exist."""
    while True:
        try:
            return await call()
        except RPCError as error:
            not_yet = error.status in (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.NOT_FOUND)
            if not not_yet or time.monotonic() > limit:
                raise
        await asyncio.sleep(0.1)
