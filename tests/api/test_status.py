"""Where a request stands: by number and code from the letter, in plain words, without persons."""

import html
import re

import httpx

from models import status_codes
from models.requests import Stage
from tests.api import words
from tests.engine import Engine


async def get(engine: Engine, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(engine.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.example.org") as http:
        return await http.get(path)


def told(response: httpx.Response) -> str:
    seen = re.sub(r"<style>.*?</style>|<[^>]*>", " ", response.text, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(seen))


async def test_the_letters_code_shows_the_way_of_a_request_and_nobody(engine: Engine) -> None:
    await words.refused(engine)
    number = await engine.file()
    await words.until_stage(engine, number, Stage.REVIEW)
    confirmed = await engine.until(lambda: _confirmation(engine, number))
    code = engine.settings.status_code(number)

    assert code in confirmed
    assert f"http://api.example.org/status?number={number}&code={code}" in re.sub(r"\s", "", confirmed)
    page = await get(engine, f"/status?number={number}&code={code.lower().replace('-', ' ')}")
    assert page.status_code == 200
    assert "Подан → Рассматривается → Создаётся → Готово" in told(page)
    assert "Уполномоченный орган решит" in told(page)
    assert "Обычно решение принимают в тот же день" in told(page)
    assert "Почему эта дата" in told(page)
    request = await engine.get("agency", f"/requests/{number}")
    for secret in (request["title"], request["responsible"]["name"], request["goal"]):
        assert secret not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    shown = (await get(engine, f"/api/v1/status/{number}?code={code}")).json()
    assert shown == await engine.get("agency", f"/requests/{number}/progress")
    assert (shown["state"]["code"], shown["last_day"]) == ("review", request["last_day"])

    await engine.approve(number)
    await words.until_stage(engine, number, Stage.DONE)
    assert "Готово" in told(await get(engine, f"/status?number={number}&code={code}"))
    shown = (await get(engine, f"/api/v1/status/{number}?code={code}")).json()
    assert [one["name"] for one in shown["steps"] if one["is_now"]] == ["Готово"]
    assert (shown["last_day"], shown["usual"]) == (None, None)


async def _confirmation(engine: Engine, number: str) -> str:
    return next((one.text for one in await engine.letters(number) if one.notice == "confirmation"), "")


async def test_a_wrong_code_and_a_wrong_number_are_told_alike_and_guessing_is_slowed(engine: Engine) -> None:
    number, secret = await engine.file(), engine.settings.signing_key.get_secret_value()
    right = engine.settings.status_code(number)
    wrong = [
        (number, status_codes.code(secret, "2026-999999")),
        ("2026-999999", right),
        ("2026-999999", status_codes.code(secret, "2026-999999")),
        ("<script>", "' OR 1=1"),
    ]

    pages = [await get(engine, f"/status?number={of}&code={code}") for of, code in wrong]
    problems = [await get(engine, f"/api/v1/status/{of}?code={code}") for of, code in wrong[:3]]

    assert {one.status_code for one in (*pages, *problems)} == {404}
    assert len({one.text for one in problems}) == 1
    assert len({one.text.replace(f'value="{number}"', 'value="2026-999999"') for one in pages[:3]}) == 1
    assert "<script" not in pages[3].text
    assert "Где мой запрос" in told(await get(engine, "/status"))
    without = engine.api_with(signing_key=type(engine.settings.signing_key)(""))
    assert (await get(without, f"/status?number={number}&code={right}")).status_code == 404
    slow = engine.api_with(bad_calls_per_second=0.1)
    answers = [await get(slow, f"/status?number={number}&code={right}") for _ in range(3)]
    assert [one.status_code for one in answers][-1] == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_a_code_is_of_one_request_and_one_installation() -> None:
    one = status_codes.code("5e" * 32, "2026-000123")

    assert re.fullmatch(r"([2-9A-Y]{4}-){2}[2-9A-Y]{4}", one)
    assert (
        len({one, status_codes.code("5e" * 32, "2026-000124"), status_codes.code("5f" * 32, "2026-000123")})
        == 3
    )
    assert status_codes.is_code(f" {one.lower()} ", "5e" * 32, "2026-000123")
    assert not status_codes.is_code("", "5e" * 32, "2026-000123")
