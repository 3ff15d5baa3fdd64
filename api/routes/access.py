"""Who may call: organisations and keys, kept by the administrator."""

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from api import keys, organisations
from api.auth import CallerDep, Role, allow
from api.deps import SessionsDep
from api.documentation import acting, reading
from api.errors import Problem
from api.idempotency import PostDep
from api.invalid import FieldProblem
from api.schemas.access import KeyForm, KeyIssued, KeyShown, OrganisationEntered, OrganisationForm
from api.schemas.fields import RowId
from models.tables import AccessEntry, ApiKey, Organisation

router = APIRouter(tags=["Администрирование"])

_ALLOWED = [allow(Role.ADMIN)]


@router.get("/organisations", dependencies=_ALLOWED, responses=reading())
async def list_organisations(sessions: SessionsDep) -> list[OrganisationEntered]:
    """Организации и адреса для их писем."""
    async with sessions() as session:
        return [_organisation(row) for row in await organisations.listed(session)]


@router.post("/organisations", dependencies=_ALLOWED, response_model=OrganisationEntered, responses=acting())
async def put_organisation(form: OrganisationForm, post: PostDep) -> JSONResponse:
    """Завести организацию или внести её адреса."""

    async def put(session: AsyncSession) -> OrganisationEntered:
        try:
            return _organisation(await organisations.put(session, **form.model_dump()))
        except organisations.NameMissing:
            raise _wrong("name", "новой организации нужно название") from None
        except organisations.CodeUnfit:
            raise _wrong("code", "строчные латинские буквы, цифры и дефис, до 50 знаков") from None

    return await post.at_once(put)


@router.get("/keys", dependencies=_ALLOWED, responses=reading())
async def list_keys(sessions: SessionsDep) -> list[KeyShown]:
    """Все ключи, новые первыми; самих ключей никто не хранит."""
    async with sessions() as session:
        rows = (await session.scalars(select(ApiKey).order_by(col(ApiKey.id).desc()))).all()
    return [_key(row) for row in rows]


@router.post("/keys", dependencies=_ALLOWED, status_code=201, response_model=KeyIssued, responses=acting())
async def issue_key(form: KeyForm, post: PostDep) -> JSONResponse:
    """Выдать ключ. Он показывается один раз."""
    secrets: list[str] = []

    async def issue(session: AsyncSession) -> KeyShown:
        try:
            row, secret = await keys.enter(session, form.role, form.organisation, form.holder, form.email)
        except keys.AddressMissing:
            raise _wrong("email", "нужна ключу ответственного лица") from None
        except keys.UnknownOrganisation:
            raise _wrong("organisation", "такой организации нет") from None
        secrets.append(secret)
        _note(session, row.id or 0, f"Ключ выдан: {post.caller.holder}")
        return _key(row)

    # What is kept for a repetition has no key in it.
    kept = await post.at_once(issue, status=201)
    shown = KeyShown.model_validate_json(bytes(kept.body))
    issued = KeyIssued(**shown.model_dump(), secret=secrets[0] if secrets else None)
    return JSONResponse(issued.model_dump(mode="json"), status_code=kept.status_code)


@router.delete(
    "/keys/{key}",
    dependencies=_ALLOWED,
    status_code=204,
    responses=reading("not-found", "invalid", "own-key"),
)
async def revoke_key(key: RowId, caller: CallerDep, sessions: SessionsDep) -> None:
    """Отозвать ключ: он перестаёт действовать сразу."""
    if key == caller.key_id:
        raise Problem("own-key")
    async with sessions.begin() as session:
        if not await keys.revoke(session, key):
            raise Problem("not-found")
        _note(session, key, f"Ключ отозван: {caller.holder}")


def _note(session: AsyncSession, key: int, what: str) -> None:
    session.add(AccessEntry(api_key=key, at=datetime.now(UTC), what=what))


def _organisation(row: Organisation) -> OrganisationEntered:
    return OrganisationEntered(**row.model_dump(exclude={"kind"}))


def _key(row: ApiKey) -> KeyShown:
    told = row.model_dump(exclude={"sha256", "subject"})
    return KeyShown(**told, signs_in=row.subject is not None)


def _wrong(field: str, detail: str) -> Problem:
    return Problem("invalid", fields=[FieldProblem(field=field, detail=detail)])
