"""The public page that says what a certificate was given for and whether it holds (clause 4.9).

HTML without JavaScript. Whoever has the code has the document in hand: the page shows what stands on it,
never why it was revoked. A guessed code, a wrong one and nonsense get the same page.
"""

from typing import cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api import public_pages
from api.deps import SessionsDep
from api.public_pages import Kind
from api.rates import Rate
from models import certifying, russian, store
from models.certificates import Award, Standing
from models.certifying import Found
from models.deadlines import local_date

router = APIRouter(include_in_schema=False)


@router.get("/certificates")
async def ask_code(request: Request, sessions: SessionsDep, code: str = Query(default="")) -> Response:
    """Where a code is typed by hand."""
    return await _check(request, sessions, code) if code else _html(200, "Проверка документа", asks_code=True)


@router.get("/certificates/{code}")
async def check(code: str, request: Request, sessions: SessionsDep) -> Response:
    """Where the QR leads."""
    return await _check(request, sessions, code)


async def _check(request: Request, sessions: store.Sessions, code: str) -> Response:
    # Before it is looked up: else a guesser would be told at any speed what is there.
    rate = cast(Rate, request.app.state.certificate_rate)
    if wait := rate.wait(request.client.host if request.client else ""):
        late = _html(429, "Подождите немного", "Слишком много проверок с вашего адреса: повторите позже.")
        return public_pages.too_many(late, wait)
    try:
        async with store.looking(sessions) as session:
            found = await certifying.look_up(session, code)
    except public_pages.POSTGRES_AWAY:
        return _html(503, "Проверка сейчас недоступна", "Повторите через несколько минут.")
    if found is None:
        words = "Документа с таким кодом система не выдавала. Проверьте, верно ли он введён."
        return _html(404, "Документ не найден", words, asks_code=True)
    title = f"{Award.model_validate(found.certification.award).document} № {found.row.number}"
    return _html(200, title, _message(found), _facts(found), holds=found.standing is Standing.VALID)


def _message(found: Found) -> str:
    match found.standing, found.replaced_by, found.row.revoked_at:
        case Standing.REVOKED, _, at if at:
            return f"Документ аннулирован {russian.date_words(local_date(at))} и не действует."
        case Standing.REPLACED, later, _ if later:
            issued_on = russian.date_words(later.issued_on)
            return f"Документ не действует: {issued_on} вместо него выдан документ № {later.number}."
        case _:
            return "Документ выдан и действует."


def _facts(found: Found) -> list[tuple[str, str]]:
    row, certification = found.row, found.certification
    award = Award.model_validate(certification.award)
    facts = [
        ("Кому выдан", row.name),
        ("Учебный курс", certification.course),
        ("Объём", russian.academic_hours(award.hours) if award.hours else ""),
        ("Обучение", russian.period(certification.starts_on, certification.ends_on)),
        ("Результат", row.grade if award.shows_grade else ""),
        ("Кем выдан", certification.owner),
        ("Дата выдачи", russian.date_words(row.issued_on)),
        ("Взамен документа", f"№ {row.supersedes}" if row.supersedes else ""),
    ]
    return [(label, value) for label, value in facts if value]


def _html(
    status: int,
    title: str,
    message: str = "",
    facts: list[tuple[str, str]] | None = None,
    *,
    holds: bool = False,
    asks_code: bool = False,
) -> HTMLResponse:
    kind: Kind = "good" if holds else "bad"
    return public_pages.html(
        "certificate.html", status, title, message, kind, facts=facts or [], asks_code=asks_code
    )
