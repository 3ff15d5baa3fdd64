"""Filing a request (clause 4.1): the form with its check, drafts, the paper letter."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Query, Request, Response
from sqlmodel import col, select

from api.auth import AUTHORITY, CallerDep, Role, allow
from api.deps import SessionsDep
from api.errors import Problem
from api.invalid import FieldProblem
from api.pages import draft_fields, draft_saving
from api.pages.again import PERHAPS_DONE
from api.pages.asking import Api, ApiDep
from api.pages.draft_fields import LABELS, Typed
from api.pages.frame import done, pages_router, show
from api.pages.visitors import Form, FormDep
from api.schemas.fields import Number, RowId
from models.attachments import Attached
from models.requests import Access, Wanted
from models.tables import Organisation

router = pages_router()

_WANTED = [
    (Wanted.COURSE.value, "учебный курс в категории, которая уже есть"),
    (Wanted.CATEGORY_AND_COURSE.value, "новую категорию и учебный курс в ней"),
    (Wanted.CATEGORY.value, "только новую категорию"),
]
_ACCESS = [
    (Access.BY_RESPONSIBLE.value, "Пользователей регистрирует ответственное лицо"),
    (Access.SELF_REGISTRATION.value, "Пользователи регистрируются сами"),
    (Access.PER_COURSE.value, "у каждого курса категории свой"),
]
_NEW, _PAPER = "/requests/new", "/requests/paper"
_DRAFT = "Черновик, не подан"
_DraftQuery = Annotated[int | None, Query(ge=1, le=2**31 - 1)]


@dataclass(frozen=True)
class _Desk:
    """Where a form is filled in, and what is on it.

    Attributes:
        path: Of the page.
        organisations: Whose letter it may be; None where an agency files for itself.
    """

    path: str
    organisations: list[tuple[str, str]] | None = None

    @property
    def takes(self) -> str:
        """The route of the API that files."""
        return "/requests" if self.organisations is None else "/requests/paper"


@router.get(_NEW, dependencies=[allow(Role.AGENCY)])
async def new(
    http: Request,
    api: ApiDep,
    previous: Number | None = None,
    draft: _DraftQuery = None,
) -> Response:
    """The blank form, or a draft; by `previous` what a refused request said, to be mended."""
    typed = draft_fields.of_request(await api.get(f"/requests/{previous}")) if previous else {}
    return await _open(http, api, _Desk(_NEW), draft, typed)


@router.post(_NEW, dependencies=[allow(Role.AGENCY)])
async def file(http: Request, form: FormDep, api: ApiDep) -> Response:
    """Check, save, or file: the button that was pressed tells."""
    return await _take(http, form, api, _Desk(_NEW))


@router.get(_PAPER, dependencies=[allow(*AUTHORITY)])
async def paper(http: Request, api: ApiDep, sessions: SessionsDep, draft: _DraftQuery = None) -> Response:
    """The authority's form for a letter on paper."""
    return await _open(http, api, _Desk(_PAPER, await _organisations(sessions)), draft, {})


@router.post(_PAPER, dependencies=[allow(*AUTHORITY)])
async def file_paper(http: Request, form: FormDep, api: ApiDep, sessions: SessionsDep) -> Response:
    return await _take(http, form, api, _Desk(_PAPER, await _organisations(sessions)))


@router.post("/requests/check", dependencies=[allow(Role.AGENCY, *AUTHORITY)])
async def check(http: Request, form: FormDep, caller: CallerDep, api: ApiDep) -> Response:
    """What is missing so far, and what is alike: a part of the page, for the script."""
    typed, is_letter = draft_fields.typed(form), caller.role is not Role.AGENCY
    checked, problem = await _check(api, typed, form.number("draft"), is_letter)
    return show(http, "filing_check.html", is_live=True, checked=checked, unfinished=problem, labels=LABELS)


@router.post("/requests/drafts/{draft}/removal", dependencies=[allow(Role.AGENCY, *AUTHORITY)])
async def remove_draft(
    http: Request, draft: RowId, caller: CallerDep, form: FormDep, api: ApiDep
) -> Response:
    await api.delete(f"/drafts/{draft}")
    return done(http, _NEW if caller.role is Role.AGENCY else _PAPER, "Черновик удалён.")


async def _open(
    http: Request, api: Api, desk: _Desk, draft: int | None, blank: Mapping[str, str]
) -> Response:
    """
    Raises:
        Problem: `not-found`: the draft is somebody else's, or is filed.
    """
    saved = await api.get(f"/drafts/{draft}") if draft else None
    typed = draft_fields.of_draft(saved["form"]) if saved else dict(blank)
    return await _ask(http, api, desk, typed, draft=draft)


async def _take(http: Request, form: Form, api: Api, desk: _Desk) -> Response:
    """What was typed is there again, whatever the answer is; files that were chosen wait in a draft.

    An agency's request that would be refused at once for what it lacks is filed when it says so again; a
    letter on paper is registered as it has come.
    """
    typed, draft, act = draft_fields.typed(form), form.number("draft"), form.text("act")
    is_letter = desk.organisations is not None
    if category := form.text("join"):
        typed |= {"wanted": Wanted.COURSE.value, "category": category, "category_name": ""}
    dropped = act.removeprefix("drop-") if act.startswith("drop-") else ""
    files = {kind: file for kind in Attached if (file := form.file(f"file.{kind}"))}
    try:
        kept = await draft_saving.learners(api, draft)
        if act == "save" or dropped or files:
            draft = await draft_saving.save(api, form, draft_fields.body(typed, None, True, kept), draft)
            await draft_saving.attach(api, form, draft, files)
        if dropped:
            await api.delete(f"/drafts/{draft}/files/{dropped}")
        if act == "save" or dropped:
            return done(http, f"{desk.path}?draft={draft}", "Черновик сохранён. Запрос не подан.")
        if act == "file" and not is_letter:
            checked, unfinished = await _check(api, typed, draft, is_letter)
            if checked and (checked["unfilled"] or checked["missing"]):
                told = {"checked": checked, "unfinished": unfinished}
                return await _ask(http, api, desk, typed, draft=draft, is_held=True, **told)
        elif act not in ("file", "anyway"):
            checked, unfinished = await _check(api, typed, draft, is_letter)
            return await _ask(http, api, desk, typed, draft=draft, checked=checked, unfinished=unfinished)
        body = draft_fields.body(typed, draft, is_letter, kept)
        filed = await api.post(desk.takes, form, body)
    except Problem as problem:
        return await _ask(http, api, desk, typed, draft=draft, problem=problem)
    return done(http, f"/cases/{filed['number']}/receipt", "Запрос зарегистрирован.")


async def _check(api: Api, typed: Typed, draft: int | None, is_letter: bool) -> tuple[Any, Problem | None]:
    """All that is missing and what is alike; and what is wrong, without which the rest is looked at."""
    try:
        checked = await api.ask("/requests/check", draft_fields.body(typed, draft, False))
    except Problem as problem:
        wrong = {one.field for one in problem.fields if typed.get(one.field)}
        if not wrong:
            return None, problem
        rest, _ = await _check(api, typed | dict.fromkeys(wrong, ""), draft, is_letter)
        return rest and _without(rest, wrong), problem
    blank = draft_fields.blank_of_letter(typed) if is_letter else []
    unfilled = [*blank, *checked["unfilled"]]
    return {**checked, "unfilled": unfilled, "complete": checked["complete"] and not blank}, None


def _without(checked: Any, wrong: set[str]) -> Any:
    """What was left out because it is wrong is not missing besides."""
    items = {draft_fields.item_of(one) for one in wrong}
    left = {
        name: [one for one in checked[name] if one["code"] not in items] for name in ("missing", "asked_for")
    }
    unfilled = [one for one in checked["unfilled"] if one["field"] not in wrong]
    return {**checked, **left, "unfilled": unfilled, "complete": False}


async def _ask(
    http: Request,
    api: Api,
    desk: _Desk,
    typed: Typed,
    *,
    draft: int | None = None,
    checked: Any = None,
    unfinished: Problem | None = None,
    is_held: bool = False,
    problem: Problem | None = None,
) -> Response:
    shelves = [one for one in await api.get("/register") if one["parent"] is None]
    drafts = await api.get("/drafts")
    # One that may have been filed is sent again as it was: only then it is the same POST.
    sent_draft = draft if problem and problem.type in PERHAPS_DONE else None
    draft = draft if draft in [one["id"] for one in drafts] else None
    wrong = [*(problem.fields if problem else ()), *(unfinished.fields if unfinished else ())]
    wrong += [FieldProblem(**one) for one in checked["unfilled"]] if checked else []
    title = "Бумажное письмо" if desk.organisations is not None else "Новый запрос"
    return show(
        http,
        "filing.html",
        title=f"{title}. {_DRAFT}" if draft else title,
        typed=typed,
        desk=desk,
        draft=await api.get(f"/drafts/{draft}") if draft else None,
        sent_draft=draft or sent_draft,
        drafts=[one for one in drafts if one["id"] != draft],
        subsystems=[(one["code"], one["name"]) for one in shelves],
        categories=[
            (category["id"], f"{category['name']} — {one['name']}", one["code"])
            for one in shelves
            for category in one["categories"]
        ],
        wanted=_WANTED,
        access=_ACCESS,
        checked=checked,
        unfinished=unfinished,
        is_held=is_held,
        labels=LABELS,
        problem=problem,
        wrong=defaultdict(str, {one.field: one.detail for one in wrong}),
    )


async def _organisations(sessions: SessionsDep) -> list[tuple[str, str]]:
    async with sessions() as session:
        rows = (await session.scalars(select(Organisation).order_by(col(Organisation.name)))).all()
    return [(one.code, one.name) for one in rows]
