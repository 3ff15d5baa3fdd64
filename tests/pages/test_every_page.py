"""What holds for every page of every cabinet, by the list of routes itself."""

import re

import httpx
from fastapi.routing import iter_route_contexts

from api.pages.frame import PageRoute
from tests.api import words
from tests.engine import Engine
from tests.pages import test_courses_in_a_browser, test_in_a_browser, test_owner_in_a_browser
from tests.pages.people import HOME, Browsers, SignIn, where

PUBLIC = {"/sign-in", "/sign-in/start", "/sign-in/back", "/sign-up/2019-000001"}
"""Pages that need nobody."""
_NUMBERS = {"number": "2019-000001"}
_LOOKED_AT = (
    *(path for paths in test_in_a_browser.PAGES.values() for path in paths),
    *test_courses_in_a_browser.PAGES,
    *test_owner_in_a_browser.PAGES,
)
"""Pages that Chromium opens at two widths, and axe goes through."""
_NO_PAGES = {
    "/sign-in/start",
    "/sign-in/back",
    "/download/{}",
    "/cases/{}/state",
    "/cases/{}/learners/state",
    "/cases/{}/documents/{}",
    "/tasks/state",
    "/trainings/{}/state",
    "/certifications/{}/state",
}
"""Answers that are no pages: ways on, files, words for the script."""


def _routes(engine: Engine, method: str) -> list[str]:
    """Paths of all pages, filled in with what is not there."""
    return [
        re.sub(r"\{(\w+)(:\w+)?\}", lambda found: _NUMBERS.get(found[1], "2147483646"), route.path or "")
        for route in iter_route_contexts(engine.app.routes)
        if isinstance(route.original_route, PageRoute) and method in (route.methods or ())
    ]


def _shape(path: str) -> str:
    """`/cases/{}/learners`, whatever its numbers are called."""
    return re.sub(r"(authoring-)?\{[^}]*\}", "{}", path.partition("?")[0])


async def test_every_page_is_looked_at_in_a_browser(stand: Engine) -> None:
    pages = {
        _shape(route.path or "")
        for route in iter_route_contexts(stand.app.routes)
        if isinstance(route.original_route, PageRoute) and "GET" in (route.methods or ())
    }

    assert pages - {_shape(path) for path in _LOOKED_AT} == _NO_PAGES


async def test_every_page_asks_who_is_there(stand: Engine, somebody: Browsers) -> None:
    person = await somebody()

    for path in set(_routes(stand, "GET")) - PUBLIC:
        response = await person.http.get(path, follow_redirects=False)

        assert response.status_code == 303, path
        assert where(response) == "/sign-in", path


async def test_no_form_works_without_its_token(stand: Engine, signed_in: SignIn) -> None:
    for role in ("agency", "reviewer", "operator", "admin", "responsible"):
        person = await signed_in(role)
        for path in _routes(stand, "POST"):
            response = await person.http.post(path, data={"once": "x"})

            assert response.status_code in (403, 404), f"{role} {path}"


async def test_no_form_is_taken_from_another_site(stand: Engine, signed_in: SignIn) -> None:
    person = await signed_in("reviewer")
    data = {"token": await person.token()}

    for path in _routes(stand, "POST"):
        response = await person.http.post(path, data=data, headers={"Origin": "https://evil.example"})

        assert response.status_code in (403, 404), path


async def test_every_page_has_the_headers_and_nothing_inline(stand: Engine, signed_in: SignIn) -> None:
    for role in ("agency", "reviewer", "operator", "admin", "responsible"):
        person = await signed_in(role)
        for path in _routes(stand, "GET"):
            response: httpx.Response = await person.http.get(path)

            assert response.headers["X-Content-Type-Options"] == "nosniff", path
            assert response.headers["Cache-Control"] == "no-store", path
            assert response.status_code < 500, f"{role} {path}"
            if response.headers.get("content-type", "").startswith("text/html"):
                assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"], path
                assert "Macro" not in response.text, path
                assert "unsafe" not in response.headers["Content-Security-Policy"], path
                assert not re.search(r"<style|<script(?! src)| on\w+=| style=|javascript:", response.text), (
                    path
                )


async def test_a_wrong_address_is_told_as_a_page_to_people_and_as_a_problem_to_programs(
    signed_in: SignIn,
) -> None:
    person = await signed_in("reviewer")

    page = await person.http.get("/no/such", headers={"Accept": "text/html"})
    for path in ("/no/such", "/api/v1/no/such"):
        problem = await person.http.get(path, headers={"Accept": "application/json"})
        assert problem.headers["content-type"] == "application/problem+json"

    assert page.status_code == 404
    assert "Страница не найдена" in page.text


async def test_a_download_is_an_attachment_of_what_the_api_lets_one_have(
    stand: Engine, signed_in: SignIn
) -> None:
    await stand.file()
    person = await signed_in("agency")

    file = await person.open("/download/ledger.xlsx?from=2026-01-01&to=2026-12-31")

    assert file.status_code == 200
    assert file.headers["content-disposition"].startswith("attachment")
    assert file.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert (await person.open("/download/tasks")).status_code == 403
    assert (await person.open("/download/requests")).status_code == 404


async def test_a_form_that_is_not_accepted_stands_on_its_page_with_what_was_typed(
    stand: Engine, signed_in: SignIn
) -> None:
    """Where the page itself takes no care of it, too; without its page the problem is told alone."""
    number = await words.by_hand(stand)
    operator = await signed_in("operator")
    url = f"/cases/{number}/obstacle"
    fields = {"token": await operator.token(), "text": "<b>Нет питания</b> " + "я" * 10_000}

    there = await operator.http.post(url, data=fields, headers={"Referer": f"{HOME}/cases/{number}"})
    alone = await operator.http.post(url, data=fields)
    gone = await operator.http.post(url, data=fields, headers={"Referer": f"{HOME}/cases/2019-000001"})

    assert [one.status_code for one in (there, alone, gone)] == [422, 422, 422]
    assert "Сообщить о препятствии" in there.text
    assert "слишком длинно" in there.text
    assert "&lt;b&gt;Нет питания&lt;/b&gt; яяя" in there.text
    assert "Не получилось" in alone.text
    assert "Нет питания" not in alone.text + gone.text
    assert there.headers["Cache-Control"] == "no-store"
