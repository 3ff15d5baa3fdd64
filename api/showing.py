"""A request whole, from Postgres."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api import listing
from api.schemas.fields import Named
from api.schemas.requests import DecisionShown, RequestShown, ResponsibleShown
from models import store
from models.requests import Access, Item
from models.tables import CaseRow, Category, DecisionRow, Request, TextRow


async def shown(session: AsyncSession, request: Request, confirmed_years: frozenset[int]) -> RequestShown:
    """Everything about a request that its parties may read."""
    query = listing.with_clause().where(col(Request.number) == request.number)
    _, agency_name, clause = (await session.execute(query)).one()
    case = await session.get_one(CaseRow, request.number)
    calendar = await store.load_calendar(session, confirmed_years)
    category = await session.get(Category, request.category) if request.category else None
    item = listing.item(request, agency_name, clause, datetime.now(UTC), calendar)
    return RequestShown(
        **item.model_dump(),
        category=request.category,
        category_name=category.name if category else request.category_name,
        course_name=request.course_name,
        goal=request.goal,
        learners_description=request.learners_are,
        learners_listed=request.learners_listed,
        access=Access(request.access) if request.access else None,
        responsible=ResponsibleShown(
            name=request.responsible_name,
            post=request.responsible_post,
            email=request.responsible_email,
            phone=request.responsible_phone,
        ),
        previous=request.previous,
        outgoing_number=request.outgoing_number,
        outgoing_on=request.outgoing_on,
        paper=request.is_paper,
        registered_at=case.opened_at,
        closed_at=case.closed_at,
        decision=await _decision(session, request),
    )


async def _decision(session: AsyncSession, request: Request) -> DecisionShown | None:
    row = await session.get(DecisionRow, request.number)
    if row is None:
        return None
    reason = await session.get(TextRow, row.reason_id) if row.reason_id else None
    return DecisionShown(
        outcome=row.outcome,
        ground=row.ground,
        missing=[Named.of(Item(item)) for item in row.missing],
        analogue=row.analogue,
        reason=reason.body if reason else "",
        decided_by=row.decided_by_name,
        at=row.at,
        late_by=row.late_by,
        order_received_on=request.order_received_on,
    )
