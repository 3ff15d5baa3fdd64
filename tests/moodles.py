"""The Moodles as tests see them: the stand-in's own pages, and its faults."""

from typing import Any

import aiohttp

from clients.moodle.transport import Transport
from models.settings import Settings


class Moodles:
    settings: Settings
    moodle_url: str
    _http: aiohttp.ClientSession
    _ailing: set[str]

    async def moodle_fault(self, kind: str, *, site: str = "edu", alone: bool = False, **more: Any) -> None:
        """Make a Moodle fail; see the stand-in's faults.

        Args:
            kind: Of the stand-in's.
            site: Which Moodle.
            alone: In the place of all its other faults, with no moment of health between.
            more: What the stand-in takes besides.
        """
        self._ailing.add(site)
        method, fault = "PUT" if alone else "POST", {"kind": kind, **more}
        async with self._http.request(method, f"{self.moodle_url}/{site}/_faults", json=fault) as got:
            assert got.status < 300, await got.text()

    async def moodle_faults(self, site: str = "edu") -> list[dict[str, Any]]:
        """Those that have not struck as often as they were to."""
        async with self._http.get(f"{self.moodle_url}/{site}/_faults") as got:
            return list(await got.json())

    async def moodle_heals(self) -> None:
        while self._ailing:
            async with self._http.delete(f"{self.moodle_url}/{self._ailing.pop()}/_faults"):
                pass

    async def moodle_state(self, site: str = "edu") -> dict[str, Any]:
        """What is in a Moodle now."""
        async with self._http.get(f"{self.moodle_url}/{site}/_state") as got:
            return dict(await got.json())

    async def moodle_act(self, action: str, *, site: str = "edu", **arguments: Any) -> Any:
        """Something that an administrator does in a Moodle's pages; the row that comes of it."""
        body = {"action": action, "arguments": arguments}
        async with self._http.post(f"{self.moodle_url}/{site}/_admin", json=body) as got:
            assert got.status == 200, await got.text()
            return (await got.json())["result"]

    async def moodle_call(self, function: str, *, site: str = "edu", **parameters: Any) -> object:
        """A web-service call by the engine's account."""
        url, token = f"{self.moodle_url}/{site}", self.settings.moodle_sites[site].token
        transport = Transport(self._http, url, token.get_secret_value(), timeout=self.settings.moodle_timeout)
        return await transport.call(function, parameters)

    async def moodle_calls(self, site: str = "edu") -> dict[str, int]:
        """How often each function has been called."""
        async with self._http.get(f"{self.moodle_url}/{site}/_calls") as got:
            return dict(await got.json())
