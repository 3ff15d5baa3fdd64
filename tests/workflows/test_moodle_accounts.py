"""The service account is checked before a case needs it: every lack is named, and told to the operator."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from sqlmodel import col, select

from activities.accounts import Accounts, inspect
from activities.catalogue import Catalogue
from activities.sites import Site, Sites
from clients.moodle import Finding, MoodleClient, MoodleUnavailable, check_account, open_session
from clients.moodle.needs import COURSE_CREATOR, EDITING_TEACHER, NEEDED_FUNCTIONS
from devstack.moodle import create_app, devstack_sites
from devstack.moodle.administration import Administrator
from devstack.moodle.rights import COURSE_CREATOR as COURSE_CREATOR_ROLE
from devstack.moodle.rights import DEVSTACK_SERVICE, SERVICE
from devstack.moodle.rights import EDITING_TEACHER as EDITING_TEACHER_ROLE
from devstack.moodle.server import serving
from models.tables import Task
from models.tasks import TaskKind
from tests.engine import SITES, Engine, Json

ROOT = Path(__file__).parents[2]
any_site = pytest.mark.parametrize("site", SITES)

# What a release lacks in itself, and nobody can give.
LACKS = {
    "edu": [],
    "eledu": [
        "enrol_manual_unenrol_users",
        "tool_mobile_get_public_config",
        "core_completion_get_course_completion_status",
        "core_completion_get_activities_completion_status",
        "usernames",
    ],
    "eiok": [],
}


class Moodles(NamedTuple):
    """Three Moodles of a test's own: looked at as by the engine, changed as by an administrator."""

    address: str
    http: aiohttp.ClientSession
    sites: Sites
    administrators: dict[str, Administrator]

    async def fault(self, kind: str, *, site: str = "edu", **more: Any) -> None:
        async with self.http.post(f"{self.address}/{site}/_faults", json={"kind": kind, **more}) as got:
            assert got.status == 200

    async def heal(self, site: str = "edu") -> None:
        async with self.http.delete(f"{self.address}/{site}/_faults") as got:
            assert got.status == 200

    async def state(self, site: str) -> Json:
        async with self.http.get(f"{self.address}/{site}/_state") as got:
            return dict(await got.json())

    def take_away(self, site: str, *capabilities: str) -> None:
        left = [one for one in DEVSTACK_SERVICE if one not in capabilities]
        self.administrators[site].change_role(SERVICE, capabilities=left)

    def give_back(self, site: str) -> None:
        self.take_away(site)

    async def check(self, site: str) -> list[Finding]:
        return await check_account(self.sites[site].moodle)


@pytest.fixture
async def moodles() -> AsyncIterator[Moodles]:
    app = create_app(devstack_sites(**dict.fromkeys(SITES, "token")))
    async with serving(app) as address, open_session() as http:
        sites = {
            site: Site(
                f"{address}/{site}",
                MoodleClient(http, f"{address}/{site}", "token", timeout=timedelta(seconds=5)),
            )
            for site in SITES
        }
        administrators = {site: Administrator(app.state.sites[site]) for site in SITES}
        yield Moodles(address, http, sites, administrators)


def needed(findings: list[Finding], *, blocking: bool = True) -> list[str]:
    return [finding.needed for finding in findings if finding.blocking is blocking]


# What is found


@any_site
async def test_the_account_that_the_checklist_asks_for_may_do_all(moodles: Moodles, site: str) -> None:
    findings = await moodles.check(site)

    assert needed(findings) == []
    assert set(needed(findings, blocking=False)) <= {*LACKS[site], "moodle/user:viewalldetails"}
    assert set(LACKS[site]) <= set(needed(findings, blocking=False))


@any_site
async def test_the_check_changes_nothing(moodles: Moodles, site: str) -> None:
    before = await moodles.state(site)

    await moodles.check(site)

    after = await moodles.state(site)
    for table in ("users", "courses", "categories", "enrolments", "role_assignments"):
        # the older releases stamp an account that calls
        assert [{**row, "lastaccess": 0} for row in after[table]] == [
            {**row, "lastaccess": 0} for row in before[table]
        ]


@pytest.mark.parametrize(
    "capability",
    [
        "moodle/category:manage",
        "moodle/course:create",
        "moodle/course:update",
        "moodle/course:view",
        "moodle/user:create",
        "moodle/user:viewdetails",
        "moodle/site:viewuseridentity",
        "enrol/manual:enrol",
        "moodle/course:viewparticipants",
    ],
)
@any_site
async def test_a_missing_capability_is_named(moodles: Moodles, site: str, capability: str) -> None:
    moodles.take_away(site, capability)

    assert capability in needed(await moodles.check(site))


@any_site
async def test_hidden_courses_that_are_not_shown_are_named(moodles: Moodles, site: str) -> None:
    moodles.administrators[site].add_course(2, "Скрытый курс", "hidden", visible=0)
    moodles.take_away(site, "moodle/course:viewhiddencourses")

    first = next(finding for finding in await moodles.check(site) if finding.blocking)

    assert first.needed == "moodle/course:view"
    assert "moodle/course:viewhiddencourses" in first.why


@any_site
async def test_without_the_right_to_give_roles_both_are_named(moodles: Moodles, site: str) -> None:
    moodles.take_away(site, "moodle/role:assign")

    assert {COURSE_CREATOR, EDITING_TEACHER} <= set(needed(await moodles.check(site)))


@pytest.mark.parametrize(
    ("role", "name"), [(COURSE_CREATOR_ROLE, COURSE_CREATOR), (EDITING_TEACHER_ROLE, EDITING_TEACHER)]
)
@any_site
async def test_a_role_that_may_not_be_given_is_named(
    moodles: Moodles, site: str, role: int, name: str
) -> None:
    given = [COURSE_CREATOR_ROLE, EDITING_TEACHER_ROLE]
    moodles.administrators[site].change_role(SERVICE, may_assign=[one for one in given if one != role])

    found = needed(await moodles.check(site))

    assert name in found
    assert {COURSE_CREATOR, EDITING_TEACHER} & set(found) == {name}


@any_site
async def test_every_function_that_the_service_lacks_is_named(moodles: Moodles, site: str) -> None:
    moodles.administrators[site].change_token("token", functions=["core_webservice_get_site_info"])

    assert tuple(needed(await moodles.check(site))) == NEEDED_FUNCTIONS


@any_site
@pytest.mark.parametrize("cause", ["revoked", "services off", "protocol", "suspended"])
async def test_a_token_that_does_not_work_is_named(moodles: Moodles, site: str, cause: str) -> None:
    administrator = moodles.administrators[site]
    match cause:
        case "revoked":
            administrator.change_token("token", value="another")
        case "services off":
            administrator.change_settings(webservices=False)
        case "protocol":
            moodles.take_away(site, "webservice/rest:use")
        case _:
            account = administrator.db.users.where(username="wsseo")[0]
            administrator.change_user(account.id, suspended=True)

    assert needed(await moodles.check(site)) == ["token"]


@any_site
async def test_hidden_addresses_are_named(moodles: Moodles, site: str) -> None:
    await moodles.fault("hidden_email", site=site)

    assert needed(await moodles.check(site)) == ["moodle/site:viewuseridentity"]


@any_site
async def test_a_password_to_be_changed_is_named(moodles: Moodles, site: str) -> None:
    await moodles.fault("empty_lists", site=site)

    found = needed(await moodles.check(site))

    # 2.8.5 asks for the password in courses only, and there it refuses
    assert found == ["auth_forcepasswordchange"] if site != "eledu" else found


@pytest.mark.parametrize("kind", ["down", "503", "html", "truncated"])
async def test_a_moodle_out_of_reach_is_no_finding(moodles: Moodles, kind: str) -> None:
    await moodles.fault(kind)

    with pytest.raises(MoodleUnavailable):
        await moodles.check("edu")
    edu, *others = await inspect(moodles.sites)
    assert (edu.is_reached, edu.findings) == (False, ())
    assert all(one.is_reached for one in others)


# What the operator sees


async def open_tasks(engine: Engine) -> dict[str, str]:
    """The operator's open tasks on accounts, as the API lists them: the lack, and the subsystem."""
    rows = [one for one in await engine.get("operator", "/tasks") if one["kind"] == TaskKind.MOODLE_ACCOUNT]
    assert all(one["number"] is None for one in rows)
    return {one["why"].split(". ")[0].split(": ", 1)[1]: one["why"].split(":")[0] for one in rows}


async def test_a_blocking_finding_is_a_task_until_it_is_gone(engine: Engine, moodles: Moodles) -> None:
    accounts = Accounts(engine.sessions, Catalogue(engine.sessions, moodles.sites))
    moodles.take_away("eiok", "moodle/user:create", "moodle/course:create")
    await accounts.round()
    both = await open_tasks(engine)

    moodles.take_away("eiok", "moodle/course:create")
    await accounts.round()
    one = await open_tasks(engine)

    moodles.give_back("eiok")
    await accounts.round()
    none = await open_tasks(engine)

    assert both == {"moodle/user:create": "eiok", "moodle/course:create": "eiok"}
    assert one == {"moodle/course:create": "eiok"}
    assert none == {}


async def test_a_finding_seen_again_is_one_task_and_one_that_comes_back_is_open_again(
    engine: Engine, moodles: Moodles
) -> None:
    accounts = Accounts(engine.sessions, Catalogue(engine.sessions, moodles.sites))
    for is_lacking in (True, True, False, True):
        moodles.take_away("edu", *["moodle/user:create"] * is_lacking)
        await accounts.round()

    query = select(Task).where(col(Task.workflow_id) == "moodle-edu", col(Task.step) == "moodle/user:create")
    async with engine.sessions() as session:
        [task] = (await session.scalars(query)).all()
    assert task.closed_at is None
    assert "Без него не создать учётную запись ответственного лица (п. 4.3)" in task.why
    moodles.give_back("edu")
    await accounts.round()


async def test_a_moodle_out_of_reach_leaves_its_tasks_as_they_are_until_it_is_back(
    engine: Engine, moodles: Moodles
) -> None:
    accounts = Accounts(engine.sessions, Catalogue(engine.sessions, moodles.sites))
    moodles.take_away("edu", "moodle/user:create")
    await accounts.round()
    moodles.give_back("edu")

    await moodles.fault("down")
    await accounts.round()
    while_down = await open_tasks(engine)
    await moodles.heal()
    await accounts.round()

    assert while_down == {"moodle/user:create": "edu"}
    assert await open_tasks(engine) == {}


async def test_what_is_only_wished_for_is_no_task(engine: Engine, moodles: Moodles) -> None:
    await Accounts(engine.sessions, Catalogue(engine.sessions, moodles.sites)).round()

    assert await open_tasks(engine) == {}


async def test_a_round_that_fails_is_not_the_end_of_checking(moodles: Moodles) -> None:
    failures, failed_twice = [], asyncio.Event()

    class Away:
        """Postgres is away."""

        def begin(self) -> Any:
            failures.append("away")
            if len(failures) > 1:
                failed_twice.set()
            raise OSError

    away: Any = Away()
    checking = Accounts(away, Catalogue(away, moodles.sites), every=timedelta(0))
    running = asyncio.create_task(checking.run())

    await asyncio.wait_for(failed_twice.wait(), timeout=10)

    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


# The command


async def test_the_command_says_what_each_moodle_lacks_and_fails_when_something_blocks(
    engine: Engine, moodles: Moodles
) -> None:
    moodles.take_away("edu", "moodle/user:create")

    code, said = await _command(engine, moodles)

    assert code == 1, said
    assert f"edu ({moodles.address}/edu): работать нельзя" in said
    assert "нет: moodle/user:create — Без него не создать учётную запись" in said
    assert f"eiok ({moodles.address}/eiok): " in said
    assert said.count("работать нельзя") == 1


async def _command(engine: Engine, moodles: Moodles) -> tuple[int, str]:
    """`python -m worker check`: its exit code and what it says."""
    plain = engine.settings.model_dump(mode="json", include={"public_url", "smtp_host", "mail_sender"})
    sites = {site: {"url": f"{moodles.address}/{site}", "token": "token"} for site in SITES}
    people = ("reviewer", "supervisor", "authority", "authority_head", "operator", "operator_head")
    environment = {
        **os.environ,
        **{f"SEO_{name.upper()}": value for name, value in plain.items()},
        **{f"SEO_{name.upper()}_EMAIL": f"{name}@example.org" for name in people},
        "SEO_DATABASE_URL": "postgresql+psycopg://nobody@localhost/none",
        "SEO_MOODLE_SITES": json.dumps(sites),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", "check", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
