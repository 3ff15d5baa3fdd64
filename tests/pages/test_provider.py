"""Signing in by OpenID Connect, with a real provider: who gets in as whom, and who doesn't."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlmodel import col, select

from api import keys
from api.pages.visitors import COOKIE
from models.tables import AccessEntry, ApiKey
from tests.engine import Engine
from tests.pages import provider as providers
from tests.pages.people import HOME
from tests.pages.provider import Provider

pytestmark = pytest.mark.skipif(providers.NODE is None or providers.NPM is None, reason=providers.NONE)

REVIEWER: dict[str, Any] = {"roles": ["reviewer"], "organisation": "di", "name": "Сергеев Илья"}
AGENCY: dict[str, Any] = {"roles": ["agency"], "organisation": "zdrav", "name": "Волкова Ольга"}
TEACHER = {
    "roles": ["responsible"],
    "organisation": "zdrav",
    "name": "Иванова Мария",
    "email": "M.Ivanova@example.org",
}


@pytest.fixture(scope="module")
async def provider(run_folder: Path) -> AsyncIterator[Provider]:
    async with providers.running(run_folder / "provider", HOME) as running:
        yield running


@pytest.fixture(scope="module")
def real(engine: Engine, provider: Provider) -> Engine:
    return engine.api_with(
        public_url=HOME,
        bad_calls_per_second=0,
        oidc_issuer=provider.issuer,
        oidc_client_id="seo",
        oidc_client_secret=SecretStr(providers.CLIENT_SECRET),
    )


@asynccontextmanager
async def browser(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    """It reaches the engine in this process and the provider by the network, with cookies for each."""
    async with AsyncExitStack() as stack:
        app = httpx.ASGITransport(engine.app, raise_app_exceptions=False)
        yield await stack.enter_async_context(
            httpx.AsyncClient(mounts={HOME: app}, base_url=HOME, follow_redirects=True, timeout=30)
        )


async def _row(engine: Engine, subject: str) -> ApiKey | None:
    async with engine.sessions() as session:
        query = select(ApiKey).where(col(ApiKey.subject).endswith(f" {subject}"))
        return (await session.scalars(query)).first()


async def _journal(engine: Engine, subject: str) -> list[str]:
    row = await _row(engine, subject)
    assert row
    async with engine.sessions() as session:
        query = select(AccessEntry.what).where(col(AccessEntry.api_key) == row.id)
        return list((await session.scalars(query.order_by(col(AccessEntry.id)))).all())


@pytest.fixture
def subject() -> str:
    return uuid4().hex


async def test_a_person_signs_in_and_comes_back_to_the_page(
    real: Engine, provider: Provider, subject: str
) -> None:
    await provider.next_is(sub=subject, **REVIEWER)
    async with browser(real) as http:
        asked = await http.get("/requests?stage=done")
        assert "Войти через учётную запись организации" in asked.text

        page = await http.get("/sign-in/start?next=/requests?stage=done")

        assert page.status_code == 200, page.text
        assert str(page.url) == f"{HOME}/requests?stage=done"
        assert "Сергеев Илья" in page.text
        assert "рассматривающий" in page.text


async def test_the_provider_is_asked_with_pkce_nonce_and_state(real: Engine, subject: str) -> None:
    async with browser(real) as http:
        response = await http.get("/sign-in/start", follow_redirects=False)

    asked = parse_qs(urlsplit(response.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{HOME}/sign-in/back"]
    assert asked["nonce"]
    assert asked["state"]


async def test_the_same_person_is_the_same_row_and_a_new_role_is_journaled(
    real: Engine, provider: Provider, subject: str
) -> None:
    await _sign_in(real, provider, sub=subject, **REVIEWER)
    first = await _row(real, subject)
    await _sign_in(real, provider, sub=subject, **{**REVIEWER, "roles": ["supervisor"]})
    second = await _row(real, subject)

    assert first
    assert second
    assert first.id == second.id
    assert (first.role, second.role) == ("reviewer", "supervisor")
    assert await _journal(real, subject) == [
        "Вход",
        "Смена роли: рассматривающий (di) → руководитель рассматривающих (di)",
        "Вход",
    ]


async def _sign_in(engine: Engine, provider: Provider, **claims: Any) -> httpx.Response:
    await provider.next_is(**claims)
    async with browser(engine) as http:
        return await http.get("/sign-in/start")


@pytest.mark.parametrize(
    "claims",
    [
        {**REVIEWER, "roles": []},
        {**REVIEWER, "roles": ["cleaner"]},
        {"organisation": "di"},
        {**REVIEWER, "organisation": "nowhere"},
        {"roles": ["reviewer"]},
        TEACHER,
        {**TEACHER, "email_verified": False},
    ],
    ids=[
        "no-roles",
        "unknown-role",
        "no-claim",
        "unknown-organisation",
        "no-organisation",
        "unverified",
        "false",
    ],
)
async def test_whoever_has_no_role_stays_outside(
    real: Engine, provider: Provider, subject: str, claims: dict[str, Any]
) -> None:
    page = await _sign_in(real, provider, sub=subject, **claims)

    assert page.status_code == 403
    assert await _row(real, subject) is None


async def test_a_responsible_is_known_by_a_verified_address(
    real: Engine, provider: Provider, subject: str
) -> None:
    page = await _sign_in(real, provider, sub=subject, **TEACHER, email_verified=True)

    row = await _row(real, subject)
    assert page.status_code == 200
    assert row
    assert row.email == "m.ivanova@example.org"


async def test_roles_go_by_the_settings(
    engine: Engine, provider: Provider, real: Engine, subject: str
) -> None:
    mapped = engine.api_with(
        **real.settings.model_dump(include={"public_url", "oidc_issuer", "oidc_client_id"}),
        oidc_client_secret=real.settings.oidc_client_secret,
        oidc_roles={"chief": "supervisor", "clerk": "reviewer"},
        oidc_organisation_claim="organisation.code",
    )
    claims = {"roles": ["clerk", "chief"], "organisation": {"code": "di"}, "name": "Орлова"}

    page = await _sign_in(mapped, provider, sub=subject, **claims)

    row = await _row(mapped, subject)
    assert page.status_code == 200
    assert row
    assert (row.role, row.organisation) == ("supervisor", "di")


async def test_whoever_gives_up_at_the_provider_is_told(real: Engine, provider: Provider) -> None:
    page = await _sign_in(real, provider)

    assert page.status_code == 403
    assert "Войдите ещё раз" in page.text


async def test_anothers_answer_and_a_used_one_open_nothing(
    real: Engine, provider: Provider, subject: str
) -> None:
    """The link of somebody else's sign-in, and the same link a second time."""
    await provider.next_is(sub=subject, **REVIEWER)
    async with browser(real) as http, browser(real) as other:
        step = await http.get("/sign-in/start", follow_redirects=False)
        while not step.headers["location"].startswith(HOME):
            step = await http.get(_next(step), follow_redirects=False)
        link = step.headers["location"]
        await other.get("/sign-in/start", follow_redirects=False)

        assert (await other.get(link)).status_code == 403
        assert (await http.get(link.replace("state=", "state=x"))).status_code == 403
        assert (await http.get(link)).status_code == 403
        assert COOKIE in http.cookies
    assert await _row(real, subject) is None


def _next(step: httpx.Response) -> str:
    return str(step.url.join(step.headers["location"]))


async def test_a_person_whom_the_administrator_shut_out_stays_outside(
    real: Engine, provider: Provider, subject: str
) -> None:
    await _sign_in(real, provider, sub=subject, **AGENCY)
    row = await _row(real, subject)
    assert row
    async with real.sessions.begin() as session:
        await keys.revoke(session, row.id or 0)

    page = await _sign_in(real, provider, sub=subject, **AGENCY)

    assert page.status_code == 403


async def test_signing_out_leads_to_the_provider(real: Engine, provider: Provider, subject: str) -> None:
    await provider.next_is(sub=subject, **REVIEWER)
    async with browser(real) as http:
        page = await http.get("/sign-in/start")
        token = page.text.split('name="token" value="')[1].split('"')[0]

        out = await http.post(
            "/sign-out", data={"token": token}, headers={"Origin": HOME}, follow_redirects=False
        )

        assert out.headers["location"].startswith(f"{provider.issuer}/session/end?")
        assert "id_token_hint" in out.headers["location"]
        assert f"form-action 'self' {provider.issuer}" in page.headers["Content-Security-Policy"]
        ended = await http.get(out.headers["location"])
        assert ended.status_code == 200, ended.text
        assert (await http.get("/")).url.path == "/sign-in"
    assert (await _journal(real, subject))[-1] == "Выход"


async def test_a_provider_that_is_away_is_told(engine: Engine) -> None:
    away = engine.api_with(public_url=HOME, oidc_issuer="http://127.0.0.1:9", oidc_client_id="seo")
    async with browser(away) as http:
        page = await http.get("/sign-in/start")

    assert page.status_code == 503
    assert "Поставщик входа сейчас не отвечает" in page.text


async def test_without_a_provider_there_is_no_such_way(engine: Engine) -> None:
    async with browser(engine.api_with(public_url=HOME)) as http:
        assert (await http.get("/sign-in/start")).status_code == 404
