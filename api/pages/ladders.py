"""Ladders of letters over all terms: those in force, which rungs went in a period, to whom, what arrived."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from api.auth import Role, allow
from api.pages.asking import ApiDep
from api.pages.frame import pages_router, show
from models.deadlines import local_date
from models.regulation import LADDERS, PROVISIONS

router = pages_router()

_USUALLY = timedelta(days=30)


@router.get("/ladders", dependencies=[allow(Role.SUPERVISOR, Role.ADMIN)])
async def ladders_page(
    http: Request,
    api: ApiDep,
    first: Annotated[str, Query(alias="from", max_length=10)] = "",
    last: Annotated[str, Query(alias="to", max_length=10)] = "",
    clause: Annotated[str, Query(max_length=20)] = "",
    failed: bool = False,
    cursor: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """The last 30 days, unless a period is named."""
    today = local_date(datetime.now(UTC))
    period = {"from": first or str(today - _USUALLY), "to": last or str(today)}
    asked = {**period, **({"clause": clause} if clause else {}), **({"failed": "true"} if failed else {})}
    return show(
        http,
        "ladders.html",
        title="Напоминания и эскалация",
        ladders=await api.get("/ladders", **period),
        fired=await api.get("/escalations", **asked, cursor=cursor or None),
        period=period,
        clauses=[(one.clause.value, f"п. {one.clause} {PROVISIONS[one.clause].title}") for one in LADDERS],
        clause=clause,
        failed=failed,
        cursor=cursor,
        first=f"/ladders?{urlencode(asked)}",
    )
