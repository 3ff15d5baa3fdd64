"""The command line of an installation, on the real Postgres and Temporal."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api import cli
from api.cli import app
from models.settings import settings
from models.signing import SigningKey
from tests.api import words
from tests.engine import Engine, request_form

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def environment(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, str]]:
    """What an installation sets, pointing to the engine's parts; the terminal is wide."""
    monkeypatch.setattr(cli.console, "width", 300)
    config = engine.settings
    people = ("reviewer", "supervisor", "authority", "authority_head", "operator", "operator_head")
    settings.cache_clear()
    yield {
        "SEO_DATABASE_URL": config.database_url.get_secret_value(),
        "SEO_TEMPORAL_ADDRESS": config.temporal_address,
        "SEO_PUBLIC_URL": config.public_url,
        "SEO_SMTP_HOST": config.smtp_host,
        "SEO_MAIL_SENDER": str(config.mail_sender),
        **{f"SEO_{one.upper()}_EMAIL": f"{one}@example.org" for one in people},
    }
    settings.cache_clear()


async def _run(environment: dict[str, str], *arguments: str) -> Result:
    # In a thread: the command has an event loop of its own.
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, arguments, env=environment))


async def _issue(environment: dict[str, str], role: str, organisation: str, holder: str = "Проверка") -> str:
    issued = await _run(
        environment, "keys", "issue", "--role", role, "--organisation", organisation, "--holder", holder
    )
    assert issued.exit_code == 0, issued.output
    return issued.output.strip()


async def _number_of(environment: dict[str, str], holder: str) -> str:
    """The number by which a key is revoked."""
    listed = await _run(environment, "keys", "list")
    (row,) = [line for line in listed.output.splitlines() if holder in line]
    return row.replace("│", " ").split()[0]


async def test_a_key_works_from_issue_to_revocation(engine: Engine, environment: dict[str, str]) -> None:
    key = await _issue(environment, "reviewer", "di", "Отзываемый Ключ")
    before = await engine.call(key, "GET", "/requests")

    revoked = await _run(environment, "keys", "revoke", await _number_of(environment, "Отзываемый Ключ"))

    assert (before.status_code, revoked.exit_code) == (200, 0)
    assert words.problem(await engine.call(key, "GET", "/requests"), 401) == "unauthenticated"


async def test_a_key_is_shown_once_and_neither_listed_nor_logged(
    environment: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    key = await _issue(environment, "agency", "trud", "Показанный Однажды")

    listed = await _run(environment, "keys", "list")
    assert "Показанный Однажды" in listed.output
    assert key not in listed.output
    assert key not in caplog.text


async def test_a_key_for_nobodys_organisation_is_not_issued(environment: dict[str, str]) -> None:
    response = await _run(
        environment, "keys", "issue", "--role", "agency", "--organisation", "nobody", "--holder", "Никто"
    )

    assert response.exit_code == 1
    assert "Организации «nobody» нет" in response.output


async def test_a_responsibles_key_needs_the_address_by_which_their_cases_are_known(
    engine: Engine, environment: dict[str, str]
) -> None:
    email = "Vera.Kliueva@example.org"
    arguments = ("keys", "issue", "--role", "responsible", "--organisation", "zdrav", "--holder", "Вера")
    number = await engine.file(responsible={**request_form()["responsible"], "email": email.lower()})

    without = await _run(environment, *arguments)
    issued = await _run(environment, *arguments, "--email", email)

    assert without.exit_code == 1
    assert "нужна его почта" in without.output
    page = await engine.get(issued.output.strip(), "/requests")
    assert [item["number"] for item in page["items"]] == [number]


async def test_a_key_for_an_unknown_role_is_not_issued(environment: dict[str, str]) -> None:
    response = await _run(
        environment, "keys", "issue", "--role", "tsar", "--organisation", "di", "--holder", "Никто"
    )

    assert response.exit_code == 2


async def test_a_key_that_is_not_in_force_is_not_revoked(environment: dict[str, str]) -> None:
    response = await _run(environment, "keys", "revoke", "999999")

    assert response.exit_code == 1
    assert "Действующего ключа 999999 нет" in response.output


async def test_a_new_organisation_files_once_it_has_its_addresses(
    engine: Engine, environment: dict[str, str]
) -> None:
    addresses = ("--email", "new@example.org", "--head-email", "head@example.org")

    nameless = await _run(environment, "organisations", "set", "newcomer", *addresses)
    named = await _run(
        environment, "organisations", "set", "newcomer", *addresses, "--name", "Новое учреждение"
    )

    assert (nameless.exit_code, named.exit_code) == (1, 0)
    assert "--name" in nameless.output
    listed = await _run(environment, "organisations", "list")
    assert "Новое учреждение" in listed.output
    key = await _issue(environment, "agency", "newcomer")
    response = await engine.post(key, "/requests", request_form())
    assert response.status_code == 201, response.text


async def test_an_organisation_without_addresses_cannot_file_until_it_has_them(
    engine: Engine, environment: dict[str, str]
) -> None:
    name = ("--name", "Учреждение без почты")
    await _run(environment, "organisations", "set", "silent", "--email", "", "--head-email", "", *name)
    key = await _issue(environment, "agency", "silent")

    before = await engine.post(key, "/requests", request_form())
    await _run(
        environment,
        "organisations",
        "set",
        "silent",
        "--email",
        "a@example.org",
        "--head-email",
        "b@example.org",
    )
    after = await engine.post(key, "/requests", request_form())

    assert words.problem(before, 409) == "organisation-without-address"
    assert after.status_code == 201, after.text


@pytest.mark.parametrize(
    ("code", "email"),
    [("newcomer2", "two@@example.org"), ("newcomer2", "вера@example.org"), ("Новый-код", "a@example.org")],
)
async def test_nonsense_is_not_entered(environment: dict[str, str], code: str, email: str) -> None:
    response = await _run(
        environment,
        "organisations",
        "set",
        code,
        "--email",
        email,
        "--head-email",
        "head@example.org",
        "--name",
        "Имя",
    )

    assert response.exit_code in (1, 2)
    listed = await _run(environment, "organisations", "list")
    assert code not in listed.output


async def test_without_postgres_a_command_says_so(environment: dict[str, str]) -> None:
    away = {**environment, "SEO_DATABASE_URL": "postgresql+psycopg://seo@127.0.0.1:1/seo"}

    response = await _run(away, "keys", "list")

    assert response.exit_code == 1
    assert "База данных недоступна" in response.output


@pytest.mark.parametrize(("address", "code"), [(None, 0), ("127.0.0.1:1", 1)])
async def test_the_command_that_talks_to_temporal_ends_with_the_code_it_earned(
    engine: Engine, environment: dict[str, str], address: str | None, code: int
) -> None:
    elsewhere = {"SEO_TEMPORAL_ADDRESS": address} if address else {}

    ended = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "api.cli", "temporal", "register"],
        env={**os.environ, **environment, **elsewhere},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert ended.returncode == code, ended.stderr


async def test_the_public_key_is_told_and_the_secret_one_never(environment: dict[str, str]) -> None:
    secret = "5e" * 32

    told = await _run({**environment, "SEO_SIGNING_KEY": secret}, "signing-key")

    assert told.output.strip() == SigningKey.read(secret).public
    assert secret not in told.output


async def test_without_a_signing_key_there_is_none_to_tell(environment: dict[str, str]) -> None:
    told = await _run(environment, "signing-key")

    assert (told.exit_code, "SEO_SIGNING_KEY" in told.output) == (1, True)
