"""Ready-made filters of the Temporal UI, as links: visibility queries know no `now()`."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from api.auth import STAFF, allow
from api.deps import SettingsDep
from api.documentation import problems, reading
from models.settings import Settings

router = APIRouter(prefix="/temporal", tags=["Temporal"])
links = APIRouter(prefix="/temporal", tags=["Temporal"])
"""Without a key: a browser follows them, and they show nothing but the address of the Temporal UI."""


class Filter(StrEnum):
    OVERDUE = "overdue"
    DUE_THIS_WEEK = "due-this-week"
    WAITING_FOR_OPERATOR = "waiting-for-operator"
    FAILING = "failing"


_NAMES = {
    Filter.OVERDUE: "Просроченные",
    Filter.DUE_THIS_WEEK: "Срок в ближайшие 7 дней",
    Filter.WAITING_FOR_OPERATOR: "Ждут Оператора",
    Filter.FAILING: "С ошибками в задачах",
}


class FilterLink(BaseModel):
    name: str
    url: str


@router.get("", dependencies=[allow(*STAFF)], responses=reading())
async def list_filters(settings: SettingsDep) -> list[FilterLink]:
    """Готовые фильтры; ссылки открываются в браузере без ключа."""
    base = f"{settings.public_url}/api/v1/temporal"
    return [FilterLink(name=_NAMES[one], url=f"{base}/{one.value}") for one in Filter]


@links.get(
    "/{filter}", status_code=307, response_class=RedirectResponse, responses=problems("invalid", "internal")
)
async def open_filter(filter: Filter, settings: SettingsDep) -> RedirectResponse:
    """Открыть фильтр в интерфейсе Temporal; вход туда охраняет сам интерфейс."""
    url = f"{_workflows(settings)}?{urlencode({'query': query_of(filter, datetime.now(UTC))})}"
    return RedirectResponse(url, status_code=307)


def query_of(filter: Filter, now: datetime) -> str:
    """The filter in Temporal's language."""
    running = 'ExecutionStatus = "Running"'
    match filter:
        case Filter.OVERDUE:
            return f"{running} AND SeoOverdue = true"
        case Filter.DUE_THIS_WEEK:
            until = (now + timedelta(days=7)).isoformat(timespec="seconds")
            return f'{running} AND SeoDueAt <= "{until}"'
        case Filter.WAITING_FOR_OPERATOR:
            return f'{running} AND SeoWaitsFor = "operator"'
        case Filter.FAILING:
            problems = '("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")'
            return f"{running} AND TemporalReportedProblems IN {problems}"


def _workflows(settings: Settings) -> str:
    return f"{settings.temporal_ui_url.rstrip('/')}/namespaces/{settings.temporal_namespace}/workflows"
