"""Every letter that the engine writes, with invented facts, and the administrator's own words in it."""

from typing import Any

from fastapi import Request, Response

from api.auth import Role, allow
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.visitors import Form, FormDep
from models.letters import Notice

router = pages_router()

_ALLOWED = [allow(Role.ADMIN)]
_PREVIEW = "preview"
_WORDS = ("subject", "opening")


@router.get("/letters", dependencies=_ALLOWED)
async def letters_page(http: Request, api: ApiDep) -> Response:
    """Their subjects, in the order of the regulation."""
    return show(http, "letters.html", title="Письма", templates=await api.get("/letter-templates"))


@router.get("/letters/{notice}", dependencies=_ALLOWED)
async def letter_page(http: Request, notice: Notice, api: ApiDep) -> Response:
    """One letter, and the form of its words."""
    return await _show(http, notice, api)


@router.post("/letters/{notice}", dependencies=_ALLOWED)
async def change(http: Request, notice: Notice, form: FormDep, api: ApiDep) -> Response:
    """Look at the letter in other words, or put them in force: by the button that was pressed."""
    path, body = f"/letter-templates/{notice}", form.filled(*_WORDS)
    try:
        if form.text("act") == _PREVIEW:
            return await _show(http, notice, api, typed=form, letter=await api.ask(f"{path}/preview", body))
        await api.post(path, form, body)
    except Problem as problem:
        return await _show(http, notice, api, typed=form, problem=problem)
    said = "Письма пишутся этими словами." if body else "Письма пишутся словами системы."
    return done(http, f"/letters/{notice}", said)


async def _show(
    http: Request,
    notice: Notice,
    api: Api,
    *,
    typed: Form | None = None,
    letter: Any = None,
    problem: Problem | None = None,
) -> Response:
    template = await api.get(f"/letter-templates/{notice}")
    in_force = template["wording"] or dict.fromkeys(_WORDS, "")
    return show(
        http,
        "letter.html",
        title=f"Письмо «{template['name']}»",
        kind=template,
        letter=letter or template["letter"],
        is_tried=letter is not None,
        typed={name: typed.text(name) if typed else in_force[name] for name in _WORDS},
        problem=problem,
        wrong={one.field: one.detail for one in problem.fields} if problem else {},
    )
