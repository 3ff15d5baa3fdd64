"""What the Moodles hold, mirrored in Postgres: half of where analogues are looked for."""

import asyncio
import time
from datetime import timedelta

import structlog
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from activities.sites import Site, Sites
from clients.moodle import MoodleDenied, MoodleError
from models import store
from models.analogues import Kind
from models.tables import CatalogueEntry, CatalogueReading

log = structlog.get_logger()

_FRESH_FOR = timedelta(minutes=10)
_PATIENCE = timedelta(seconds=15)
"""Less than an activity has: a Moodle that hangs must not hold a review up."""
_LET_ALONE_FOR = timedelta(minutes=1)
"""A Moodle that could not be read is not waited for again by each of the next reviews."""


class Catalogue:
    """Reads the categories and courses of every Moodle, at most once in ten minutes each."""

    def __init__(
        self,
        sessions: store.Sessions,
        sites: Sites,
        *,
        patience: timedelta = _PATIENCE,
        let_alone_for: timedelta = _LET_ALONE_FOR,
    ) -> None:
        self._sessions = sessions
        self.sites = sites
        self._patience = patience
        self._let_alone_for = let_alone_for
        self._locks = {code: asyncio.Lock() for code in sites}
        self._let_alone_until: dict[str, float] = {}

    async def refresh(self) -> tuple[str, ...]:
        """Read again what is no longer fresh, all Moodles side by side.

        Returns:
            Codes of the subsystems that could not be read; what was read of them before stays.
        """
        read = await asyncio.gather(*(self._refresh(code, site) for code, site in self.sites.items()))
        return tuple(code for code, was_read in zip(self.sites, read, strict=True) if not was_read)

    async def _refresh(self, code: str, site: Site) -> bool:
        try:
            async with asyncio.timeout(self._patience.total_seconds()), self._locks[code]:
                return await self._read_unless_fresh(code, site)
        except (MoodleError, TimeoutError) as error:
            log.warning("catalogue not read", subsystem=code, error=type(error).__name__)
            self._let_alone_until[code] = time.monotonic() + self._let_alone_for.total_seconds()
            return False

    async def _read_unless_fresh(self, code: str, site: Site) -> bool:
        if await self._is_fresh(code):
            return True
        if time.monotonic() < self._let_alone_until.get(code, 0):
            return False
        await self._replace(code, await _read(code, site))
        return True

    async def _is_fresh(self, code: str) -> bool:
        async with self._sessions() as session:
            reading = await session.get(CatalogueReading, code)
            return reading is not None and await store.now(session) - reading.read_at < _FRESH_FOR

    async def _replace(self, code: str, entries: list[dict[str, object]]) -> None:
        async with self._sessions.begin() as session:
            now = await store.now(session)
            await session.execute(delete(CatalogueEntry).where(col(CatalogueEntry.subsystem) == code))
            # Another reading may be writing the same at this moment.
            await session.execute(insert(CatalogueEntry).on_conflict_do_nothing(), entries)
            statement = insert(CatalogueReading).values(subsystem=code, read_at=now)
            await session.execute(
                statement.on_conflict_do_update(index_elements=["subsystem"], set_={"read_at": now})
            )


async def _read(code: str, site: Site) -> list[dict[str, object]]:
    categories, courses = await site.moodle.categories(), await site.moodle.courses()
    if not categories:
        # No Moodle is without one: this one shows the account nothing, and says so with an empty list.
        raise MoodleDenied("core_course_get_categories", "emptylist", site.url)
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
