"""What the pages open to everybody share: HTML without JavaScript, shown in no frame."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Literal

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

Kind = Literal["good", "note", "bad"]

POSTGRES_AWAY = (OperationalError, InterfaceError, PoolTimeoutError)
"""What a page answers in words of its own."""

_STYLE = """
body{margin:0;font:17px/1.5 system-ui,sans-serif;color:#1b1f24;background:#f3f5f7}
main{max-width:34rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:.6rem}
.system,.small,dt{color:#57606a;font-size:.9rem;margin:0}
h1{font-size:1.4rem;line-height:1.25;margin:.3rem 0 1rem}
dl{margin:1.2rem 0}
dd{margin:0 0 .8rem;overflow-wrap:anywhere}
label{display:block;margin-top:1rem;font-weight:600}
input{box-sizing:border-box;width:100%;padding:.6rem;font:inherit;
border:1px solid #6e7781;border-radius:.4rem}
button{margin:1.2rem 0;width:100%;padding:.7rem;font:inherit;font-weight:600;color:#fff;background:#0b57a4;
border:0;border-radius:.4rem}
.login{overflow-wrap:anywhere}
.good,.bad,.note{padding:.7rem;border-left:4px solid #0b57a4;background:#eaf2fb}
.good{border-color:#1a7f37;background:#e8f5ec;font-weight:600}
.bad{border-color:#b3261e;background:#fdecea;font-weight:600}
@media print{
body{background:#fff;font-size:11pt}
main{max-width:none;margin:0;padding:0}
form{display:none}
.good,.bad,.note{border:1px solid #666;background:none}
}
"""
_COMMON = {"Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def html(
    template: str,
    status: int,
    title: str,
    message: str = "",
    kind: Kind = "note",
    *,
    style: str = _STYLE,
    is_private: bool = True,
    **shown: object,
) -> HTMLResponse:
    """A page of `templates/pages`.

    Args:
        template: Which one.
        status: Of the answer.
        title: Heading and title.
        message: What is said first, in Russian.
        kind: How it looks, and whether a screen reader announces it at once.
        style: The whole of it: no other is allowed on the page.
        is_private: Whether it shows what is for its reader alone, and so is kept and found by nobody.
        shown: All that the page itself prints.
    """
    page = _PAGES.get_template(template).render(
        style=style, title=title, message=message, kind=kind, is_private=is_private, **shown
    )
    headers = {**_COMMON, **(_PRIVATE if is_private else {}), "Content-Security-Policy": _policy(style)}
    return HTMLResponse(page, status_code=status, headers=headers)


@cache
def _policy(style: str) -> str:
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{allowed}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    )


def too_many(response: HTMLResponse, wait: float) -> HTMLResponse:
    """The same page, with the seconds after which to come again."""
    response.headers["Retry-After"] = str(int(wait) + 1)
    return response
