"""Clause 4.2 - where analogues are looked for: the register, the Moodles, the open requests."""

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from models import ids
from models.analogues import Candidate, Kind, Known, Source, rank, score
from models.names import Name, normalise
from models.requests import Stage
from models.tables import CandidateRow, CatalogueEntry, Category, Course, Request

Located = Sequence[tuple[str, Known]]
"""What exists, with the code of its subsystem."""

_OPEN = [stage.value for stage in Stage if stage.is_open]


async def candidates(
    session: AsyncSession, titles: tuple[str, ...], *, except_for: str = "", target: int | None = None
) -> tuple[Candidate, ...]:
    """The likeliest analogues of what a request asks for, the likeliest first.

    Args:
        session: Where to look.
        titles: Names of the category and of the course that are asked for.
        except_for: Number of the request itself, which is no analogue of its own.
        target: The category in which a course is asked for: no analogue of the course either.
    """
    existing = await asyncio.to_thread(_each_once, await _registered(session), await _in_moodle(session))
    existing = [known for known in existing if known.ref != _category_ref(target)]
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
    known = next((one for _, one in existing if one.ref == ref), None)
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


def _each_once(registered: Located, in_moodle: Located) -> list[Known]:
    """What stands in the register and in its Moodle under one name is one thing, with Moodle's link."""
    links = {_place(*one): one[1].link for one in in_moodle}
    places = {_place(*one) for one in registered}
    return [
        *(
            known.model_copy(update={"link": known.link or links.get(_place(subsystem, known), "")})
            for subsystem, known in registered
        ),
        *(known for subsystem, known in in_moodle if _place(subsystem, known) not in places),
    ]


def _place(subsystem: str, known: Known) -> tuple[str, Kind, Name]:
    return subsystem, known.kind, normalise(known.title)


async def _registered(session: AsyncSession) -> Located:
    categories = (await session.scalars(select(Category))).all()
    courses = (await session.scalars(select(Course))).all()
    return [
        *((row.subsystem, _entry(Kind.CATEGORY, _category_ref(row.id), row)) for row in categories),
        *((row.subsystem, _entry(Kind.COURSE, f"course-{row.id}", row)) for row in courses),
    ]


def _entry(kind: Kind, ref: str, row: Category | Course) -> Known:
    return Known(kind=kind, ref=ref, title=row.name, link=row.url or "", source=Source.REGISTER)


def _category_ref(id: int | None) -> str:
    return f"category-{id}"


async def _in_moodle(session: AsyncSession) -> Located:
    """What the engine has set up itself stands in the register already."""
    entries = (
        await session.scalars(
            select(CatalogueEntry).where(~col(CatalogueEntry.idnumber).startswith(ids.IDNUMBER_PREFIX))
        )
    ).all()
    return [
        (
            entry.subsystem,
            Known(
                kind=Kind(entry.kind),
                ref=f"{entry.subsystem}-{entry.kind}-{entry.moodle_id}",
                title=entry.title,
                link=entry.url,
                source=Source.MOODLE,
            ),
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
