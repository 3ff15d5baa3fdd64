"""Rehearsals as a page: the file of terms is checked and downloaded, a report is brought and shown."""

import json

import httpx

from models.changed_terms import IN_FORCE, as_file, parse
from models.terms import Clause
from tests.engine import Engine, Json
from tests.pages.people import Person, SignIn
from tests.pages.test_case import HOSTILE

CHANGED = "title = '<script>alert(1)</script>'\n[review]\ndays = 20\n"
REPORT: Json = {
    "title": HOSTILE,
    "introduction": "Репетиция на 2027 год.",
    "tables": [
        {
            "title": "Итог по пунктам",
            "headings": ["Пункт", HOSTILE],
            "rows": [["п. 4.2", HOSTILE], ["п. 4.3"]],
        },
        {"title": "Эскалации", "headings": ["День"], "rows": []},
    ],
}


async def _bring(person: Person, content: bytes) -> httpx.Response:
    return await person.http.post(
        "/rehearsals/file",
        data={"token": await person.token()},
        files={"report": ("report.json", content, "application/json")},
    )


async def test_terms_are_checked_and_downloaded_and_a_report_is_brought_and_shown(
    stand: Engine, signed_in: SignIn
) -> None:
    admin = await signed_in("admin")
    assert "repeat_every = 5" in await admin.page("/rehearsals")
    assert parse(as_file()).terms == dict(IN_FORCE)

    wrong = await admin.send("/rehearsals", act="check", file="[review]\ndays = 0\n[setup]\nday = 1\n")
    assert wrong.status_code == 422
    assert "строка 2, [review] days: нужно число не меньше 1" in wrong.text
    assert "строка 4, [setup] day: такого ключа нет" in wrong.text
    right = await admin.send("/rehearsals", act="check", file=CHANGED)
    assert "<b>20 дней; напоминания за 7, 3, 1" in right.text
    assert right.text.count("как сейчас</td>") == len(IN_FORCE) - 1
    shown, for_maintainers = right.text.split("<summary>Для того, кто обслуживает систему</summary>")
    assert "make rehearse" not in shown
    assert "make rehearse" in for_maintainers.split("</details>")[0]
    assert '<button form="changed" name="act" value="download">' in shown
    assert "<script>alert" not in right.text
    file = await admin.send("/rehearsals", act="download", file=CHANGED)
    assert file.headers["content-disposition"] == 'attachment; filename="sroki.toml"'
    assert parse(file.text).terms[Clause.REVIEW].amount == 20

    for nonsense in (
        b"",
        b"{",
        b"[]",
        b'{"title": NaN}',
        b"\xff",
        json.dumps({**REPORT, "tables": []}).encode(),
    ):
        refused = await _bring(admin, nonsense)
        assert refused.status_code == 422
        assert "Это не report.json репетиции." in refused.text
    kept = await _bring(admin, json.dumps(REPORT).encode())
    assert "Отчёт сохранён." in kept.text
    assert "<script>alert" not in kept.text
    assert "Репетиция на 2027 год." in kept.text
    supervisor = await signed_in("supervisor")
    assert f'href="{kept.url.path}"' in await supervisor.page("/rehearsals")
    [first, *_] = await stand.get("supervisor", "/rehearsals")
    assert first["title"] == HOSTILE
    assert (await supervisor.open("/rehearsals/2147483647")).status_code == 404
    for role in ("agency", "responsible", "reviewer", "operator"):
        assert (await (await signed_in(role)).open("/rehearsals")).status_code == 403
