"""What the pages open to everybody share: HTML without JavaScript, kept by no cache, shown in no frame."""

import base64
import hashlib
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
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent.parent / "templates" / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def html(
    template: str, status: int, title: str, message: str = "", kind: Kind = "note", **shown: object
) -> HTMLResponse:
    """A page of `templates/pages`.

    Args:
        template: Which one.
        status: Of the answer.
        title: Heading and title.
        message: What is said first, in Russian.
        kind: How it looks, and whether a screen reader announces it at once.
        shown: All that the page itself prints.
    """
    page = _PAGES.get_template(template).render(
        style=_STYLE, title=title, message=message, kind=kind, **shown
    )
    return HTMLResponse(page, status_code=status, headers=_HEADERS)


def too_many(response: HTMLResponse, wait: float) -> HTMLResponse:
    """The same page, with the seconds after which to come again."""
    response.headers["Retry-After"] = str(int(wait) + 1)
    return response
