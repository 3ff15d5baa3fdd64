"""Organisations and keys, for the administrator."""

from typing import Any

from fastapi import Request, Response

from api.auth import CallerDep, Role, allow
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.menu import ROLE_NAMES
from api.pages.visitors import Form, FormDep
from api.schemas.fields import RowId

router = pages_router()

_PAGE = "/administration"
_ALLOWED = [allow(Role.ADMIN)]
_ADDRESSES = ("email", "head_email")
_ORGANISATION = ("code", "name", *_ADDRESSES)
_KEY = ("role", "organisation", "holder", "email")


@router.get(_PAGE, dependencies=_ALLOWED)
async def administration(http: Request, caller: CallerDep, api: ApiDep) -> Response:
    """Who may file and who may call."""
    return await _show(http, api, caller.key_id)


@router.post(f"{_PAGE}/organisations", dependencies=_ALLOWED)
async def put_organisation(http: Request, caller: CallerDep, form: FormDep, api: ApiDep) -> Response:
    """A new organisation, or other addresses of a known one; to erase one takes two tries."""
    erased = "" if form.text("act") == "anyway" else await _erased(api, form)
    if erased:
        problem = Problem("invalid", f"Будет стёрто: {erased}. Впишите адрес или запишите без него.")
        return await _show(http, api, caller.key_id, problem=problem, organisation=form, erases=True)
    try:
        entered = await api.post("/organisations", form, form.filled(*_ORGANISATION))
    except Problem as problem:
        return await _show(http, api, caller.key_id, problem=problem, organisation=form)
    return done(http, _PAGE, f"Организация «{entered['name']}» записана.")


async def _erased(api: Api, form: Form) -> str:
    """Addresses that the organisation has, and the form has not."""
    code = form.text("code")
    known: dict[str, str] = next((one for one in await api.get("/organisations") if one["code"] == code), {})
    return ", ".join(known[name] for name in _ADDRESSES if known.get(name) and not form.text(name))


@router.post(f"{_PAGE}/keys", dependencies=_ALLOWED)
async def issue_key(http: Request, caller: CallerDep, form: FormDep, api: ApiDep) -> Response:
    """A new key: on the answer to its form, and nowhere after."""
    try:
        issued = await api.post("/keys", form, form.filled(*_KEY))
    except Problem as problem:
        return await _show(http, api, caller.key_id, problem=problem, key=form)
    return await _show(http, api, caller.key_id, issued=issued)


@router.post(f"{_PAGE}/keys/{{key}}/revocation", dependencies=_ALLOWED)
async def revoke_key(
    http: Request,
    key: RowId,
    caller: CallerDep,
    form: FormDep,
    api: ApiDep,
) -> Response:
    """End a key at once."""
    try:
        await api.delete(f"/keys/{key}")
    except Problem as problem:
        return await _show(http, api, caller.key_id, problem=problem)
    return done(http, _PAGE, f"Ключ № {key} отозван.")


async def _show(
    http: Request,
    api: Api,
    own: int,
    *,
    issued: Any = None,
    problem: Problem | None = None,
    organisation: Form | None = None,
    erases: bool = False,
    key: Form | None = None,
) -> Response:
    keys, organisations = await api.get("/keys"), await api.get("/organisations")
    return show(
        http,
        "administration.html",
        title="Организации и ключи",
        organisations=organisations,
        names={one["code"]: one["name"] for one in organisations},
        in_force=[one for one in keys if one["revoked_at"] is None],
        revoked=[one for one in keys if one["revoked_at"] is not None],
        own=own,
        roles=[(role.value, name) for role, name in ROLE_NAMES.items()],
        issued=issued,
        problem=problem,
        organisation=_typed(organisation, _ORGANISATION),
        erases=erases,
        key=_typed(key, _KEY),
    )


def _typed(form: Form | None, names: tuple[str, ...]) -> dict[str, str]:
    """What was typed, of a form that was not accepted."""
    return {name: form.text(name) if form else "" for name in names}
