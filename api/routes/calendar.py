"""The calendar's amendments: what would move, and moving it."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from api import calendar
from api.auth import Role, allow
from api.deps import SessionsDep, SettingsDep, TemporalDep
from api.documentation import acting, asking, reading
from api.idempotency import PostDep
from api.schemas.actions import AmendmentAnswer, AmendmentForm, AmendmentShown, PreviewAnswer
from models.tables import AmendmentRow

router = APIRouter(prefix="/calendar/amendments", tags=["Календарь"])

_ALLOWED = [allow(Role.ADMIN, Role.SUPERVISOR)]


@router.get("", dependencies=_ALLOWED, responses=reading())
async def list_amendments(sessions: SessionsDep) -> list[AmendmentShown]:
    """Дни, объявленные рабочими или выходными сверх производственного календаря."""
    async with sessions() as session:
        rows = (await session.scalars(select(AmendmentRow).order_by(col(AmendmentRow.id)))).all()
    return [
        AmendmentShown(id=row.id or 0, day=row.day, working=row.is_working, decree=row.decree) for row in rows
    ]


@router.post("/preview", dependencies=_ALLOWED, responses=asking())
async def preview_amendment(
    form: AmendmentForm, sessions: SessionsDep, settings: SettingsDep
) -> PreviewAnswer:
    """Какие открытые дела сдвинет изменение календаря; ничего не меняется."""
    async with sessions() as session:
        return PreviewAnswer(moved=await calendar.preview(session, form, settings))


@router.post(
    "",
    dependencies=_ALLOWED,
    status_code=201,
    response_model=AmendmentAnswer,
    responses=acting(),
)
async def amend(
    form: AmendmentForm, post: PostDep, client: TemporalDep, settings: SettingsDep
) -> JSONResponse:
    """Изменить календарь и перенести сроки всех открытых дел, которых это касается."""
    return await post.once(lambda: calendar.amend(post, form, client, settings), status=201)
