"""What the stand-in keeps, what it keeps apart, and what it shows."""

import sqlite3
from pathlib import Path

import aiohttp
import pytest

from devstack.moodle import create_app, devstack_sites
from devstack.moodle.server import serving
from devstack.moodle.storage import Storage
from tests.moodle.standin_client import SITE_TOKENS, SiteClient, user_fields

CREATE = "core_user_create_users"
NEW_CATEGORY = {"categories[0][name]": "Охрана труда", "categories[0][idnumber]": "seo-1"}


def _client(session: aiohttp.ClientSession, address: str, token: str = SITE_TOKENS["edu"]) -> SiteClient:
    return SiteClient(session, f"{address}/edu", token)


async def test_the_state_survives_a_restart(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    file = tmp_path / "var" / "moodle.sqlite"
    async with serving(create_app(devstack_sites(**SITE_TOKENS), file)) as address:
        edu = _client(session, address)
        (category,) = await edu.call("core_course_create_categories", **NEW_CATEGORY)
        await edu.call(CREATE, **user_fields(1, 2))
        before = await edu.state()

    async with serving(create_app(devstack_sites(**SITE_TOKENS), file)) as address:
        edu = _client(session, address)
        after = await edu.state()
        taken = await edu.call("core_course_create_categories", **NEW_CATEGORY)
        (next_one,) = await edu.call("core_course_create_categories", **{"categories[0][name]": "Ещё"})

    assert after == before
    assert taken["errorcode"] == "categoryidnumbertaken"
    assert next_one["id"] > category["id"]


async def test_a_new_token_replaces_the_kept_one(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    file = tmp_path / "moodle.sqlite"
    async with serving(create_app(devstack_sites(**SITE_TOKENS), file)):
        pass

    fresh = SITE_TOKENS | {"edu": "f" * 32}
    async with serving(create_app(devstack_sites(**fresh), file)) as address:
        old = await _client(session, address).call("core_webservice_get_site_info")
        new = await _client(session, address, "f" * 32).call("core_webservice_get_site_info")

    assert old["errorcode"] == "invalidtoken"
    assert new["username"] == "wsseo"


async def test_a_refused_batch_leaves_nothing_in_the_state_file(
    session: aiohttp.ClientSession, tmp_path: Path
) -> None:
    file = tmp_path / "moodle.sqlite"
    batch = user_fields(1, 2) | {"users[1][email]": "not-an-email"}
    async with serving(create_app(devstack_sites(**SITE_TOKENS), file)) as address:
        answer = await _client(session, address).call(CREATE, **batch)

    rows = sqlite3.connect(file)
    bodies = [body for (body,) in rows.execute("SELECT body FROM site_rows WHERE kind = 'User'")]
    rows.close()
    assert answer["errorcode"] == "invalidparameter"
    assert not [body for body in bodies if "u1@example.org" in body]


async def test_passwords_are_not_in_the_state_file(session: aiohttp.ClientSession, tmp_path: Path) -> None:
    file = tmp_path / "moodle.sqlite"
    async with serving(create_app(devstack_sites(**SITE_TOKENS), file)) as address:
        await _client(session, address).call(CREATE, **user_fields(1))

    assert b"Pa55w0rd!x" not in _all_bytes(tmp_path)


def _all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_an_unwritable_place_is_reported_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(OSError, match="file"):
        Storage(tmp_path / "file" / "moodle.sqlite")


async def test_two_sites_share_nothing(edu: SiteClient, eledu: SiteClient) -> None:
    await edu.call(CREATE, **user_fields(1))
    await edu.fault(kind="503")

    assert "u1" not in await eledu.usernames()
    assert (await eledu.call("core_webservice_get_site_info"))["release"] == "2.8.5 (Build: 20150310)"


async def test_a_token_of_one_site_is_unknown_to_another(edu: SiteClient, eledu: SiteClient) -> None:
    stranger = SiteClient(edu.session, eledu.base, edu.token)

    assert (await stranger.call("core_webservice_get_site_info"))["errorcode"] == "invalidtoken"


async def test_the_united_platform_has_the_nine_categories_of_appendix_1(edu: SiteClient) -> None:
    categories = await edu.call("core_course_get_categories", moodlewssettingraw="true")
    names = [category["name"] for category in categories]

    assert names[0] == "Miscellaneous"
    assert names[1] == 'Курсы в рамках программы "Расширяя горизонты"'
    assert names[9] == "Обучение граждан предпенсионного возраста"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("/course/view.php?id=2", "Основы компьютерной грамотности"),
        ("/login/forgot_password.php", "Забыли пароль?"),
        ("/", "Единая платформа СЭО ТО"),
    ],
)
async def test_a_browser_gets_small_pages(edu: SiteClient, page: str, text: str) -> None:
    async with edu.session.get(edu.base + page) as response:
        assert response.status == 200
        assert text in await response.text()


async def test_an_unknown_course_has_no_page(edu: SiteClient) -> None:
    async with edu.session.get(f"{edu.base}/course/view.php?id=999") as response:
        assert response.status == 404
