"""Composition root of the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from temporalio.client import Client

from api import errors
from api.auth import known_caller
from api.limits import BodyLimit
from api.routes import calendar, health, records, register, requests, review, setup, tasks, temporal
from models import store
from models.converter import DATA_CONVERTER
from models.settings import Settings
from models.settings import settings as from_environment

_ROUTERS = (
    requests.router,
    review.router,
    setup.router,
    records.router,
    register.router,
    tasks.router,
    calendar.router,
)

DESCRIPTION = """
Запросы органов и учреждений на создание категорий и курсов в СЭО ТО (Регламент, версия 3.0).

Каждое изменяющее действие — POST с заголовком `Idempotency-Key`; повтор с тем же ключом безопасен.
Ошибки — `application/problem+json` с постоянным `type` и объяснением по-русски.
Время — RFC 3339 со смещением, даты — местные (Екатеринбург).
"""


def create(
    settings: Settings | None = None, client: Client | None = None, sessions: store.Sessions | None = None
) -> FastAPI:
    """The API; what is not given is made from the environment's settings.

    `uvicorn --factory api.app:create`
    """
    config = settings or from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = store.connect(config.database_url.get_secret_value())
        app.state.sessions = sessions or store.sessions(engine)
        app.state.temporal = client or await _connect(config)
        yield
        await engine.dispose()

    app = FastAPI(title="СЭО ТО: запросы на курсы", version="1", description=DESCRIPTION, lifespan=lifespan)
    app.state.settings = config
    app.add_middleware(BodyLimit)
    errors.install(app)
    v1 = APIRouter(prefix="/api/v1")
    for router in _ROUTERS:
        v1.include_router(
            router,
            dependencies=[Depends(known_caller)],
            responses=errors.responses("unauthenticated", "forbidden", "unavailable"),
        )
    v1.include_router(temporal.router)
    app.include_router(v1)
    app.include_router(health.router)
    return app


async def _connect(config: Settings) -> Client:
    """Lazily: the API registers requests also while Temporal is away."""
    return await Client.connect(
        config.temporal_address,
        namespace=config.temporal_namespace,
        data_converter=DATA_CONVERTER,
        lazy=True,
    )
