"""People as tests have them: a browser's cookies and headers, without the browser."""

import re
from collections.abc import Awaitable, Callable
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import httpx
from sqlmodel import col, select

from api.auth import digest
from api.pages.visitors import COOKIE
from models.tables import ApiKey
from tests.engine import Engine

HOME = "http://127.0.0.1:8000"


class Person:
    """Somebody with a browser."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self._tokens: dict[str | None, str] = {}

    async def open(self, path: str) -> httpx.Response:
        return await self.http.get(path)

    async def page(self, path: str) -> str:
        response = await self.open(path)
        assert response.status_code == 200, f"{path}: {response.status_code} {response.text}"
        return response.text

    async def pages(self, path: str) -> str:
        """A list, all its pages: whatever other tests have put before what is looked for."""
        page = await self.page(path)
        following = re.search(r'<a href="([^"]+)" rel="next">', page)
        return page + (await self.pages(unescape(following[1])) if following else "")

    async def token(self) -> str:
        """As every form of theirs carries it, for as long as they are known by the same cookie."""
        if (known := self._tokens.get(self._cookie)) is not None:
            return known
        found = re.search(r'name="token" value="([0-9a-f]+)"', (await self.http.get("/sign-in")).text)
        assert found
        self._tokens[self._cookie] = found[1]
        return found[1]

    @property
    def _cookie(self) -> str | None:
        return self.http.cookies.get(COOKIE)

    async def send(self, path: str, *, follow: bool = True, **fields: Any) -> httpx.Response:
        """A form, sent with the token that the page has given."""
        data = {"token": await self.token(), **fields}
        return await self.http.post(path, data=data, follow_redirects=follow)


Browsers = Callable[[], Awaitable[Person]]
SignIn = Callable[[str], Awaitable[Person]]


async def key_id(engine: Engine, secret: str) -> int:
    async with engine.sessions() as session:
        query = select(ApiKey.id).where(col(ApiKey.sha256) == digest(secret))
        return (await session.scalars(query)).one() or 0


def where(response: httpx.Response) -> str:
    """The path that a redirect leads to."""
    return urlsplit(response.headers["location"]).path
