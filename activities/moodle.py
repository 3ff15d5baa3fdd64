"""Clause 4.3 in Moodle: the category, the course, the responsible's account and rights.

Every step finds before it creates. Who the responsible is, is read from Postgres by
the case's number: persons never travel through Temporal.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from temporalio import activity

from activities import outages
from activities.sites import Site, Sites
from clients.moodle import Category as Found
from clients.moodle import Ensured, MoodleClient, MoodleDenied, NotUnique, Participant, Taken, username_for
from models import ids, store
from models.errors import ContactMissing, NotConfirmed, SiteMissing
from models.names import normalise
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
        async with self._case(case.number) as (request, site):
            found = await site.moodle.ensure_category(
                request.category_name, ids.category_idnumber(case.number), _TOP, ""
            )
            return found.id

    @activity.defn
    async def ensure_course(self, case: InMoodle) -> int:
        """The course asked for, a hidden shell."""
        async with self._case(case.number) as (request, site):
            category_id = await self._category_of(request, site)
            return (await _ensure_course(site.moodle, request, category_id)).id

    @activity.defn
    async def ensure_responsible(self, case: InMoodle) -> int:
        """The responsible's account: found by e-mail, else by username, else made.

        Raises:
            ContactMissing: No e-mail is known, so that nobody can be found or told.
        """
        async with self._case(case.number) as (request, site):
            if not request.responsible_email:
                raise ContactMissing
            last_name, first_name = split(request.responsible_name)
            username = username_for(last_name, first_name, key=request.responsible_email.lower())
            found = await site.moodle.ensure_user(
                username, request.responsible_email, first_name or last_name, last_name
            )
            return found.id

    @activity.defn
    async def grant_roles(self, grant: Grant) -> None:
        """Full rights to build: teacher in the course, course creator in the category."""
        async with self._case(grant.number) as (_, site):
            if grant.category_id is not None:
                await site.moodle.ensure_course_creator(grant.category_id, grant.user_id)
            if grant.course_id is not None:
                await site.moodle.ensure_teacher(grant.course_id, grant.user_id)

    @activity.defn
    async def read_back(self, evidence: Evidence) -> None:
        """Read from Moodle what now is there, and keep it in the journal as evidence.

        Raises:
            NotConfirmed: The category, the course or the role in it does not show.
        """
        async with self._case(evidence.number) as (request, site):
            seen = await _seen(site, request, evidence)
        async with self._sessions.begin() as session:
            await store.write_once(session, evidence, Clause.SETUP, _checked(evidence), evidence=seen)

    @asynccontextmanager
    async def _case(self, number: str) -> AsyncIterator[tuple[Request, Site]]:
        async with self._sessions() as session:
            request = await session.get_one(Request, number)
        if request.subsystem not in self._sites:
            raise SiteMissing
        async with outages.journaled(self._sessions, number, Clause.SETUP):
            yield request, self._sites[request.subsystem]

    async def _category_of(self, request: Request, site: Site) -> int:
        """Moodle's id of the category that the course goes into: new, registered, or the first there is."""
        if request.category_name:
            idnumber = ids.category_idnumber(request.number)
            return (await site.moodle.ensure_category(request.category_name, idnumber, _TOP, "")).id
        categories = await _categories(site)
        if request.category is None:
            return min(one.id for one in categories if one.parent_id == _TOP)
        async with self._sessions() as session:
            registered = await session.get_one(Category, request.category)
        known = next((one.id for one in categories if one.id == registered.moodle_id), None)
        if known is not None:
            return known
        return await self._find_registered(registered, categories, site)

    async def _find_registered(self, registered: Category, categories: tuple[Found, ...], site: Site) -> int:
        """Appendix 1 knows names, not ids: find the category once, and remember it."""
        found = _by_name(registered.name, categories, site)
        if found is not None:
            moodle_id = found.id
        else:
            idnumber = f"{ids.IDNUMBER_PREFIX}appendix-{registered.number}"
            moodle_id = (await site.moodle.ensure_category(registered.name, idnumber, _TOP, "")).id
        async with self._sessions.begin() as session:
            row = await session.get_one(Category, registered.id)
            row.moodle_id = moodle_id
            row.url = row.url or site.category_url(moodle_id)
        return moodle_id


async def _categories(site: Site) -> tuple[Found, ...]:
    """All of them; a Moodle without any is one that shows the account nothing."""
    categories = await site.moodle.categories()
    if not categories:
        raise MoodleDenied("core_course_get_categories", "emptylist", site.url)
    return categories


def _by_name(name: str, categories: tuple[Found, ...], site: Site) -> Found | None:
    """The category of this name, letter by letter or else spelled otherwise."""
    exact = [one for one in categories if one.name.strip() == name.strip()]
    alike = exact or [one for one in categories if normalise(one.name) == normalise(name)]
    if len(alike) > 1:
        raise NotUnique("core_course_get_categories", "name", site.url)
    return alike[0] if alike else None


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


def split(name: str) -> tuple[str, str]:
    """«Иванова Мария Петровна» -> Иванова, Мария Петровна: the order that Russian papers use."""
    last_name, _, first_name = name.strip().partition(" ")
    return last_name, first_name.strip()


def _checked(evidence: Evidence) -> str:
    what = "Проверено в Moodle: что создано и какие права даны"
    if evidence.category_id is None:
        return what
    return f"{what}; не проверено: роль в категории (Moodle её не показывает)"


async def _seen(site: Site, request: Request, evidence: Evidence) -> dict[str, Any]:
    """What Moodle shows; a category's roles it shows nowhere, and the evidence says so."""
    seen: dict[str, Any] = {"site": site.url, "user_id": evidence.user_id}
    if evidence.category_id is not None:
        category = await site.moodle.find_category(ids.category_idnumber(request.number))
        if category is None:
            raise NotConfirmed
        seen["category"] = category.model_dump(mode="json")
        seen["category_url"] = site.category_url(evidence.category_id)
        seen["category_role"] = "назначена роль coursecreator; прочитать роли категории Moodle не даёт"
    if evidence.course_id is not None:
        course = await site.moodle.find_course(ids.course_idnumber(request.number))
        teacher = _enrolled(await site.moodle.enrolled(evidence.course_id), evidence.user_id)
        if course is None or teacher is None or not teacher.holds(site.moodle.roles.editing_teacher):
            raise NotConfirmed
        seen["course"] = course.model_dump(mode="json")
        seen["course_url"] = site.course_url(evidence.course_id)
        seen["course_roles"] = [role.shortname for role in teacher.roles]
    return seen


def _enrolled(participants: tuple[Participant, ...], user_id: int) -> Participant | None:
    return next((one for one in participants if one.id == user_id), None)
