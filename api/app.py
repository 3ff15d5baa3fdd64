"""Composition root of the API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from fastapi_offline import FastAPIOffline
from temporalio.client import Client

from api import certificate_page, claim_page, claiming, documentation, errors, register_page, status_page
from api.auth import anybody, known_caller
from api.headers import PrivateAnswers
from api.limits import BodyLimit
from api.pages import install as pages
from api.rates import Rate
from api.routes import (
    access,
    authoring,
    calendar,
    case_file,
    certificates,
    certifications,
    codes,
    consultations,
    deadlines,
    drafts,
    enrolments,
    escalations,
    feeds,
    health,
    ledger,
    lists,
    reconciliation,
    records,
    register,
    rehearsals,
    replacements,
    requests,
    results,
    review,
    saved_filters,
    self_registration,
    setup,
    sign_ups,
    status,
    tasks,
    temporal,
    trainings,
    wordings,
)
from api.starting import Receipts
from models import garbage, logs, store
from models.converter import DATA_CONVERTER
from models.settings import Settings
from models.settings import settings as from_environment

_ROUTERS = (
    requests.router,
    drafts.router,
    review.router,
    review.people,
    setup.router,
    status.router,
    records.router,
    case_file.router,
    certificates.router,
    certifications.router,
    register.router,
    reconciliation.router,
    tasks.router,
    calendar.router,
    calendar.questions,
    deadlines.router,
    deadlines.tables,
    saved_filters.router,
    escalations.router,
    feeds.router,
    ledger.router,
    temporal.router,
    authoring.router,
    consultations.router,
    self_registration.router,
    codes.router,
    trainings.router,
    enrolments.router,
    results.router,
    sign_ups.router,
    replacements.router,
    lists.router,
    access.router,
    wordings.router,
    rehearsals.router,
)

_PREFIX = "/api/v1"

DESCRIPTION = """
Запросы органов и учреждений на создание категорий и курсов в СЭО ТО (Регламент, версия 3.0).

Каждое изменяющее действие — POST с заголовком `Idempotency-Key`; повтор с тем же ключом безопасен.
Ошибки — `application/problem+json` (RFC 9457) с постоянным `type` и объяснением по-русски; все типы
перечислены у каждого ответа и в схеме `ProblemBody`. На 429, 503 и на 409 `in-flight`, `not-ready` повторите
через `Retry-After` секунд с тем же `Idempotency-Key`.
Время — RFC 3339 со смещением региона (+05:00), даты — местные (Екатеринбург).
"""


def create(
    settings: Settings | None = None, client: Client | None = None, sessions: store.Sessions | None = None
) -> FastAPI:
    """The API; what is not given is made from the environment's settings.

    `uvicorn --factory api.app:create`
    """
    if settings is None:
        logs.configure()
    config = settings or from_environment()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        engine = store.connect(config.database_url.get_secret_value())
        app.state.sessions = sessions or store.sessions(engine)
        app.state.temporal = client or await _connect(config)
        garbage.collect_seldom()
        async with claiming.connected(config, app.state.sessions) as app.state.claiming:
            yield
        await engine.dispose()

    app = FastAPIOffline(
        redoc_url=None,
        title="СЭО ТО: запросы на курсы",
        version="1",
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = config
    app.state.receipts = Receipts()
    app.state.rate, app.state.bad_rate = Rate(config.calls_per_second), Rate(config.bad_calls_per_second)
    app.state.claim_rate = Rate(config.claims_per_second)
    app.state.certificate_rate = Rate(config.bad_calls_per_second)
    app.state.status_rate = Rate(config.bad_calls_per_second)
    app.add_middleware(BodyLimit)
    app.add_middleware(PrivateAnswers)
    errors.install(app)
    documentation.install(app)
    for router in _ROUTERS:
        app.include_router(router, prefix=_PREFIX, dependencies=[Depends(known_caller)])
    app.include_router(temporal.links, prefix=_PREFIX)
    app.include_router(claim_page.router)
    app.include_router(sign_ups.public, prefix=_PREFIX, dependencies=[Depends(anybody)])
    app.include_router(status.public, prefix=_PREFIX, dependencies=[Depends(anybody)])
    app.include_router(feeds.links, prefix=_PREFIX)
    app.include_router(health.router)
    app.include_router(certificate_page.router)
    app.include_router(register_page.router)
    app.include_router(status_page.router)
    pages.install(app)
    return app


async def _connect(config: Settings) -> Client:
    """Lazily: the API registers requests also while Temporal is away."""
    return await Client.connect(
        config.temporal_address,
        namespace=config.temporal_namespace,
        data_converter=DATA_CONVERTER,
        lazy=True,
    )
