"""Clause 4.8 in Moodle: the predecessor's rights go and are read back, the successor's are given.

What Moodle shows of a right it shows only while the person is enrolled, so every course and category is
proven and written down by itself: an attempt that is killed leaves what it had seen.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from temporalio import activity

from activities import outages, proofs
from activities.moodle import split
from activities.proofs import Group
from activities.sites import Site, Sites
from clients.moodle import NotFound, Presence, username_for
from models import holdings, store
from models.errors import ContactMissing, MadeByHand, NotConfirmed, SiteMissing
from models.holdings import Held
from models.replacement import InSubsystem
from models.tables import Account, Course, Person, ReplacementRow
from models.terms import Clause

_CLAUSE = Clause.REPLACEMENT


@dataclass(frozen=True)
class _There:
    """A case in one subsystem."""

    site: Site
    row: ReplacementRow
    held: list[Held]


class RemovalActivities:
    """Activities on the rights of whoever goes and whoever comes."""

    def __init__(self, sessions: store.Sessions, sites: Sites) -> None:
        self._sessions = sessions
        self._sites = sites

    @activity.defn
    async def remove_rights(self, step: InSubsystem) -> None:
        """Take the predecessor's rights in one subsystem, read back, keep the proof.

        Raises:
            MadeByHand: The account, a course or a category is one that the engine has no number of.
            NotConfirmed: A right still shows.
            SiteMissing: The subsystem has no web services.
        """
        async with self._there(step) as there:
            user_id = await self._account(step.subsystem, there)
            presence = (await there.site.moodle.presence([user_id], asyncio.Semaphore(1)))[user_id]
            if presence is Presence.ABSENT:
                await self._keep(step, {f"{step.subsystem}/account": {"absent": True}})
            else:
                for group in await self._groups(step.subsystem, there, user_id):
                    await self._remove(step, there.site, user_id, group)
            await self._conclude(step, there)

    @activity.defn
    async def grant_rights(self, step: InSubsystem) -> None:
        """The successor's account is found or made, and gets the role of teacher; read back.

        Raises:
            ContactMissing: No e-mail is known.
            MadeByHand, NotConfirmed, SiteMissing: As above.
        """
        async with self._there(step) as there:
            async with self._sessions() as session:
                person = await session.get_one(Person, there.row.successor)
            user_id = await self._ensure_account(step, there.site, person)
            _check_numbers(there.held)
            for one in there.held:
                await _grant(there.site, one, user_id)
            what = f"Новому ответственному лицу дана роль «учитель» ({step.subsystem}): {len(there.held)}"
            async with self._sessions.begin() as session:
                evidence = {"site": there.site.url, "user_id": user_id, "of": [one.key for one in there.held]}
                await store.write_once(session, step, _CLAUSE, what, evidence=evidence)

    @asynccontextmanager
    async def _there(self, step: InSubsystem) -> AsyncIterator[_There]:
        async with self._sessions() as session:
            row = await session.get_one(ReplacementRow, step.number)
            held = await holdings.of(session, step.number)
        if step.subsystem not in self._sites:
            raise SiteMissing
        async with outages.journaled(self._sessions, step.number, _CLAUSE):
            mine = [one for one in held if one.subsystem == step.subsystem]
            yield _There(self._sites[step.subsystem], row, mine)

    # Of whoever goes

    async def _account(self, subsystem: str, there: _There) -> int:
        """Moodle's id of the predecessor: as it was entered at setup, else by e-mail."""
        query = select(col(Account.moodle_id)).where(
            col(Account.subsystem) == subsystem, col(Account.person) == there.row.person
        )
        async with self._sessions() as session:
            known = (await session.scalars(query)).first()
            person = await session.get_one(Person, there.row.person)
        if known is not None:
            return known
        found = await there.site.moodle.find_user_by_email(person.email) if person.email else None
        if found is None:
            raise MadeByHand
        return found.id

    async def _groups(self, subsystem: str, there: _There, user_id: int) -> list[Group]:
        """Each category with the courses in it, for they show whether its role is gone; the rest alone."""
        listed = {
            one.id: one.category_id
            for one in (await there.site.moodle.courses() if any(h.category for h in there.held) else ())
        }
        courses = {one.moodle_id: one.key for one in there.held if one.course and one.moodle_id}
        begun = await self._proof(there.row.number)
        groups = []
        for held in there.held:
            if held.category and held.moodle_id:
                inside = {
                    id: courses.pop(id, None) for id, parent in listed.items() if parent == held.moodle_id
                }
                others = await self._of_others(subsystem, set(inside))
                found = {id: key for id, key in inside.items() if key or id not in others}
                group = Group(subsystem, found, held.key, held.moodle_id)
                groups.append(await _taught(there.site, group, user_id, begun))
        return groups + [Group(subsystem, {id: key}) for id, key in courses.items()]

    async def _of_others(self, subsystem: str, ids: set[int]) -> set[int]:
        """Courses of the register: those of them that the person has had are known by their key."""
        query = select(col(Course.moodle_id)).where(
            col(Course.subsystem) == subsystem, col(Course.moodle_id).in_(ids)
        )
        async with self._sessions() as session:
            return {one for one in (await session.scalars(query)).all() if one is not None}

    async def _remove(self, step: InSubsystem, site: Site, user_id: int, group: Group) -> None:
        before = await self._proof(step.number)
        await self._keep(step, await _first_sight(site, user_id, group, before))
        proof = await site.moodle.remove_rights(user_id, list(group.courses), group.category_ids)
        await self._keep(step, proofs.told(group, proof))

    async def _conclude(self, step: InSubsystem, there: _There) -> None:
        """One line in the journal: removed, read back, not shown."""
        proof = proofs.of_subsystem(await self._proof(step.number), step.subsystem)
        if proofs.is_unclean(proof):
            raise NotConfirmed
        _check_numbers(there.held)
        async with self._sessions.begin() as session:
            what = proofs.in_words(step.subsystem, proof)
            evidence = {"site": there.site.url, **proof}
            await store.write_once(session, step, _CLAUSE, what, evidence=evidence)

    async def _proof(self, number: str) -> dict[str, Any]:
        async with self._sessions() as session:
            return dict((await session.get_one(ReplacementRow, number)).proof)

    async def _keep(self, step: InSubsystem, seen: dict[str, Any]) -> None:
        """Add to the proof, at once; what an earlier attempt saw stays where this one could see less."""
        async with self._sessions.begin() as session:
            row = await session.get_one(ReplacementRow, step.number, with_for_update=True)
            row.proof = proofs.merged(row.proof, seen)

    # Of whoever comes

    async def _ensure_account(self, step: InSubsystem, site: Site, person: Person) -> int:
        if not person.email:
            raise ContactMissing
        last_name, first_name = split(person.name)
        username = username_for(last_name, first_name, key=person.email.lower())
        found = await site.moodle.ensure_user(username, person.email, first_name or last_name, last_name)
        account = {
            "subsystem": step.subsystem,
            "moodle_id": found.id,
            "person": person.id,
            "username": "",
            "email": person.email,
            "made_by": step.number if found.created else None,
            "made_at": func.now() if found.created else None,
        }
        statement = insert(Account).values(account)
        key = ["subsystem", "moodle_id"]
        async with self._sessions.begin() as session:
            await session.execute(
                statement.on_conflict_do_update(index_elements=key, set_={"person": person.id})
            )
        return found.id


async def _taught(site: Site, group: Group, user_id: int, begun: dict[str, Any]) -> Group:
    """Of the courses in Moodle alone those that the person teaches, or taught until an attempt began."""
    taught = {
        course_id: key
        for course_id, key in group.courses.items()
        if key or group.key(course_id) in begun or await _is_teacher(site, course_id, user_id)
    }
    return replace(group, courses=taught)


async def _is_teacher(site: Site, course_id: int, user_id: int) -> bool:
    role = site.moodle.roles.editing_teacher
    return any(one.id == user_id and one.holds(role) for one in await site.moodle.enrolled(course_id))


async def _first_sight(site: Site, user_id: int, group: Group, before: dict[str, Any]) -> dict[str, Any]:
    """Who is enrolled before anything is taken: a killed attempt would take that along."""
    seen: dict[str, Any] = {}
    for course_id in group.courses:
        key = group.key(course_id)
        if key in before:
            seen[key] = {"interrupted": "can_build" not in before[key]}
            continue
        try:
            enrolled = user_id in await site.moodle.enrolled_ids(course_id)
        except NotFound:
            enrolled = False
        seen[key] = {"moodle_id": course_id, "was_enrolled": enrolled}
    return seen


def _check_numbers(held: list[Held]) -> None:
    if any(one.moodle_id is None for one in held):
        raise MadeByHand


async def _grant(site: Site, one: Held, user_id: int) -> None:
    """Full rights to build, as clause 4.3 gives them; what Moodle shows is read back."""
    assert one.moodle_id is not None
    if one.category is not None:
        await site.moodle.ensure_course_creator(one.moodle_id, user_id)
        return
    await site.moodle.ensure_teacher(one.moodle_id, user_id)
    if not await _is_teacher(site, one.moodle_id, user_id):
        raise NotConfirmed
