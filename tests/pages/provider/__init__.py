"""A certified provider of identities (npm `oidc-provider`) on this machine."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from devstack.ports import free_port

NODE, NPM = shutil.which("node"), shutil.which("npm")
NONE = "Node.js нет: вход через поставщика OpenID Connect не испытан (apt-get install nodejs npm)."
CLIENT_SECRET = "test-secret-of-the-client"
_HERE = Path(__file__).parent


class Provider:
    """It runs, and signs in whoever it is told to."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    async def next_is(self, **claims: Any) -> None:
        """Who is at the browser; nobody, who gives up, when there are no claims."""
        async with httpx.AsyncClient() as http:
            await http.post(f"{self.issuer}/_next", content=json.dumps(claims or None))


@asynccontextmanager
async def running(folder: Path, public_url: str) -> AsyncIterator[Provider]:
    """Installed into the folder from its lock, and served.

    Args:
        folder: Where its packages go.
        public_url: Of the engine, which it leads back to.
    """
    assert NODE
    assert NPM
    await asyncio.to_thread(shutil.copytree, _HERE, folder)
    install = await asyncio.create_subprocess_exec(
        NPM, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", cwd=folder
    )
    assert await install.wait() == 0
    port = free_port()
    arguments = (str(port), f"{public_url}/sign-in/back", f"{public_url}/sign-in")
    process = await asyncio.create_subprocess_exec(
        NODE, "provider.mjs", *arguments, cwd=folder, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        async with asyncio.timeout(20):
            while b"READY" not in await process.stdout.readline():
                pass
        yield Provider(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        await process.wait()
