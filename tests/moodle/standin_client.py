"""A bare client for the stand-in's own tests: it sends what it is told to, in the order it is told."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp

SITE_TOKENS = {"edu": "e" * 32, "eledu": "l" * 32, "eiok": "k" * 32}


def user_fields(*numbers: int) -> dict[str, str]:
    """Form fields that create learners ``u1``, ``u2``, ...: eight a person."""
    fields: dict[str, str] = {}
    for place, number in enumerate(numbers):
        person = {
            "username": f"u{number}",
            "password": "Pa55w0rd!x",
            "firstname": "Иван",
            "lastname": f"Петров-{number}",
            "email": f"u{number}@example.org",
            "auth": "manual",
            "lang": "ru",
            "idnumber": f"emp-{number}",
        }
        fields |= {f"users[{place}][{key}]": value for key, value in person.items()}
    return fields


@dataclass(frozen=True)
class SiteClient:
    session: aiohttp.ClientSession
    base: str
    token: str

    async def call(self, function: str, /, **fields: Any) -> Any:
        """The decoded answer; field names with brackets come as ``**{"users[0][id]": 5}``."""
        async with self.post(function, fields) as response:
            return await response.json(content_type=None)

    async def call_with_token_first(self, function: str, /, **fields: Any) -> Any:
        async with self.post(function, fields, token_first=True) as response:
            return await response.json(content_type=None)

    def post(
        self, function: str, fields: dict[str, Any], *, token_first: bool = False
    ) -> "aiohttp.client._RequestContextManager":
        token = {"wstoken": self.token}
        rest = {"wsfunction": function, "moodlewsrestformat": "json"} | fields
        form = token | rest if token_first else rest | token
        headers = {"content-type": "application/x-www-form-urlencoded"}
        url = f"{self.base}/webservice/rest/server.php"
        return self.session.post(url, data=urlencode(form), headers=headers)

    async def fault(self, **fault: Any) -> None:
        async with self.session.post(f"{self.base}/_faults", json=fault) as response:
            assert response.status == 200, await response.text()

    async def clear_faults(self) -> None:
        async with self.session.delete(f"{self.base}/_faults") as response:
            assert await response.json() == []

    async def act(self, action: str, **arguments: Any) -> Any:
        """Something that an administrator or a learner does in the site's pages."""
        body = {"action": action, "arguments": arguments}
        async with self.session.post(f"{self.base}/_admin", json=body) as response:
            answer = await response.json()
        assert response.status == 200, answer
        return answer["result"]

    async def signs_in(self, username: str, password: str) -> bool:
        """Whether the password is the account's. Only who has a token of some service is told so."""
        user = next(one for one in (await self.state())["users"] if one["username"] == username)
        await self.act("add_token", user_id=user["id"], value="t" * 32, service="probe", functions=[])
        form = urlencode({"username": username, "password": password, "service": "probe"})
        headers = {"content-type": "application/x-www-form-urlencoded"}
        async with self.session.post(f"{self.base}/login/token.php", data=form, headers=headers) as response:
            return "token" in await response.json()

    async def state(self) -> dict[str, list[dict[str, Any]]]:
        async with self.session.get(f"{self.base}/_state") as response:
            shown: dict[str, list[dict[str, Any]]] = await response.json()
        return shown

    async def usernames(self) -> list[str]:
        return [user["username"] for user in (await self.state())["users"]]
