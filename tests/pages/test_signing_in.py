"""Who gets in, how they get out, and what a form must carry."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from api.auth import Role, digest
from api.pages.visitors import COOKIE, Visitor
from devstack.keys import RESPONSIBLE_EMAIL
from models.tables import AccessEntry, SignedIn
from tests.api import words
from tests.engine import Engine
from tests.pages.people import HOME, Browsers, Person, SignIn, key_id, where


async def test_a_page_leads_to_signing_in_and_back(somebody: Browsers) -> None:
    person = await somebody()

    response = await person.http.get("/?clause=4.2", follow_redirects=False)

    assert response.status_code == 303
    assert response.headers["location"] == "/sign-in?next=/%3Fclause%3D4.2"


@pytest.mark.parametrize("role", [role.value for role in Role])
async def test_every_role_signs_in_and_sees_its_name(signed_in: SignIn, role: str) -> None:
    person = await signed_in(role)

    page = await person.page("/")

    assert "В работе" in page
    assert "Выйти" in page


async def test_the_page_offers_everybody_of_the_stand_once(stand: Engine, somebody: Browsers) -> None:
    page = await (await somebody()).page("/sign-in")

    for holder in ("Петров Сергей Ильич", "Иванова Мария Петровна", "Лебедева Ирина Павловна"):
        assert page.count(f"<b>{holder}</b>") == 1
    [card] = [card for card in page.split("</button>") if "<b>Иванова Мария Петровна</b>" in card]
    assert card.endswith(f"<span>{RESPONSIBLE_EMAIL}: открыты дела, где названа эта почта</span>")


async def test_signing_in_and_out_is_journaled(stand: Engine, signed_in: SignIn) -> None:
    secret = await words.issue(stand, Role.REVIEWER, "di", "Новиков")
    person = await signed_in(secret)
    await person.send("/sign-out")

    async with stand.sessions() as session:
        query = select(AccessEntry.what).where(col(AccessEntry.api_key) == await key_id(stand, secret))
        lines = (await session.scalars(query.order_by(col(AccessEntry.id)))).all()

    assert lines == ["Вход", "Выход"]
    assert where(await person.http.get("/", follow_redirects=False)) == "/sign-in"


async def test_an_old_cookie_is_nobodys_after_signing_out(stand: Engine, signed_in: SignIn) -> None:
    person = await signed_in("reviewer")
    cookie = person.http.cookies[COOKIE]
    await person.send("/sign-out")
    person.http.cookies.set(COOKIE, cookie)

    assert where(await person.http.get("/", follow_redirects=False)) == "/sign-in"


async def test_signing_in_gives_a_new_cookie(somebody: Browsers, stand: Engine) -> None:
    """What somebody else has put into the browser before is worth nothing."""
    person = await somebody()
    await person.page("/sign-in")
    before = person.http.cookies[COOKIE]

    await person.send("/sign-in", person=await key_id(stand, stand.keys["reviewer"]))

    assert person.http.cookies[COOKIE] != before


async def test_idleness_ends_it(stand: Engine, signed_in: SignIn) -> None:
    person = await signed_in("reviewer")
    await _seen_before(stand, person, stand.settings.session_idle - timedelta(minutes=1))
    assert (await person.open("/")).url.path == "/"
    await _seen_before(stand, person, stand.settings.session_idle + timedelta(seconds=1))

    assert (await person.open("/")).url.path == "/sign-in"


async def test_whoever_goes_on_working_stays(stand: Engine, signed_in: SignIn) -> None:
    person = await signed_in("reviewer")
    for _ in range(3):
        await _seen_before(stand, person, stand.settings.session_idle * 0.6)

        assert (await person.open("/")).url.path == "/"


async def _seen_before(stand: Engine, person: Person, ago: timedelta) -> None:
    mine = col(SignedIn.sha256) == digest(person.http.cookies[COOKIE])
    async with stand.sessions.begin() as session:
        row = (await session.scalars(select(SignedIn).where(mine))).one()
        row.seen_at = datetime.now(UTC) - ago


async def test_a_revoked_key_signs_its_holder_out(stand: Engine, signed_in: SignIn) -> None:
    secret = await words.issue(stand, Role.REVIEWER, "di", "Уволенный")
    person = await signed_in(secret)

    await words.revoke(stand, secret)

    assert (await person.open("/")).url.path == "/sign-in"


@pytest.mark.parametrize(
    "changes", [{"demo_sign_in": False}, {"public_url": "https://seo.example.org"}], ids=str
)
async def test_the_stands_page_is_not_there_elsewhere(engine: Engine, changes: dict[str, Any]) -> None:
    real = engine.api_with(**{"demo_sign_in": True, "public_url": HOME, **changes})
    await _refuses_demonstration(real, HOME)


async def test_the_stands_page_is_not_there_on_an_outer_interface(stand: Engine) -> None:
    await _refuses_demonstration(stand, "http://192.0.2.7:8000")


async def _refuses_demonstration(real: Engine, url: str) -> None:
    transport = httpx.ASGITransport(real.app)
    async with httpx.AsyncClient(transport=transport, base_url=url, headers={"Origin": url}) as http:
        page = await http.get("/sign-in")
        secret = page.headers["set-cookie"].partition("=")[2].partition(";")[0]
        answer = await http.post(
            "/sign-in",
            data={"token": Visitor(None, secret).token, "person": await key_id(real, real.keys["reviewer"])},
            headers={"Cookie": f"{COOKIE}={secret}"},
        )

    assert "Петров Сергей Ильич" not in page.text
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, None),
        ({}, "0" * 64),
        ({"Origin": "https://evil.example"}, "right"),
        ({"Origin": "null"}, "right"),
        ({"Origin": ""}, "right"),
    ],
    ids=["no-token", "wrong-token", "foreign", "null", "no-origin"],
)
async def test_a_form_that_is_not_ours_does_nothing(
    stand: Engine, signed_in: SignIn, headers: dict[str, str], token: str | None
) -> None:
    person = await signed_in("reviewer")
    number = await stand.file()
    data = {} if token is None else {"token": await person.token() if token == "right" else token}

    response = await person.http.post(f"/cases/{number}/claim", data=data, headers=headers)

    assert response.status_code == 403
    assert "Форма устарела" in response.text
    assert (await stand.row(number)).claimed_by is None


@pytest.mark.parametrize(
    "next", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"]
)
async def test_signing_in_leads_to_pages_of_ours_alone(stand: Engine, somebody: Browsers, next: str) -> None:
    person = await somebody()
    key = await key_id(stand, stand.keys["reviewer"])

    response = await person.send("/sign-in", person=key, next=next, follow=False)

    assert response.headers["location"] == "/"


async def test_headers_let_nothing_in(signed_in: SignIn) -> None:
    response = await (await signed_in("reviewer")).open("/")

    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} <= {
        one.strip() for one in policy.split(";")
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert "style=" not in response.text
    assert "<script>" not in response.text
    assert "onclick" not in response.text


async def test_the_cookie_is_for_the_server_alone(engine: Engine) -> None:
    for url, is_secure in (("http://127.0.0.1:8000", False), ("https://seo.example.org", True)):
        real = engine.api_with(public_url=url)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(real.app), base_url=url) as http:
            cookie = (await http.get("/sign-in")).headers["set-cookie"]

        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert ("Secure" in cookie) is is_secure
