"""A site of the stand-in with the client in front of it: its state tells what really happened."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from clients.moodle import CreatedUsers, MoodleClient, NewAccount
from tests.moodle.standin_client import SiteClient

CREATE = "core_user_create_users"
ENROL = "enrol_manual_enrol_users"


def learner(number: int, **changes: str) -> NewAccount:
    row = NewAccount(
        key=str(number),
        username=f"petrov.i-{number}",
        email=f"petrov{number}@example.org",
        first_name="Иван",
        last_name=f"Петров-{number}",
    )
    return row._replace(**changes)


def learners(count: int) -> list[NewAccount]:
    return [learner(number) for number in range(count)]


@dataclass
class Standin:
    site: SiteClient
    moodle: MoodleClient
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    def __post_init__(self) -> None:
        self.moodle.pauses = (0.01, 0.01)

    async def is_old(self) -> bool:
        """2.8.5, which lacks most of what clauses 4.5 to 4.7 ask for."""
        return (await self.moodle.site()).release.startswith("2.8")

    async def create(self, rows: list[NewAccount]) -> CreatedUsers:
        return await self.moodle.create_users(rows, self.gate)

    async def people(self, count: int) -> list[int]:
        """Ids of new learners."""
        return list((await self.create(learners(count))).created.values())

    async def person(self, number: int) -> int:
        """Id of a new learner of that number."""
        return (await self.create([learner(number)])).created[str(number)]

    async def course(self, shortname: str = "k-1", **settings: Any) -> int:
        """A new course, visible and empty."""
        category = (await self.moodle.categories())[0].id
        added = await self.site.act(
            "add_course", category_id=category, fullname="Курс", shortname=shortname, **settings
        )
        return int(added["id"])

    async def activity(self, course_id: int, modname: str = "page", **more: Any) -> int:
        """Its cmid."""
        added = await self.site.act(
            "add_activity", course_id=course_id, modname=modname, name="Элемент", **more
        )
        return int(added["id"])

    async def usernames(self) -> Counter[str]:
        return Counter(await self.site.usernames())

    async def enrolments(self, course_id: int) -> Counter[int]:
        """How many enrolments each person has in the course, suspended ones too."""
        rows = (await self.site.state())["enrolments"]
        return Counter(row["user_id"] for row in rows if row["course_id"] == course_id)

    async def calls(self, function: str) -> int:
        async with self.site.session.get(f"{self.site.base}/_calls") as response:
            return int((await response.json()).get(function, 0))
