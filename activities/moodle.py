"""Clause 4.3 in Moodle: the category, the course, the responsible's account and rights.

Every step finds before it creates. Who the responsible is, is read from Postgres by
the case's number: persons never travel through Temporal.
"""

from typing import Any

from sqlmodel import col, select
from temporalio import activity

from activities.sites import Site, Sites
from clients.moodle import Ensured, MoodleClient, Participant, Taken, username_for
from models import ids, store
from models.errors import ContactMissing
from models.steps import Evidence, Grant, InMoodle
from models.tables import Category, Request
from models.terms import Clause

_TOP = 0
"""The category that holds all others; Moodle gives it no id of its own."""


class MoodleActivities:
    """Activities in a subsystem's Moodle."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites

    @activity.defn
    async def ensure_category(self, case: InMoodle) -> int:
        """The category asked for; its idnumber comes from the request."""
        request, site = await self._case(case.number)
        found = await site.moodle.ensure_category(
            request.category_name, ids.category_idnumber(case.number), _TOP, ""
        )
        return found.id

    @activity.defn
    async def ensure_course(self, case: InMoodle) -> int:
        """The course asked for, a hidden shell."""
        request, site = await self._case(case.number)
        category_id = await self._category_of(request, site.moodle)
        return (await _ensure_course(site.moodle, request, category_id)).id

    @activity.defn
    async def ensure_responsible(self, case: InMoodle) -> int:
        """The responsible's account: found by e-mail, else by username, else made.

        Raises:
            ContactMissing: No e-mail is known, so that nobody can be found or told.
        """
        request, site = await self._case(case.number)
        if not request.responsible_email:
            raise ContactMissing
        last_name, first_name = _split(request.responsible_name)
        username = username_for(last_name, first_name, key=request.responsible_email.lower())
        found = await site.moodle.ensure_user(
            username, request.responsible_email, first_name or last_name, last_name
        )
        return found.id

    @activity.defn
    async def grant_roles(self, grant: Grant) -> None:
        """Full rights to build: teacher in the course, course creator in the category."""
        _, site = await self._case(grant.number)
        if grant.category_id is not None:
            await site.moodle.ensure_course_creator(grant.category_id, grant.user_id)
        if grant.course_id is not None:
            await site.moodle.ensure_teacher(grant.course_id, grant.user_id)

    @activity.defn
    async def read_back(self, evidence: Evidence) -> None:
        """Read from Moodle what now is there, and keep it in the journal as evidence."""
        request, site = await self._case(evidence.number)
        seen = await _seen(site, request, evidence)
        async with self._sessions.begin() as session:
            await store.write_once(
                session,
                evidence,
                Clause.SETUP,
                "Проверено в Moodle: что создано и какие права даны",
                evidence=seen,
            )

    async def _case(self, number: str) -> tuple[Request, Site]:
        async with self._sessions() as session:
            request = await session.get_one(Request, number)
        return request, self._sites[request.subsystem]

    async def _category_of(self, request: Request, moodle: MoodleClient) -> int:
        """Moodle's id of the category that the course goes into: new, registered, or the first there is."""
        if request.category_name:
            idnumber = ids.category_idnumber(request.number)
            return (await moodle.ensure_category(request.category_name, idnumber, _TOP, "")).id
        if request.category is None:
            return min(one.id for one in await moodle.categories() if one.parent_id == _TOP)
        async with self._sessions() as session:
            category = await session.get_one(Category, request.category)
        if category.moodle_id is not None:
            return category.moodle_id
        return await self._find_registered(category, moodle)

    async def _find_registered(self, category: Category, moodle: MoodleClient) -> int:
        """Appendix 1 knows names, not ids: find the category once, and remember it."""
        by_name = [one for one in await moodle.categories() if one.name.strip() == category.name.strip()]
        if by_name:
            moodle_id = by_name[0].id
        else:
            idnumber = f"{ids.IDNUMBER_PREFIX}appendix-{category.number}"
            moodle_id = (await moodle.ensure_category(category.name, idnumber, _TOP, "")).id
        async with self._sessions.begin() as session:
            row = (await session.scalars(select(Category).where(col(Category.id) == category.id))).one()
            row.moodle_id = moodle_id
        return moodle_id


async def _ensure_course(moodle: MoodleClient, request: Request, category_id: int) -> Ensured:
    """A short name in use by another course gets the request's number behind it."""
    idnumber = ids.course_idnumber(request.number)
    try:
        return await moodle.ensure_course(
            request.course_name, request.course_name[:100], category_id, idnumber
        )
    except Taken:
        shortname = f"{request.course_name[:80]} ({request.number})"
        return await moodle.ensure_course(request.course_name, shortname, category_id, idnumber)


def _split(name: str) -> tuple[str, str]:
    """«Иванова Мария Петровна» -> Иванова, Мария Петровна: the order that Russian papers use."""
    last_name, _, first_name = name.strip().partition(" ")
    return last_name, first_name.strip()


async def _seen(site: Site, request: Request, evidence: Evidence) -> dict[str, Any]:
    """What Moodle shows; a category's roles it shows nowhere, and the evidence says so."""
    seen: dict[str, Any] = {"site": site.url, "user_id": evidence.user_id}
    if evidence.category_id is not None:
        category = await site.moodle.find_category(ids.category_idnumber(request.number))
        seen["category"] = category.model_dump(mode="json") if category else None
        seen["category_url"] = site.category_url(evidence.category_id)
        seen["category_role"] = "назначена роль coursecreator; прочитать роли категории Moodle не даёт"
    if evidence.course_id is not None:
        course = await site.moodle.find_course(ids.course_idnumber(request.number))
        seen["course"] = course.model_dump(mode="json") if course else None
        seen["course_url"] = site.course_url(evidence.course_id)
        seen["course_roles"] = _roles(await site.moodle.enrolled(evidence.course_id), evidence.user_id)
    return seen


def _roles(participants: tuple[Participant, ...], user_id: int) -> list[str]:
    return [
        role.shortname
        for participant in participants
        if participant.id == user_id
        for role in participant.roles
    ]
