"""The public page of Appendix 1 as it lives: subsystems, categories, courses and their owners.

HTML without JavaScript, for everybody: organisations alone, never persons.
"""

from datetime import UTC, date, datetime
from typing import cast

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api import appendix, public_pages
from api.deps import SessionsDep
from api.rates import Rate
from models import russian
from models.deadlines import local_date
from reports.register_pdf import Part

router = APIRouter(include_in_schema=False)

_STYLE = """
body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1b1f24;background:#f3f5f7}
main{box-sizing:border-box;max-width:90rem;margin:1rem auto;padding:1.2rem;
background:#fff;border-radius:.6rem}
.system,.small{color:#57606a;font-size:.9rem;margin:0}
h1{font-size:1.5rem;line-height:1.25;margin:.3rem 0 1rem}
h2{font-size:1.2rem;margin:2rem 0 .6rem}
table{border-collapse:collapse;width:100%}
.n{width:2.5rem}
.name{width:17%}
.address{width:13.5rem}
.owner{width:20%}
.courses{width:24%}
th,td{border:1px solid #afb8c1;padding:.5rem;text-align:left;vertical-align:top;overflow-wrap:break-word}
th{background:#f3f5f7}
ul{margin:0;padding-left:1.2rem}
label{font-weight:600}
input,button{padding:.4rem .6rem;font:inherit;border:1px solid #6e7781;border-radius:.4rem}
button{color:#fff;background:#0b57a4;border-color:#0b57a4}
.bad{padding:.7rem;border-left:4px solid #b3261e;background:#fdecea;font-weight:600}
form{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:0 0 .5rem}
@media screen and (max-width:80rem){
th,td{overflow-wrap:anywhere}
.address{width:18%}
}
@media screen and (max-width:52rem){
body{overflow-wrap:anywhere}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table,tbody,tr,td{display:block;box-sizing:border-box;width:100%}
tr{border:1px solid #afb8c1;border-radius:.5rem;margin:0 0 .8rem;padding:.4rem 0}
td{border:0;padding:.2rem .8rem}
td:empty{display:none}
td[data-label]::before{content:attr(data-label) ": ";color:#57606a;font-size:.88rem}
}
@page{size:A4 landscape;margin:12mm}
@media print{
body{background:#fff;font-size:9.5pt}
form{display:none}
main{max-width:none;margin:0;padding:0}
h2{break-after:avoid;margin:1rem 0 .4rem}
thead{display:table-header-group}
tr{break-inside:avoid}
}
"""


@router.get("/register")
async def register_page(
    request: Request, sessions: SessionsDep, on: str = Query(default="", max_length=100)
) -> Response:
    """The register now, or at the end of a day."""
    rate = cast(Rate, request.app.state.certificate_rate)
    if wait := rate.wait(request.client.host if request.client else ""):
        page = _html(429, message="Слишком много обращений с вашего адреса: повторите позже.")
        return public_pages.too_many(page, wait)
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError:
        return _html(422, message="Дата не распознана: укажите её в виде ГГГГ-ММ-ДД.")
    try:
        parts = await appendix.read(sessions, day)
    except public_pages.POSTGRES_AWAY:
        return _html(503, message="Реестр сейчас недоступен, повторите через несколько минут.")
    return _html(200, day=day, parts=parts)


def _html(
    status: int, *, message: str = "", day: date | None = None, parts: list[Part] | None = None
) -> HTMLResponse:
    return public_pages.html(
        "register.html",
        status,
        "Состав СЭО ТО (Приложение № 1)",
        message,
        "bad",
        style=_STYLE,
        is_private=False,
        day=day.isoformat() if day else "",
        on=russian.date_words(day or local_date(datetime.now(UTC))),
        parts=parts or [],
    )
