"""Who opens a page, and whether a form comes from a page of ours.

A session gives the `Caller` that a key gives: every dependency of the API, such as `CaseDep` and
`allow`, works on a page.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from api.auth import Caller, count_bad, count_good, new_secret
from api.deps import SessionsDep, SettingsDep
from api.errors import Problem
from api.pages import sessions as signed_in

COOKIE = "seo_session"
_TOKEN, _ONCE = "token", "once"


class SignInFirst(Exception):
    """Nobody is signed in: the page leads to signing in and back."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.location = f"/sign-in?next={quote(back, safe='/')}"


@dataclass(frozen=True)
class Visitor:
    """Whoever opens a page.

    Attributes:
        caller: Who is signed in; None on the pages that need nobody.
        secret: Of the cookie; a fresh one where there was none.
        is_new: Whether the cookie has to be set.
    """

    caller: Caller | None
    secret: str
    is_new: bool = False

    @property
    def token(self) -> str:
        """What every form carries, and another site can't know."""
        return hashlib.sha256(f"form {self.secret}".encode()).hexdigest()


async def _anybody(http: Request, sessions: SessionsDep, settings: SettingsDep) -> Visitor:
    """Signed in or not; sets who calls for the dependencies of the API."""
    secret = http.cookies.get(COOKIE, "")
    caller = await signed_in.find(sessions, secret, settings.session_idle) if secret else None
    if caller is None:
        count_bad(http)
    else:
        count_good(http, str(caller.key_id))
        http.state.caller = caller
    visitor = Visitor(caller, secret or new_secret(), is_new=not secret)
    http.state.visitor = visitor
    return visitor


async def known_visitor(http: Request, visitor: Annotated[Visitor, Depends(_anybody)]) -> Visitor:
    """Somebody who is signed in.

    Raises:
        SignInFirst: Nobody is.
    """
    if visitor.caller is None:
        query = f"?{http.url.query}" if http.url.query else ""
        raise SignInFirst(http.url.path + query if http.method == "GET" else "/")
    return visitor


VisitorDep = Annotated[Visitor, Depends(known_visitor)]
AnybodyDep = Annotated[Visitor, Depends(_anybody)]


class Form:
    """What was sent by a form of ours."""

    def __init__(self, sent: FormData) -> None:
        self._sent = sent
        once = self.text(_ONCE)
        self.once = once if 0 < len(once) <= 200 and once.isascii() and once.isprintable() else uuid4().hex
        """The Idempotency-Key of what it does: the same form sent twice is done once."""

    def text(self, name: str) -> str:
        """A field; blank when it was not sent."""
        value = self._sent.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def texts(self, name: str) -> list[str]:
        """Every value of a field: of boxes that were ticked."""
        return [value for value in self._sent.getlist(name) if isinstance(value, str) and value]

    def number(self, name: str) -> int | None:
        """A whole number; None when it is none."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None

    def file(self, name: str) -> UploadFile | None:
        """A file that was chosen."""
        value = self._sent.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def filled(self, *names: str) -> dict[str, Any]:
        """Those of the fields that are not blank: the body of a POST to the API."""
        return {name: text for name in names if (text := self.text(name))}

    def __iter__(self) -> Iterator[str]:
        return iter(self._sent)


async def _form(http: Request, visitor: AnybodyDep, settings: SettingsDep) -> AsyncIterator[Form]:
    """The form, when it was one of our own pages that sent it.

    Raises:
        Problem: `foreign-form`, `too-large`.
    """
    if not _is_ours(http, settings.public_url):
        raise Problem("foreign-form")
    try:
        sent = await http.form(max_files=5, max_fields=2000)
    except Problem:
        raise
    except Exception:  # noqa: BLE001 - whatever can't be read as a form has no token either
        raise Problem("foreign-form") from None
    try:
        if visitor.is_new or sent.get(_TOKEN) != visitor.token:
            raise Problem("foreign-form")
        http.state.form = Form(sent)
        yield http.state.form
    finally:
        await sent.close()  # the temporary files of what was uploaded


def _is_ours(http: Request, public_url: str) -> bool:
    """By `Origin`, which browsers send with every form, or by `Referer`."""
    said = urlsplit(http.headers.get("origin") or http.headers.get("referer") or "")
    public = urlsplit(public_url)
    if said.scheme not in ("http", "https"):
        return False
    return said[:2] == public[:2] or said.netloc == http.headers.get("host")


FormDep = Annotated[Form, Depends(_form)]
