"""The service accounts in the Moodles, checked before a case needs them.

A Moodle often answers an account that lacks a right with an empty list: the lack would
show only as a case that goes wrong. So it is looked for when the worker starts and now
and then after, and what is missing becomes the operator's task.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from activities.catalogue import Catalogue
from activities.sites import Site, Sites
from clients.moodle import Finding, MoodleError, check_account
from models import store
from models.tables import Task
from models.tasks import TaskKind
from models.terms import Clause

log = structlog.get_logger()

_EVERY = timedelta(minutes=10)


@dataclass(frozen=True)
class Inspection:
    """What one Moodle's service account lacks; nothing is known of a site that is out of reach."""

    code: str
    site: Site
    is_reached: bool
    findings: tuple[Finding, ...] = ()

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocking)

    @property
    def lines(self) -> tuple[str, ...]:
        """For a person to read."""
        head = f"{self.code} ({self.site.url}): "
        if not self.is_reached:
            return (head + "недоступна, проверить не удалось",)
        if not self.findings:
            return (head + "служебная учётная запись может всё, что нужно",)
        return (
            head + ("работать нельзя" if self.blocking else "работать можно"),
            *(
                f"  {'нет' if finding.blocking else 'желательно'}: {finding.needed} — {finding.why}"
                for finding in self.findings
            ),
        )


async def inspect(sites: Sites) -> Sequence[Inspection]:
    """Check every Moodle, side by side."""
    return await asyncio.gather(*(_inspect(code, site) for code, site in sites.items()))


async def _inspect(code: str, site: Site) -> Inspection:
    try:
        findings = await check_account(site.moodle)
    except MoodleError as error:
        log.warning("moodle account not checked", subsystem=code, error=type(error).__name__)
        return Inspection(code, site, is_reached=False)
    for finding in findings:
        log.warning("moodle account lacks", subsystem=code, needed=finding.needed, blocking=finding.blocking)
    return Inspection(code, site, is_reached=True, findings=tuple(findings))


class Accounts:
    """Runs beside the worker until it is cancelled, and keeps the operator's tasks in step."""

    def __init__(self, sessions: store.Sessions, catalogue: Catalogue, *, every: timedelta = _EVERY) -> None:
        self._sessions = sessions
        self._catalogue = catalogue
        self._every = every

    async def run(self) -> None:
        """Check now and then, and read what each Moodle holds, so that a request can be checked
        against it before any was reviewed; a Moodle that is down has its turn the next time."""
        while True:
            try:
                await self.round()
                await self._catalogue.refresh()
            except Exception as error:  # noqa: BLE001 - Postgres is away: not the end of checking
                log.warning("moodle accounts not checked", error=type(error).__name__)
            await asyncio.sleep(self._every.total_seconds())

    async def round(self) -> None:
        """Check all, and show what blocks as tasks; a task whose reason is gone is closed."""
        for inspection in await inspect(self._catalogue.sites):
            if inspection.is_reached:
                async with self._sessions.begin() as session:
                    await _show(session, inspection)


async def _show(session: AsyncSession, inspection: Inspection) -> None:
    now = await store.now(session)
    workflow_id = f"moodle-{inspection.code}"
    for finding in inspection.blocking:
        row: dict[str, object] = {
            "number": None,
            "workflow_id": workflow_id,
            "step": finding.needed,
            "clause": Clause.SETUP.value,
            "kind": TaskKind.MOODLE_ACCOUNT,
            "why": f"{inspection.code}: {finding.needed}. {finding.why}",
            "checklist": [],
            "done": [],
            "opened_at": now,
        }
        reopened = {"why": row["why"], "opened_at": now, "closed_at": None}
        await session.execute(
            insert(Task)
            .values(row)
            .on_conflict_do_update(
                index_elements=["workflow_id", "step"],
                set_=reopened,
                where=col(Task.closed_at).is_not(None),
            )
        )
    await session.execute(
        update(Task)
        .where(
            col(Task.workflow_id) == workflow_id,
            col(Task.closed_at).is_(None),
            col(Task.step).not_in([finding.needed for finding in inspection.blocking]),
        )
        .values(closed_at=now)
    )
