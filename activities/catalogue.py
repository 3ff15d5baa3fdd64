"""What the Moodles hold, mirrored in Postgres: half of where analogues are looked for."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from activities.sites import Site, Sites
from clients.moodle import MoodleError
from models import store
from models.analogues import Kind
from models.tables import CatalogueEntry, CatalogueReading

log = structlog.get_logger()

_FRESH_FOR = timedelta(minutes=10)


class Catalogue:
    """Reads the categories and courses of every Moodle, at most once in ten minutes each."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites
        self._locks = {code: asyncio.Lock() for code in sites}

    async def refresh(self) -> tuple[str, ...]:
        """Read again what is no longer fresh.

        Returns:
            Codes of the subsystems that could not be read; what was read of them before stays.
        """
        stale = [code for code, site in self._sites.items() if not await self._refresh(code, site)]
        return tuple(stale)

    async def _refresh(self, code: str, site: Site) -> bool:
        async with self._locks[code]:
            if await self._is_fresh(code):
                return True
            try:
                entries = await self._read(code, site)
            except MoodleError as error:
                log.warning("catalogue not read", subsystem=code, error=type(error).__name__)
                return False
            await self._replace(code, entries)
            return True

    async def _is_fresh(self, code: str) -> bool:
        async with self._sessions() as session:
            reading = await session.get(CatalogueReading, code)
        return reading is not None and datetime.now(UTC) - reading.read_at < _FRESH_FOR

    async def _read(self, code: str, site: Site) -> list[dict[str, object]]:
        categories, courses = await site.moodle.categories(), await site.moodle.courses()
        return [
            *(
                _entry(code, Kind.CATEGORY, one.id, one.name, one.idnumber, site.category_url(one.id))
                for one in categories
            ),
            *(
                _entry(code, Kind.COURSE, one.id, one.fullname, one.idnumber, site.course_url(one.id))
                for one in courses
            ),
        ]

    async def _replace(self, code: str, entries: list[dict[str, object]]) -> None:
        now = datetime.now(UTC)
        async with self._sessions.begin() as session:
            await session.execute(delete(CatalogueEntry).where(col(CatalogueEntry.subsystem) == code))
            if entries:
                await session.execute(insert(CatalogueEntry), entries)
            statement = insert(CatalogueReading).values(subsystem=code, read_at=now)
            await session.execute(
                statement.on_conflict_do_update(index_elements=["subsystem"], set_={"read_at": now})
            )


def _entry(
    subsystem: str, kind: Kind, moodle_id: int, title: str, idnumber: str | None, url: str
) -> dict[str, object]:
    return {
        "subsystem": subsystem,
        "kind": kind.value,
        "moodle_id": moodle_id,
        "title": title,
        "idnumber": idnumber or "",
        "url": url,
    }
