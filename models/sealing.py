"""The sealed file of a case, made from Postgres as one moment sees it."""

import asyncio
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from models import case_contents, store
from models.case_file import Sealer
from models.signing import SigningKey
from models.tables import CaseRow

_IN_MEMORY = 4 << 20


async def seal(sessions: store.Sessions, case: CaseRow, key: SigningKey) -> IO[bytes]:
    """The file, at its end. On disk once it is large: a slow reader holds neither memory nor Postgres."""
    file = cast(IO[bytes], SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed once it is sent
    sealer = Sealer(file, case.number)
    async with store.snapshot(sessions) as session:
        async for path, content in case_contents.members(session, case):
            await asyncio.to_thread(sealer.add, path, content)
    await asyncio.to_thread(sealer.seal, key)
    return file
