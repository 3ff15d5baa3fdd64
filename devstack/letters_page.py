"""The page where a person reads the letters that the mail sink keeps."""

import re
from html import escape
from itertools import islice
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from devstack import letters
from devstack.letters import Letter

LOCAL_TIME = ZoneInfo("Asia/Yekaterinburg")
SHOWN = 200
# A letter's own HTML: no scripts, nothing fetched from anywhere, not of this page's origin; links open anew.
_SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
LETTER_POLICY = f"sandbox {_SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'"

_ADDRESS = re.compile(r"https?://[^\s<]+[\w/]")

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th { text-align: left }
td, th { padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ddd; vertical-align: top }
pre { white-space: pre-wrap; background: #f6f6f6; padding: 1rem }
iframe { width: 100%; height: 30rem; border: 1px solid #ddd }
"""


def create_app(folder: Path) -> Starlette:
    async def index(_: Request) -> Response:
        return _page("Письма", _list(folder))

    async def one(request: Request) -> Response:
        letter = letters.read(folder, request.path_params["name"])
        return _page(letter.subject, _letter(letter)) if letter else _absent()

    async def html(request: Request) -> Response:
        letter = letters.read(folder, request.path_params["name"])
        if letter is None:
            return _absent()
        return HTMLResponse(
            f'<base target="_blank">{letter.html}', headers={"Content-Security-Policy": LETTER_POLICY}
        )

    async def attachment(request: Request) -> Response:
        letter = letters.read(folder, request.path_params["name"])
        number = request.path_params["number"]
        if letter is None or number >= len(letter.attachments):
            return _absent()
        found = letter.attachments[number]
        return _download(found.content, found.filename)

    async def original(request: Request) -> Response:
        letter = letters.read(folder, request.path_params["name"])
        return _download(letter.message.as_bytes(), f"{letter.name}.eml") if letter else _absent()

    return Starlette(
        routes=[
            Route("/", index),
            Route("/letters/{name}", one),
            Route("/letters/{name}/html", html),
            Route("/letters/{name}/original", original),
            Route("/letters/{name}/attachments/{number:int}", attachment),
        ],
        # Letters hold ways in: a page of another site must not read them under a name of its own.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
    )


def _page(title: str, body: str, status: int = 200) -> Response:
    content = (
        f'<!doctype html><html lang="ru"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style><h1>{escape(title)}</h1>{body}</html>"
    )
    return HTMLResponse(content, status, headers={"Content-Security-Policy": PAGE_POLICY})


def _absent() -> Response:
    return _page("Такого письма нет", '<p><a href="/">Все письма</a></p>', status=404)


def _download(content: bytes, filename: str) -> Response:
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _list(folder: Path) -> str:
    total = sum(1 for _ in folder.glob("*.eml"))
    if not total:
        return "<p>Писем пока нет.</p>"
    rows = "".join(_row(letter) for letter in islice(letters.newest_first(folder), SHOWN))
    shown = f"<p>Показаны последние {SHOWN} из {total}.</p>" if total > SHOWN else ""
    return f"{shown}<table><tr><th>Получено<th>Кому<th>Тема</tr>{rows}</table>"


def _row(letter: Letter) -> str:
    return (
        f"<tr><td>{_when(letter)}<td>{escape(', '.join(letter.recipients))}"
        f'<td><a href="/letters/{letter.name}">{escape(letter.subject)}</a></tr>'
    )


def _letter(letter: Letter) -> str:
    address = f"/letters/{letter.name}"
    html = f'<h2>HTML</h2><iframe sandbox="{_SANDBOX}" src="{address}/html"></iframe>' if letter.html else ""
    return (
        f'<p><a href="/">Все письма</a> · <a href="{address}/original">исходник</a></p>'
        f"<p>Получено: {_when(letter)}<br>Кому: {escape(', '.join(letter.recipients))}<br>"
        f"От кого: {escape(str(letter.message['From'] or ''))}</p>"
        f"{_attachments(letter)}<h2>Текст</h2><pre>{_linked(letter.text)}</pre>{html}"
    )


def _linked(text: str) -> str:
    return _ADDRESS.sub(r'<a href="\g<0>" target="_blank" rel="noreferrer">\g<0></a>', escape(text))


def _attachments(letter: Letter) -> str:
    links = [
        f'<li><a href="/letters/{letter.name}/attachments/{number}">{escape(found.filename)}</a>'
        for number, found in enumerate(letter.attachments)
    ]
    return f"<h2>Вложения</h2><ul>{''.join(links)}</ul>" if links else ""


def _when(letter: Letter) -> str:
    return f"{letter.received_at.astimezone(LOCAL_TIME):%d.%m.%Y %H:%M:%S}"
