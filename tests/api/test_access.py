"""Organisations and keys over HTTP: entered, issued, shown once, revoked."""

from uuid import uuid4

import pytest
from sqlmodel import col, select

from models.tables import AccessEntry, IdempotencyRecord
from tests.api import words
from tests.engine import Engine, Json, request_form


def _agency() -> Json:
    return {"role": "agency", "organisation": "zdrav", "holder": "Проверка ключей"}


async def _journal(engine: Engine, key: int) -> list[str]:
    query = select(AccessEntry.what).where(col(AccessEntry.api_key) == key).order_by(col(AccessEntry.id))
    async with engine.sessions() as session:
        return list((await session.scalars(query)).all())


async def test_a_key_works_from_its_issue_to_its_revocation_and_both_are_journaled(engine: Engine) -> None:
    issued = (await engine.post("admin", "/keys", _agency())).json()

    assert (await engine.call(issued["secret"], "GET", "/requests")).status_code == 200
    [listed] = [one for one in await engine.get("admin", "/keys") if one["id"] == issued["id"]]
    assert listed == {name: issued[name] for name in issued if name != "secret"}

    assert (await engine.call("admin", "DELETE", f"/keys/{issued['id']}")).status_code == 204
    assert (await engine.call(issued["secret"], "GET", "/requests")).status_code == 401
    again = await engine.call("admin", "DELETE", f"/keys/{issued['id']}")
    assert words.problem(again, 404) == "not-found"
    assert [what.split(":")[0] for what in await _journal(engine, issued["id"])] == [
        "Ключ выдан",
        "Ключ отозван",
    ]


async def test_a_repetition_issues_nothing_and_shows_no_key_and_none_is_kept(engine: Engine) -> None:
    key = uuid4().hex

    first = (await engine.post("admin", "/keys", _agency(), key=key)).json()
    again = (await engine.post("admin", "/keys", _agency(), key=key)).json()

    assert first["secret"].startswith("seo_")
    assert again == {**first, "secret": None}
    async with engine.sessions() as session:
        query = select(IdempotencyRecord.answer).where(col(IdempotencyRecord.key) == key)
        kept = (await session.scalars(query)).one()
    assert first["secret"] not in str(kept)


async def test_an_administrator_does_not_lock_themselves_out(engine: Engine) -> None:
    body = {"role": "admin", "organisation": "di", "holder": "Второй администратор"}
    second = (await engine.post("admin", "/keys", body)).json()

    own = await engine.call(second["secret"], "DELETE", f"/keys/{second['id']}")

    assert words.problem(own, 409) == "own-key"
    assert (await engine.call("admin", "DELETE", f"/keys/{second['id']}")).status_code == 204


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"organisation": "nobody"}, "organisation"),
        ({"organisation": ""}, "organisation"),
        ({"organisation": "a\0b"}, "organisation"),
        ({"holder": " "}, "holder"),
        ({"role": "tsar"}, "role"),
        ({"role": "responsible"}, "email"),
        ({"role": "responsible", "email": "вера@"}, "email"),
    ],
)
async def test_a_key_for_nobody_is_not_issued(engine: Engine, changes: Json, field: str) -> None:
    response = await engine.post("admin", "/keys", {**_agency(), **changes})

    assert words.problem(response, 422) == "invalid"
    assert [one["field"] for one in response.json()["fields"]] == [field]


async def test_an_organisation_is_entered_and_then_files(engine: Engine) -> None:
    code = f"new-{uuid4().hex[:8]}"
    body = {"code": code, "name": "Новое", "email": "", "head_email": ""}
    await engine.post("admin", "/organisations", body)
    issued = (await engine.post("admin", "/keys", {**_agency(), "organisation": code})).json()

    before = await engine.post(issued["secret"], "/requests", request_form())
    addresses = {"code": code, "email": "new@example.org", "head_email": "head@example.org"}
    await engine.post("admin", "/organisations", addresses)
    after = await engine.post(issued["secret"], "/requests", request_form())

    assert words.problem(before, 409) == "organisation-without-address"
    assert after.status_code == 201, after.text
    assert {**addresses, "name": "Новое"} in await engine.get("admin", "/organisations")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "unnamed"}, "name"),
        ({"code": "Новая", "name": "Имя"}, "code"),
        ({"code": "a" * 51, "name": "Имя"}, "code"),
        ({"code": "", "name": "Имя"}, "code"),
        ({"code": "fine", "name": "Имя", "email": "two@@example.org"}, "email"),
    ],
)
async def test_nonsense_is_no_organisation(engine: Engine, body: Json, field: str) -> None:
    response = await engine.post("admin", "/organisations", body)

    assert words.problem(response, 422) == "invalid"
    assert [one["field"] for one in response.json()["fields"]] == [field]
