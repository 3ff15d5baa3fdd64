"""Where analogues are looked for (clause 4.2): a Moodle that fails holds no review up."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from activities.catalogue import Catalogue
from models.tables import CatalogueEntry, CatalogueReading
from tests.engine import SITES, Engine
from tests.workflows.setups import title
from tests.workflows.words import candidates, journaled

CATEGORIES, COURSES = "core_course_get_categories", "core_course_get_courses"


def catalogue(engine: Engine, **patience: timedelta) -> Catalogue:
    """A reader with a memory of its own, and little patience unless said otherwise."""
    short = {"patience": timedelta(seconds=0.3), "let_alone_for": timedelta(0)}
    return Catalogue(engine.sessions, engine.sites(), **{**short, **patience})


async def read_before(engine: Engine, ago: timedelta) -> None:
    """All catalogues were read, so long ago."""
    await catalogue(engine, patience=timedelta(minutes=1)).refresh()
    async with engine.sessions.begin() as session:
        await session.execute(update(CatalogueReading).values(read_at=datetime.now(UTC) - ago))


async def titles(engine: Engine, site: str = "edu") -> set[str]:
    query = select(CatalogueEntry.title).where(col(CatalogueEntry.subsystem) == site)
    async with engine.sessions() as session:
        return set((await session.scalars(query)).all())


@pytest.mark.parametrize("site", SITES)
async def test_categories_and_courses_are_read_hidden_ones_too(engine: Engine, site: str) -> None:
    await read_before(engine, timedelta(hours=1))
    name, shortname = title(), title("k")
    [first, *_] = (await engine.moodle_state(site))["categories"]
    await engine.moodle_act(
        "add_course", site=site, category_id=first["id"], fullname=name, shortname=shortname, visible=0
    )

    unread = await catalogue(engine, patience=timedelta(minutes=1)).refresh()

    assert unread == ()
    assert {name, first["name"]} <= await titles(engine, site)


async def test_what_was_read_within_ten_minutes_is_not_read_again(engine: Engine) -> None:
    await read_before(engine, timedelta(minutes=9))
    before = await engine.moodle_calls()

    await catalogue(engine).refresh()

    assert await engine.moodle_calls() == before


async def test_reviews_that_begin_at_once_read_a_catalogue_once(engine: Engine) -> None:
    await read_before(engine, timedelta(minutes=11))
    before = (await engine.moodle_calls())[COURSES]
    shared = catalogue(engine, patience=timedelta(minutes=1))

    await asyncio.gather(*(shared.refresh() for _ in range(5)))

    assert (await engine.moodle_calls())[COURSES] == before + 1


@pytest.mark.parametrize("kind", ["down", "503", "html", "truncated", "empty_lists"])
async def test_what_was_read_before_stays_when_a_moodle_can_not_be_read(engine: Engine, kind: str) -> None:
    await read_before(engine, timedelta(hours=1))
    before = await titles(engine)
    await engine.moodle_fault(kind)

    unread = await catalogue(engine, patience=timedelta(minutes=1)).refresh()

    assert unread == ("edu",)
    assert await titles(engine) == before
    assert len(before) > 10


async def test_a_catalogue_read_by_halves_is_not_taken_over(engine: Engine) -> None:
    await read_before(engine, timedelta(hours=1))
    before = await titles(engine)
    await engine.moodle_act("add_category", name=title("Категория"))
    await engine.moodle_fault("truncated", function=COURSES)

    assert await catalogue(engine, patience=timedelta(minutes=1)).refresh() == ("edu",)
    assert await titles(engine) == before


async def test_moodles_that_hang_are_given_up_side_by_side(engine: Engine) -> None:
    await read_before(engine, timedelta(hours=1))
    for site in SITES:
        await engine.moodle_fault("slow", site=site, function=CATEGORIES, seconds=60)
    started = time.monotonic()

    unread = await catalogue(engine).refresh()

    assert unread == SITES
    assert time.monotonic() - started < 60


async def test_a_moodle_that_hangs_is_let_alone_by_the_next_reviews(engine: Engine) -> None:
    await read_before(engine, timedelta(hours=1))
    await engine.moodle_fault("slow", function=CATEGORIES, seconds=60)
    shared = catalogue(engine, patience=timedelta(seconds=4), let_alone_for=timedelta(hours=1))
    await shared.refresh()
    before = (await engine.moodle_calls())[CATEGORIES]

    unread = [await shared.refresh() for _ in range(3)]

    assert unread == [("edu",)] * 3
    assert (await engine.moodle_calls())[CATEGORIES] == before


async def test_a_review_begins_by_what_was_read_before_when_a_moodle_is_down(engine: Engine) -> None:
    name = title("Охрана ёжиков")
    await engine.moodle_act("add_course", category_id=2, fullname=name, shortname=title("k"))
    await read_before(engine, timedelta(hours=1))
    await engine.moodle_fault("down")

    number = await engine.file(course_name=name)
    await engine.reviewing(number)

    assert await journaled(engine, number, "каталоги недоступны, поиск по прежним данным: edu")
    assert name in [one.title for one in await candidates(engine, number)]
    assert (await engine.row(number)).stage == "review"
