"""Every route is guarded: by the key, the role and the organisation, and all of them stand in one table."""

from typing import NamedTuple
from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts

from api.auth import AUTHORITY, EVERYBODY, OPERATORS, STAFF, Role
from api.pages.frame import PageRoute
from devstack.keys import RESPONSIBLE_EMAIL
from tests.api import words
from tests.engine import API, Engine, request_form


class Guarded(NamedTuple):
    """A route: who may, and what they are answered in the case of `case` for a body of nonsense."""

    method: str
    path: str
    may: tuple[Role, ...]
    answer: int


CASE = f"{API}/requests/{{number}}"
RECORDS = f"{API}/cases/{{number}}"
CALENDAR = (Role.ADMIN, Role.SUPERVISOR)
OWNERS = (Role.AGENCY, Role.RESPONSIBLE)
AUTHORING = f"{API}/courses/{{course}}/authoring"
CONSULTATION = f"{API}/consultations/{{number}}"
TRAINING = f"{API}/trainings/{{number}}"
ENROLMENT = f"{API}/enrolments/{{number}}"
REPLACEMENT = f"{API}/replacements/{{number}}"
CERTIFICATION = f"{API}/certifications/{{number}}"
CERTIFICATE = f"{API}/certificates/{{number}}"
TASKS = (*OPERATORS, Role.ADMIN)
DRAFT = f"{API}/drafts/{{draft}}"
AUTHORS = (Role.AGENCY, *AUTHORITY)

ROUTES = [
    Guarded("POST", f"{API}/requests/check", (Role.AGENCY, Role.RESPONSIBLE, *AUTHORITY), 422),
    Guarded("POST", f"{API}/requests", (Role.AGENCY,), 422),
    Guarded("POST", f"{API}/requests/paper", AUTHORITY, 422),
    Guarded("GET", f"{API}/drafts", AUTHORS, 200),
    Guarded("POST", f"{API}/drafts", AUTHORS, 422),
    Guarded("GET", DRAFT, AUTHORS, 404),
    Guarded("POST", DRAFT, AUTHORS, 422),
    Guarded("DELETE", DRAFT, AUTHORS, 404),
    Guarded("POST", f"{DRAFT}/files/{{kind}}", AUTHORS, 422),
    Guarded("DELETE", f"{DRAFT}/files/{{kind}}", AUTHORS, 404),
    Guarded("GET", f"{API}/requests", EVERYBODY, 200),
    Guarded("GET", CASE, EVERYBODY, 200),
    Guarded("GET", f"{CASE}/progress", EVERYBODY, 200),
    Guarded("GET", f"{RECORDS}/journal", EVERYBODY, 200),
    Guarded("GET", f"{RECORDS}/deadlines", EVERYBODY, 200),
    Guarded("GET", f"{RECORDS}/file", STAFF, 200),
    Guarded("GET", f"{CASE}/analogues", STAFF, 200),
    Guarded("GET", f"{RECORDS}/letters", EVERYBODY, 200),
    Guarded("GET", f"{RECORDS}/documents", EVERYBODY, 200),
    Guarded("GET", f"{RECORDS}/documents/{{document}}", EVERYBODY, 200),
    Guarded("POST", f"{CASE}/claim", AUTHORITY, 409),
    Guarded("POST", f"{CASE}/assignment", AUTHORITY, 422),
    Guarded("GET", f"{API}/reviewers", AUTHORITY, 200),
    Guarded("POST", f"{CASE}/release", AUTHORITY, 409),
    Guarded("POST", f"{CASE}/decision", AUTHORITY, 422),
    Guarded("POST", f"{CASE}/texts", AUTHORITY, 422),
    Guarded("POST", f"{CASE}/withdrawal", (Role.AGENCY,), 422),
    Guarded("POST", f"{CASE}/setup/confirmation", OPERATORS, 422),
    Guarded("POST", f"{CASE}/setup/obstacle", OPERATORS, 422),
    Guarded("POST", f"{CASE}/setup/retry", OPERATORS, 409),
    Guarded("POST", f"{CASE}/setup/order", OPERATORS, 422),
    Guarded("POST", f"{CASE}/responsible", (Role.AGENCY, *AUTHORITY, *OPERATORS), 422),
    Guarded("GET", f"{API}/register", EVERYBODY, 200),
    Guarded("GET", f"{API}/register/courses/{{course}}/history", EVERYBODY, 404),
    Guarded("GET", f"{API}/register/categories/{{category}}/history", EVERYBODY, 404),
    Guarded("GET", f"{API}/register.pdf", EVERYBODY, 200),
    Guarded("POST", f"{API}/register/changes", (*AUTHORITY, *OPERATORS), 422),
    Guarded("GET", f"{API}/subsystems/{{code}}/reconciliation", STAFF, 404),
    Guarded("POST", f"{API}/subsystems/{{code}}/reconciliation", TASKS, 404),
    Guarded("GET", f"{API}/tasks", TASKS, 200),
    Guarded("POST", f"{API}/tasks/{{task}}/retry", TASKS, 404),
    Guarded("POST", f"{API}/tasks/{{task}}/close", TASKS, 404),
    Guarded("GET", f"{API}/deadlines", EVERYBODY, 200),
    Guarded("GET", f"{RECORDS}/escalations", EVERYBODY, 200),
    Guarded("GET", f"{API}/ladders", CALENDAR, 422),
    Guarded("GET", f"{API}/escalations", CALENDAR, 422),
    Guarded("GET", f"{API}/canary", STAFF, 200),
    Guarded("POST", f"{API}/canary", TASKS, 202),
    Guarded("GET", f"{API}/deadlines/totals", EVERYBODY, 200),
    Guarded("GET", f"{API}/deadlines.xlsx", EVERYBODY, 200),
    Guarded("GET", f"{API}/deadlines.csv", EVERYBODY, 200),
    Guarded("GET", f"{API}/saved-filters", EVERYBODY, 200),
    Guarded("POST", f"{API}/saved-filters", EVERYBODY, 422),
    Guarded("DELETE", f"{API}/saved-filters/{{saved}}", EVERYBODY, 404),
    Guarded("GET", f"{API}/ledger", EVERYBODY, 422),
    Guarded("GET", f"{API}/ledger/totals", EVERYBODY, 422),
    Guarded("GET", f"{API}/ledger/months", EVERYBODY, 422),
    Guarded("GET", f"{API}/ledger/load", CALENDAR, 422),
    Guarded("GET", f"{API}/ledger.xlsx", EVERYBODY, 422),
    Guarded("GET", f"{RECORDS}/ledger", EVERYBODY, 200),
    Guarded("GET", f"{API}/calendar-feeds", EVERYBODY, 200),
    Guarded("POST", f"{API}/calendar-feeds", EVERYBODY, 422),
    Guarded("DELETE", f"{API}/calendar-feeds/{{feed}}", EVERYBODY, 404),
    Guarded("GET", f"{API}/calendar/what-if", CALENDAR, 422),
    Guarded("GET", f"{API}/calendar/amendments", CALENDAR, 200),
    Guarded("POST", f"{API}/calendar/amendments/preview", CALENDAR, 422),
    Guarded("POST", f"{API}/calendar/amendments", CALENDAR, 422),
    Guarded("POST", f"{API}/calendar/amendments/{{amendment}}/withdrawal", CALENDAR, 422),
    Guarded("GET", f"{API}/organisations", (Role.ADMIN,), 200),
    Guarded("POST", f"{API}/organisations", (Role.ADMIN,), 422),
    Guarded("GET", f"{API}/keys", (Role.ADMIN,), 200),
    Guarded("POST", f"{API}/keys", (Role.ADMIN,), 422),
    Guarded("DELETE", f"{API}/keys/{{key}}", (Role.ADMIN,), 404),
    Guarded("GET", f"{API}/rehearsals", CALENDAR, 200),
    Guarded("POST", f"{API}/rehearsals", CALENDAR, 422),
    Guarded("GET", f"{API}/rehearsals/terms", CALENDAR, 200),
    Guarded("POST", f"{API}/rehearsals/terms", CALENDAR, 422),
    Guarded("GET", f"{API}/rehearsals/{{rehearsal}}", CALENDAR, 404),
    Guarded("GET", f"{API}/letter-templates", (Role.ADMIN,), 200),
    Guarded("GET", f"{API}/letter-templates/{{notice}}", (Role.ADMIN,), 200),
    Guarded("POST", f"{API}/letter-templates/{{notice}}", (Role.ADMIN,), 422),
    Guarded("POST", f"{API}/letter-templates/{{notice}}/preview", (Role.ADMIN,), 422),
    Guarded("GET", f"{API}/temporal", STAFF, 200),
    Guarded("GET", f"{API}/courses", EVERYBODY, 200),
    Guarded("GET", f"{API}/trainings", EVERYBODY, 200),
    Guarded("GET", f"{API}/replacements", EVERYBODY, 200),
    Guarded("GET", AUTHORING, EVERYBODY, 404),
    Guarded("POST", f"{AUTHORING}/plan", OWNERS, 404),
    Guarded("POST", f"{AUTHORING}/readiness", OWNERS, 404),
    Guarded("POST", f"{API}/courses/{{course}}/consultations", (Role.RESPONSIBLE,), 404),
    Guarded("GET", f"{API}/courses/{{course}}/consultations", EVERYBODY, 404),
    Guarded("GET", CONSULTATION, EVERYBODY, 404),
    Guarded("POST", f"{CONSULTATION}/questions", (Role.RESPONSIBLE,), 404),
    Guarded("POST", f"{CONSULTATION}/answers", OPERATORS, 404),
    Guarded("POST", f"{CONSULTATION}/closing", (Role.RESPONSIBLE, *OPERATORS), 404),
    Guarded("POST", f"{API}/courses/{{course}}/self-registration", OWNERS, 404),
    Guarded("POST", f"{ENROLMENT}/check", (*OWNERS, *OPERATORS), 404),
    Guarded("GET", f"{ENROLMENT}/instruction", EVERYBODY, 404),
    Guarded("GET", f"{ENROLMENT}/unclaimed", OWNERS, 404),
    Guarded("POST", f"{ENROLMENT}/codes", OWNERS, 404),
    Guarded("POST", f"{ENROLMENT}/slips", OWNERS, 404),
    Guarded("POST", f"{API}/courses/{{course}}/enrolments", OWNERS, 404),
    Guarded("GET", f"{API}/courses/{{course}}/enrolments", EVERYBODY, 404),
    Guarded("GET", ENROLMENT, EVERYBODY, 404),
    Guarded("GET", f"{ENROLMENT}/rows", OWNERS, 404),
    Guarded("POST", f"{ENROLMENT}/confirmation", OWNERS, 404),
    Guarded("POST", f"{ENROLMENT}/withdrawal", OWNERS, 404),
    Guarded("POST", f"{API}/courses/{{course}}/trainings", OWNERS, 404),
    Guarded("GET", f"{API}/courses/{{course}}/trainings", EVERYBODY, 404),
    Guarded("GET", TRAINING, EVERYBODY, 404),
    Guarded("POST", f"{TRAINING}/prolongation", OWNERS, 404),
    Guarded("POST", f"{TRAINING}/closing", OWNERS, 404),
    Guarded("POST", f"{TRAINING}/refresh", OWNERS, 404),
    Guarded("GET", f"{TRAINING}/results", OWNERS, 404),
    Guarded("GET", f"{TRAINING}/results.csv", OWNERS, 404),
    Guarded("GET", f"{TRAINING}/results.xlsx", OWNERS, 404),
    Guarded("GET", f"{TRAINING}/results.pdf", OWNERS, 404),
    Guarded("POST", f"{TRAINING}/results", (Role.RESPONSIBLE,), 404),
    Guarded("POST", f"{TRAINING}/sign-up", OWNERS, 404),
    Guarded("GET", f"{TRAINING}/sign-ups", OWNERS, 404),
    Guarded("POST", f"{TRAINING}/sign-ups/enrolment", OWNERS, 404),
    Guarded("POST", f"{TRAINING}/sign-ups/{{application}}/acceptance", OWNERS, 404),
    Guarded("POST", f"{TRAINING}/sign-ups/{{application}}/refusal", OWNERS, 404),
    Guarded("POST", f"{API}/replacements", (Role.AGENCY, *OPERATORS), 422),
    Guarded("GET", REPLACEMENT, EVERYBODY, 404),
    Guarded("POST", f"{REPLACEMENT}/report", (Role.AGENCY,), 404),
    Guarded("POST", f"{REPLACEMENT}/successor", (Role.AGENCY, *OPERATORS), 404),
    Guarded("POST", f"{REPLACEMENT}/withdrawal", (Role.AGENCY, *OPERATORS), 404),
    Guarded("POST", f"{REPLACEMENT}/accept", (Role.RESPONSIBLE,), 404),
    Guarded("POST", f"{REPLACEMENT}/by-hand", OPERATORS, 404),
    Guarded("POST", f"{TRAINING}/certification", (Role.AGENCY,), 404),
    Guarded("POST", f"{TRAINING}/certification/preview", (Role.AGENCY,), 404),
    Guarded("GET", f"{TRAINING}/certification", OWNERS, 404),
    Guarded("GET", f"{TRAINING}/participants", OWNERS, 404),
    Guarded("GET", CERTIFICATION, OWNERS, 404),
    Guarded("GET", f"{CERTIFICATION}/certificates", OWNERS, 404),
    Guarded("GET", f"{CERTIFICATION}/print", OWNERS, 404),
    Guarded("GET", CERTIFICATE, OWNERS, 422),
    Guarded("GET", f"{CERTIFICATE}/document", OWNERS, 422),
    Guarded("POST", f"{CERTIFICATE}/revocation", (Role.AGENCY,), 422),
    Guarded("POST", f"{CERTIFICATE}/correction", (Role.AGENCY,), 422),
]
"""Every route under a key. The case is done, so that the operator sees it and nobody can act on it."""

PUBLIC = {
    ("GET", "/health"),
    ("GET", f"{API}/temporal/{{filter}}"),  # a browser's link: it shows the address of the Temporal UI
    ("GET", "/register"),  # Appendix 1, for everybody
    ("GET", "/claim"),
    ("GET", "/claim/{code}"),
    ("POST", "/claim"),
    ("GET", "/certificates"),  # anybody checks a document
    ("GET", "/certificates/{code}"),
    ("GET", f"{API}/sign-up/{{number}}"),  # anybody signs up
    ("GET", f"{API}/status/{{number}}"),  # the code from the letter is its key
    ("GET", "/status"),
    ("POST", f"{API}/sign-up/{{number}}"),
    ("GET", f"{API}/calendar-feeds/{{token}}.ics"),  # a calendar program's: the token is its key
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/docs/oauth2-redirect"),
}

routes = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")


@pytest.fixture(scope="module")
async def place(engine: Engine) -> dict[str, object]:
    """What the paths of the table are filled in with: a case of `zdrav` and of its responsible, done."""
    responsible = {**request_form()["responsible"], "email": RESPONSIBLE_EMAIL.title()}
    number = await words.done(engine, responsible=responsible)
    documents = await engine.get("agency", f"/cases/{number}/documents")
    return {
        "number": number,
        "document": documents[0]["id"],
        "task": 2**31 - 1,
        "amendment": 2**31 - 1,
        "course": 2**31 - 1,
        "application": 2**31 - 1,
        "feed": 2**31 - 1,
        "saved": 2**31 - 1,
        "key": 2**31 - 1,
        "code": "nowhere",
        "draft": 2**31 - 1,
        "kind": "letter",
        "category": 2**31 - 1,
        "notice": "withdrawal",
        "rehearsal": 2**31 - 1,
    }


async def _status(engine: Engine, route: Guarded, key: str | None, place: dict[str, object]) -> int:
    response = await words.send(
        engine.app,
        route.method,
        route.path.format(**place),
        key=key,
        headers={"Idempotency-Key": uuid4().hex},
        json={"nonsense": True} if route.method == "POST" else None,
    )
    return response.status_code


def test_the_table_names_every_route(engine: Engine) -> None:
    """But for the pages, which have a test of their own (`tests/pages`)."""
    served = {
        (method, route.path)
        for route in iter_route_contexts(engine.app.routes)
        for method in route.methods or ()
        if method != "HEAD" and not isinstance(route.original_route, PageRoute)
    }

    assert served == {(one.method, one.path) for one in ROUTES} | PUBLIC


@routes
async def test_every_role_is_let_in_or_kept_out_as_the_table_says(
    engine: Engine, place: dict[str, object], route: Guarded
) -> None:
    expected = {role: route.answer if role in route.may else 403 for role in Role}

    answered = {role: await _status(engine, route, engine.keys[role], place) for role in Role}

    assert answered == expected


@routes
async def test_no_route_answers_without_a_key(
    engine: Engine, place: dict[str, object], route: Guarded
) -> None:
    assert await _status(engine, route, None, place) == 401


@pytest.mark.parametrize("route", [one for one in ROUTES if one.path.startswith(CASE)], ids=str)
async def test_another_agencys_case_is_not_there_on_any_route(
    engine: Engine, place: dict[str, object], route: Guarded
) -> None:
    for role in (Role.AGENCY, Role.RESPONSIBLE):
        key = await words.issue(engine, role, "trud")

        status = await _status(engine, route, key, place)

        assert status == (404 if role in route.may else 403)


@pytest.mark.parametrize("route", [one for one in ROUTES if one.path.startswith(CASE)], ids=str)
async def test_another_persons_case_is_not_there_for_a_responsible(
    engine: Engine, place: dict[str, object], without_address: str, route: Guarded
) -> None:
    """Nor is one whose responsible has no address: it is nobody's yet."""
    another = await words.issue(engine, Role.RESPONSIBLE, "zdrav", email="another@example.org")
    theirs = engine.keys[Role.RESPONSIBLE]

    for key, number in ((another, place["number"]), (another, without_address), (theirs, without_address)):
        status = await _status(engine, route, key, {**place, "number": number})

        assert status == (404 if Role.RESPONSIBLE in route.may else 403)


@pytest.fixture(scope="module")
async def without_address(engine: Engine) -> str:
    return await engine.file(responsible={**request_form()["responsible"], "email": ""})


async def test_a_responsible_lists_their_own_cases(
    engine: Engine, place: dict[str, object], without_address: str, under_review: str
) -> None:
    another = await words.issue(engine, Role.RESPONSIBLE, "zdrav", email="another@example.org")

    own = await engine.get("responsible", "/requests?order=newest&limit=200")
    others = await engine.get(another, "/requests?order=newest&limit=200")

    numbers = {item["number"] for item in own["items"]}
    assert place["number"] in numbers
    assert not numbers & {without_address, under_review}
    assert others["items"] == []


@pytest.mark.parametrize("route", [one for one in ROUTES if one.path.startswith(CASE)], ids=str)
async def test_a_case_that_was_not_ordered_is_not_there_for_the_operator(
    engine: Engine, place: dict[str, object], under_review: str, route: Guarded
) -> None:
    for role in OPERATORS:
        status = await _status(engine, route, engine.keys[role], {**place, "number": under_review})

        assert status == (404 if role in route.may else 403)


@pytest.fixture(scope="module")
async def under_review(engine: Engine) -> str:
    return await engine.file()


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "seo_key",
        "Bearer a b",
        "Bearer ключ".encode().decode("latin-1"),
    ],
)
async def test_a_malformed_authorization_is_no_key(engine: Engine, authorization: str) -> None:
    headers = {"Authorization": authorization.encode("latin-1")}

    response = await words.send(engine.app, "GET", f"{API}/requests", headers=headers)  # type: ignore[arg-type]

    assert words.problem(response, 401) == "unauthenticated"
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_revoked_key_opens_nothing_from_that_moment_on(engine: Engine) -> None:
    key = await words.issue(engine, Role.REVIEWER, "di")
    before = await engine.call(key, "GET", "/requests")

    await words.revoke(engine, key)

    assert before.status_code == 200
    assert words.problem(await engine.call(key, "GET", "/requests"), 401) == "unauthenticated"


async def test_another_cases_document_is_not_there(
    engine: Engine, place: dict[str, object], under_review: str
) -> None:
    response = await engine.call("reviewer", "GET", f"/cases/{under_review}/documents/{place['document']}")

    assert words.problem(response, 404) == "not-found"
