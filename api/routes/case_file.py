"""The sealed file of a case, for those who may see the whole of it."""

import asyncio
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, cast

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from api.auth import STAFF, allow
from api.cases import CaseDep
from api.deps import SessionsDep, SettingsDep
from api.documentation import reading
from api.errors import Problem
from models import case_contents, store
from models.case_file import MEDIA_TYPE, Sealer
from models.settings import Settings
from models.signing import SigningKey
from models.tables import CaseRow

router = APIRouter(prefix="/cases/{number}", tags=["Дело"])

_IN_MEMORY = 4 << 20
_CHUNK = 1 << 16


@router.get(
    "/file",
    dependencies=[allow(*STAFF)],
    responses={
        **reading("not-found", "invalid", "no-signing-key"),
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
    },
    response_class=StreamingResponse,
)
async def case_file(case: CaseDep, sessions: SessionsDep, settings: SettingsDep) -> StreamingResponse:
    """Дело целиком одним ZIP с описью, подписанной установкой; проверяется без сети: `python -m verify`.

    Личных данных обучающихся в нём нет; истории процессов, которые ещё идут, в него не входят.
    """
    file = await _sealed(sessions, case, _key(settings))
    length = file.tell()
    headers = {
        "Content-Disposition": f'attachment; filename="delo-{case.number}.zip"',
        "Content-Length": str(length),
    }
    return StreamingResponse(_chunks(file), media_type=MEDIA_TYPE, headers=headers)


def _key(settings: Settings) -> SigningKey:
    secret = settings.signing_key.get_secret_value()
    if not secret:
        raise Problem("no-signing-key")
    return SigningKey.read(secret)


async def _sealed(sessions: store.Sessions, case: CaseRow, key: SigningKey) -> IO[bytes]:
    """The file, at its end. On disk once it is large: a slow reader holds neither memory nor Postgres."""
    file = cast(IO[bytes], SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed once it is sent
    sealer = Sealer(file, case.number)
    async with store.snapshot(sessions) as session:
        async for path, content in case_contents.members(session, case):
            await asyncio.to_thread(sealer.add, path, content)
    await asyncio.to_thread(sealer.seal, key)
    return file


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
