"""A list of learners (clause 4.5): what the page of its case does, and pages of its rows and codes."""

from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.auth import allow
from api.cases import CaseDep
from api.enrolments import EnrolmentDep
from api.errors import Problem
from api.pages.asking import ApiDep
from api.pages.course_panel import stand
from api.pages.courses import OWNERS
from api.pages.downloads import passed_on
from api.pages.frame import done, pages_router, show
from api.pages.visitors import Form, FormDep
from api.schemas.fields import CaseNumber
from models import cases
from models.learners import Flaw
from models.plans import Verdict

router = pages_router()

_LIST = "/cases/{number}/learners"
_After = Annotated[int, Query(ge=0, le=2**31 - 1)]


@router.get(f"{_LIST}/state", response_class=PlainTextResponse)
async def state(case: CaseDep, row: EnrolmentDep) -> PlainTextResponse:
    """A word that changes with every part that is done."""
    return PlainTextResponse(stand(case, row.state, row.counts))


@router.get(_LIST, dependencies=[allow(*OWNERS)])
async def rows(
    http: Request,
    case: CaseDep,
    api: ApiDep,
    verdict: Annotated[str, Query(max_length=20)] = "",
    after: _After = 0,
) -> Response:
    """Rows of the file, what becomes of each and why. A filter that is none filters nothing."""
    chosen = verdict if verdict in set(Verdict) else None
    page = await api.get(f"/enrolments/{case.number}/rows", verdict=chosen, after=after)
    return show(
        http,
        "learners.html",
        title=f"Строки списка: {cases.label(case.number)}",
        case=case,
        page=page,
        wrong_email=Flaw.EMAIL_MALFORMED.russian,
        verdict=chosen or "",
        verdicts=[(one.value, one.russian) for one in Verdict],
    )


@router.get(f"{_LIST}/unclaimed", dependencies=[allow(*OWNERS)])
async def unclaimed(http: Request, case: CaseDep, api: ApiDep, after: _After = 0) -> Response:
    """Who has not chosen a password yet."""
    page = await api.get(f"/enrolments/{case.number}/unclaimed", after=after)
    title = f"Не выбрали пароль: {cases.label(case.number)}"
    return show(http, "unclaimed.html", title=title, case=case, page=page)


@router.post(f"{_LIST}/confirmation")
async def confirm(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/enrolments/{number}/confirmation", form)
    return done(http, f"/cases/{number}", "План подтверждён.")


@router.post(f"{_LIST}/withdrawal")
async def give_up(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/enrolments/{number}/withdrawal", form)
    return done(http, f"/cases/{number}", "План отменён: никто не зарегистрирован.")


@router.post(f"{_LIST}/check")
async def check(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    """Look again whether learners can sign up by themselves."""
    await api.post(f"/enrolments/{number}/check", form)
    return done(http, f"/cases/{number}", "Система проверяет самостоятельную запись ещё раз.")


@router.post(f"{_LIST}/codes")
async def codes(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    """Send codes anew: to those ticked, or to all."""
    if _nobody_ticked(form):
        return done(http, f"/cases/{number}/learners/unclaimed", _NOBODY)
    sent = await api.post(f"/enrolments/{number}/codes", form, {"rows": _ticked(form)})
    return done(
        http, f"/cases/{number}/learners/unclaimed", f"Отправляется писем с кодами: {sent['letters']}."
    )


@router.post(f"{_LIST}/slips")
async def slips(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    """A PDF of slips with codes: for those ticked, or for all without an address."""
    if _nobody_ticked(form):
        return done(http, f"/cases/{number}/learners/unclaimed", _NOBODY)
    body = {"rows": _ticked(form), "after": form.number("after") or 0}
    printed = await api.print(f"/enrolments/{number}/slips", form, body)
    return passed_on(http, printed)


_NOBODY = "Никто не отмечен: ничего не сделано."


def _nobody_ticked(form: Form) -> bool:
    """In the form for some: the API takes no rows for all."""
    return bool(form.text("some")) and not form.texts("row")


def _ticked(form: Form) -> list[int]:
    """
    Raises:
        Problem: `invalid`: not of our page.
    """
    rows = form.texts("row")
    if any(not (one.isascii() and one.isdecimal() and len(one) < 10) for one in rows):
        raise Problem("invalid")
    return [int(one) for one in rows]
