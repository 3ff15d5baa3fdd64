"""Drafts: their author's alone, in no register, with files that become documents of the case."""

import asyncio
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import httpx
import pytest
from sqlmodel import col, func, select

from api import intake
from api.auth import Role
from models.requests import Stage
from models.tables import DraftFile, DraftRow, Request
from tests.api import words
from tests.engine import API, Engine, Json, request_form

LIST = "ФИО;Почта;Должность\nИванова Мария;m@example.org;Методист\nПетров Иван;;Врач\n".encode("cp1251")
SCAN = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


async def attach(engine: Engine, role: str, draft: int, kind: str, content: bytes) -> httpx.Response:
    return await words.send(
        engine.app,
        "POST",
        f"{API}/drafts/{draft}/files/{kind}?filename={quote('Список «отдела».xlsx')}",
        key=engine.keys.get(role, role),
        headers={"Idempotency-Key": f"{draft}-{kind}-{hash(content)}"},
        content=content,
    )


async def saved(engine: Engine, role: str, **form: Any) -> int:
    response = await engine.post(role, "/drafts", form)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


async def test_a_draft_is_kept_changed_and_filed_with_its_files(engine: Engine) -> None:
    draft = await saved(engine, "agency", responsible={"email": "пока нет"}, received_on="завтра")
    form = request_form(course_name="Из черновика", learners={})
    assert (await engine.post("agency", f"/drafts/{draft}", form)).status_code == 200
    assert (await attach(engine, "agency", draft, "learners", LIST)).json()["rows"] == 2
    assert (await attach(engine, "agency", draft, "letter", SCAN)).status_code == 201
    shown = await engine.get("agency", f"/drafts/{draft}")
    assert (shown["title"], shown["form"]["course_name"]) == ("Из черновика", "Из черновика")
    assert [one["title"] for one in shown["files"]] == [
        "Перечень Пользователей («Список «отдела».xlsx»)",
        "Скан письма («Список «отдела».xlsx»)",
    ]
    assert draft in [one["id"] for one in await engine.get("agency", "/drafts")]
    async with engine.sessions() as session:
        query = select(func.count()).where(col(Request.course_name) == "Из черновика")
        assert await session.scalar(query) == 0

    without = (await engine.post("agency", "/requests/check", form)).json()
    with_it = (await engine.post("agency", "/requests/check", {**form, "draft": draft})).json()
    answers = await asyncio.gather(
        *(engine.post("agency", "/requests", {**form, "draft": draft}) for _ in range(2))
    )

    assert ([one["code"] for one in without["missing"]], with_it["missing"]) == (["learners"], [])
    # Of two that file it at once one does.
    assert sorted(one.status_code for one in answers) == [201, 422]
    number = next(one.json()["number"] for one in answers if one.status_code == 201)
    await words.until_stage(engine, number, Stage.REVIEW)
    request = await engine.get("agency", f"/requests/{number}")
    assert request["learners_listed"] == 2
    assert "приложено: Перечень Пользователей, Скан письма" in (await engine.journal(number))[0]
    assert words.problem(await engine.call("agency", "GET", f"/drafts/{draft}"), 404) == "not-found"
    async with engine.sessions() as session:
        assert await session.scalar(select(func.count()).where(col(DraftFile.draft) == draft)) == 0
    await _is_opened_by_those_who_may(engine, number)


async def test_a_file_stays_while_the_request_that_it_completes_is_written(engine: Engine) -> None:
    draft = await saved(engine, "agency")
    assert (await attach(engine, "agency", draft, "learners", LIST)).status_code == 201
    write, removals = intake._write, []

    async def slowly(*given: Any) -> str:
        removal = engine.call("agency", "DELETE", f"/drafts/{draft}/files/learners")
        removals.append(asyncio.ensure_future(removal))
        _, waiting = await asyncio.wait(removals, timeout=0.3)
        assert waiting
        return await write(*given)

    with patch("api.intake._write", slowly):
        filed = await engine.post("agency", "/requests", {**request_form(learners={}), "draft": draft})

    assert (filed.status_code, filed.json()["complete"]) == (201, True)
    assert words.problem(await removals[0], 404) == "not-found"
    kinds = [one["kind"] for one in await engine.get("agency", f"/cases/{filed.json()['number']}/documents")]
    assert "learners" in kinds


async def _is_opened_by_those_who_may(engine: Engine, number: str) -> None:
    kinds = {one["kind"]: one for one in await engine.get("agency", f"/cases/{number}/documents")}
    path = f"/cases/{number}/documents/{kinds['learners']['id']}"
    own, authority = await engine.call("agency", "GET", path), await engine.call("reviewer", "GET", path)

    assert own.content == authority.content == LIST
    assert own.headers["content-disposition"] == 'attachment; filename="perechen-polzovateley.csv"'
    assert own.headers["content-type"].startswith("text/csv")
    assert words.problem(await engine.call("admin", "GET", path), 404) == "not-found"
    await engine.approve(number)
    await words.until_stage(engine, number, Stage.DONE)
    assert words.problem(await engine.call("operator", "GET", path), 404) == "not-found"
    seen = await engine.get("operator", f"/cases/{number}/documents")
    assert "letter" in {one["kind"] for one in seen}
    assert "learners" not in {one["kind"] for one in seen}


@pytest.mark.parametrize(
    ("kind", "content", "why"),
    [
        ("letter", b"MZ\x90\x00", "Скан письма должен быть файлом PDF, JPEG, PNG или TIFF."),
        ("letter", b"<html>", "Скан письма должен быть файлом PDF, JPEG, PNG или TIFF."),
        ("learners", SCAN, "Это скан, а перечень нужен таблицей"),
        ("learners", "ФИО;Почта\n".encode(), "В перечне нет ни одного человека."),
        ("learners", b"\n", "нет ни одной заполненной строки"),
    ],
)
async def test_a_file_is_known_by_its_bytes(engine: Engine, kind: str, content: bytes, why: str) -> None:
    draft = await saved(engine, "reviewer")

    refused = await attach(engine, "reviewer", draft, kind, content)

    assert words.problem(refused, 422) == "file-unreadable"
    assert why in refused.json()["detail"]


async def test_somebody_elses_draft_is_not_there(engine: Engine) -> None:
    draft = await saved(engine, "agency", goal="Тайна")
    colleague = await words.issue(engine, Role.AGENCY, "zdrav")
    form: Json = {**request_form(), "draft": draft}

    answers = [
        await engine.call(colleague, "GET", f"/drafts/{draft}"),
        await engine.post(colleague, f"/drafts/{draft}", {}),
        await engine.call(colleague, "DELETE", f"/drafts/{draft}"),
        # Not even read: it is no scan.
        await attach(engine, colleague, draft, "letter", b"MZ"),
        await engine.call(colleague, "DELETE", f"/drafts/{draft}/files/letter"),
    ]

    assert {words.problem(one, 404) for one in answers} == {"not-found"}
    assert words.problem(await engine.post(colleague, "/requests", form), 422) == "unknown-draft"
    assert await engine.get(colleague, "/drafts") == []
    assert (await engine.call("agency", "DELETE", f"/drafts/{draft}")).status_code == 204
    async with engine.sessions() as session:
        assert await session.get(DraftRow, draft) is None
