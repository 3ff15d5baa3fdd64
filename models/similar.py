"""Clause 4.2 - where analogues are looked for: the register, the Moodles, the open requests."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from models import ids
from models.analogues import Candidate, Kind, Known, Source, rank, score
from models.names import normalise
from models.requests import Stage
from models.tables import CandidateRow, CatalogueEntry, Category, Course, Request

_OPEN = [stage.value for stage in Stage if stage.is_open]


async def candidates(
    session: AsyncSession, titles: tuple[str, ...], *, except_for: str = ""
) -> tuple[Candidate, ...]:
    """The likeliest analogues of what a request asks for, the likeliest first.

    Args:
        session: Where to look.
        titles: Names of the category and of the course that are asked for.
        except_for: Number of the request itself, which is no analogue of its own.
    """
    existing = [*await _registered(session), *await _in_moodle(session)]
    # Apart: requests alike, however many, must not crowd out what obliges to refuse.
    asked_for = await _asked_for(session, except_for)
    # In threads: thousands of names take a tenth of a second, and others are waiting.
    found = [
        *await asyncio.to_thread(_likeliest, titles, existing),
        *await asyncio.to_thread(_likeliest, titles, asked_for),
    ]
    return tuple(sorted(found, key=lambda candidate: -candidate.score))


async def name_analogue(session: AsyncSession, number: str, ref: str) -> bool:
    """Whether what a decision names as an analogue exists; it joins the case's candidates.

    The search shows the likeliest; a reviewer may know of another, or of one made since.

    Args:
        session: The transaction of the decision.
        number: The case.
        ref: As in the list of analogues: `category-4`, `course-12`, `edu-course-7`.
    """
    # Compared here, not in Postgres: a signal may name anything, also what Postgres can't hold.
    rows = (await session.scalars(select(CandidateRow).where(col(CandidateRow.number) == number))).all()
    shown = next((row for row in rows if row.ref == ref), None)
    if shown is not None:
        return shown.source != Source.OPEN_REQUEST
    existing = [*await _registered(session), *await _in_moodle(session)]
    known = next((one for one in existing if one.ref == ref), None)
    if known is None:
        return False
    request = await session.get_one(Request, number)
    titles = (request.category_name, request.course_name)
    likeness = max(score(normalise(title), normalise(known.title)) for title in titles)
    session.add(CandidateRow(number=number, **known.model_dump(mode="json"), score=likeness))
    return True


def _likeliest(titles: tuple[str, ...], known: list[Known]) -> list[Candidate]:
    """At most ten, each with its best score for any of the titles."""
    best: dict[str, Candidate] = {}
    for title in titles:
        for candidate in rank(title, known):
            if candidate.ref not in best or best[candidate.ref].score < candidate.score:
                best[candidate.ref] = candidate
    return sorted(best.values(), key=lambda candidate: -candidate.score)[:10]


async def _registered(session: AsyncSession) -> list[Known]:
    categories = (await session.scalars(select(Category))).all()
    courses = (await session.scalars(select(Course))).all()
    return [
        *(
            Known(
                kind=Kind.CATEGORY,
                ref=f"category-{row.id}",
                title=row.name,
                link=row.url or "",
                source=Source.REGISTER,
            )
            for row in categories
        ),
        *(
            Known(
                kind=Kind.COURSE,
                ref=f"course-{row.id}",
                title=row.name,
                link=row.url or "",
                source=Source.REGISTER,
            )
            for row in courses
        ),
    ]


async def _in_moodle(session: AsyncSession) -> list[Known]:
    """What the engine has set up itself stands in the register already."""
    entries = (
        await session.scalars(
            select(CatalogueEntry).where(~col(CatalogueEntry.idnumber).startswith(ids.IDNUMBER_PREFIX))
        )
    ).all()
    return [
        Known(
            kind=Kind(entry.kind),
            ref=f"{entry.subsystem}-{entry.kind}-{entry.moodle_id}",
            title=entry.title,
            link=entry.url,
            source=Source.MOODLE,
        )
        for entry in entries
    ]


async def _asked_for(session: AsyncSession, except_for: str) -> list[Known]:
    rows = await session.execute(
        select(Request.number, Request.category_name, Request.course_name).where(
            col(Request.stage).in_(_OPEN), col(Request.number) != except_for
        )
    )
    return [
        Known(
            kind=Kind.REQUEST,
            ref=f"request-{number}",
            title=course or category,
            source=Source.OPEN_REQUEST,
        )
        for number, category, course in rows
    ]
