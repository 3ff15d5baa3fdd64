"""Whether the API and what it stands on are there."""

from datetime import timedelta

from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import text
from temporalio.service import RPCError

from api.deps import SessionsDep, TemporalDep
from api.documentation import problems
from api.errors import Problem

router = APIRouter(tags=["Состояние"])


class Health(BaseModel):
    status: str


@router.get("/health", responses=problems("unavailable", "internal"))
async def health(sessions: SessionsDep, client: TemporalDep) -> Health:
    """Отвечают ли база данных и Temporal."""
    async with sessions() as session:
        await session.execute(text("SELECT 1"))
    try:
        healthy = await client.service_client.check_health(timeout=timedelta(seconds=2))
    except (RPCError, RuntimeError):
        healthy = False
    if not healthy:
        raise Problem("unavailable")
    return Health(status="ok")
