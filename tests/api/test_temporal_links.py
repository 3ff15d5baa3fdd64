"""Ready-made filters of the Temporal UI: each is a query that the real server answers."""

from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
from temporalio.client import Client

from api.routes.temporal import Filter
from models import ids
from tests.api import words
from tests.engine import API, Engine


async def _query(engine: Engine, filter: Filter) -> str:
    """The query behind a link, as a browser is sent to it."""
    response = await words.send(engine.app, "GET", f"{API}/temporal/{filter}")
    assert response.status_code == 307
    address = urlsplit(response.headers["Location"])
    assert address.path == f"/namespaces/{engine.settings.temporal_namespace}/workflows"
    return parse_qs(address.query)["query"][0]


async def _found(client: Client, query: str) -> set[str]:
    return {found.id async for found in client.list_workflows(query)}


@pytest.mark.parametrize("filter", Filter)
async def test_the_server_understands_every_filter(engine: Engine, filter: Filter) -> None:
    query = await _query(engine, filter)

    assert await _found(engine.client, query) is not None


async def test_an_overdue_review_is_found_as_overdue_and_as_due(engine: Engine) -> None:
    number = await engine.file_paper("2026-03-02")

    for filter in (Filter.OVERDUE, Filter.DUE_THIS_WEEK):
        query = await _query(engine, filter)

        assert await engine.until(partial(_is_found, engine, query, ids.review_id(number)))


async def test_work_by_hand_is_found_as_waiting_for_the_operator(engine: Engine) -> None:
    number = await words.by_hand(engine)
    query = await _query(engine, Filter.WAITING_FOR_OPERATOR)

    assert await engine.until(lambda: _is_found(engine, query, ids.setup_id(number)))


async def test_the_links_lead_to_the_filters(engine: Engine) -> None:
    links = await engine.get("operator", "/temporal")

    assert [link["url"] for link in links] == [
        f"{engine.settings.public_url}{API}/temporal/{filter}" for filter in Filter
    ]
    assert all(link["name"] for link in links)


async def test_an_unknown_filter_is_invalid(engine: Engine) -> None:
    response = await words.send(engine.app, "GET", f"{API}/temporal/everything")

    assert words.wrong_fields(response) == {"filter": "нет такого значения"}


async def _is_found(engine: Engine, query: str, workflow_id: str) -> bool:
    return workflow_id in await _found(engine.client, query)
