"""The sealed file of a case, for those who may see the whole of it."""

import io
import os
from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from sqlmodel import col, select

from api import files
from api.auth import STAFF, allow
from api.cases import CaseDep
from api.deps import SessionsDep, SettingsDep
from api.documentation import reading
from api.errors import Problem
from models import store
from models.case_file import MEDIA_TYPE
from models.sealing import seal
from models.settings import Settings
from models.signing import SigningKey
from models.tables import CaseFile, CaseRow

router = APIRouter(prefix="/cases/{number}", tags=["Дело"])

_CHUNK = 1 << 16
_ANEW = Query(description="Собрать и подписать заново, по состоянию на сейчас.")


@router.get(
    "/file",
    dependencies=[allow(*STAFF)],
    responses={
        **reading("not-found", "invalid", "no-signing-key"),
        **files.told(MEDIA_TYPE),
    },
    response_class=StreamingResponse,
)
async def case_file(
    case: CaseDep, sessions: SessionsDep, settings: SettingsDep, anew: Annotated[bool, _ANEW] = False
) -> StreamingResponse:
    """Дело целиком одним ZIP с описью, подписанной установкой; проверяется без сети: `python -m verify`.

    Закрытое дело запечатывается само и дальше отдаётся тем же файлом. Личных данных обучающихся в нём нет;
    истории процессов, которые ещё идут, в него не входят.
    """
    file = await _kept(sessions, case) if case.is_sealed and not anew else None
    file = file or await seal(sessions, case, _key(settings))
    length = file.seek(0, os.SEEK_END)
    headers = {
        "Content-Disposition": f'attachment; filename="delo-{case.number}.zip"',
        "Content-Length": str(length),
    }
    return StreamingResponse(_chunks(file), media_type=MEDIA_TYPE, headers=headers)


def _key(settings: Settings) -> SigningKey:
    if settings.key is None:
        raise Problem("no-signing-key")
    return settings.key


async def _kept(sessions: store.Sessions, case: CaseRow) -> IO[bytes] | None:
    """As it was sealed when the case closed."""
    query = select(col(CaseFile.content)).where(col(CaseFile.number) == case.number)
    async with store.looking(sessions) as session:
        content = await session.scalar(query)
    return None if content is None else io.BytesIO(content)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
