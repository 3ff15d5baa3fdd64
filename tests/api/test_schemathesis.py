"""Whatever schemathesis thinks of: never a 500, never an answer that the document doesn't know.

Each operation is called by a role that may, on a case that is there. The check that every body
valid by its schema is accepted is left out: rules stand behind the schema.
"""

import asyncio
import copy
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from api.errors import IDEMPOTENCY_KEY
from devstack.moodle.server import serving
from models.tables import CertificateRow
from tests.api import words
from tests.api.test_document import FRESH
from tests.engine import API, Engine, Json
from tests.workflows import courses, enrolments, replacements, self_registrations, trainings

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "ignored_auth",
)

CERTIFICATIONS = (
    "trainings/{number}/certification",
    "certifications/{number}",
    "certifications/{number}/certificates",
    "certifications/{number}/print",
)

_SEED = 43
_EXAMPLES = 10
"""Of each operation, beside the systematic ones: with four, two operations are never got through."""

_PATIENT: dict[str, Any] = {
    "update_timeout": timedelta(minutes=1),
    "calls_per_second": 0,
    "bad_calls_per_second": 0,
}
"""It keeps the machine busy itself, so that 503 is right; and it calls without a key a lot."""


def _config(engine: Engine, address: str) -> Json:
    return {
        "seed": _SEED,
        "base-url": address,
        "continue-on-failure": True,
        "request-timeout": 60,
        "headers": _key(engine, "supervisor"),
        "generation": {
            "mode": "all",
            "max-examples": _EXAMPLES,
            "deterministic": True,
            "database": "none",
            "no-shrink": True,
        },
        "checks": {"enabled": False, **{name: {"enabled": True} for name in CHECKS}},
        "phases": {"stateful": {"enabled": False}},
        "operations": [*_by_role(engine), *_paths_like_numbers()],
    }


def _by_role(engine: Engine) -> Iterator[Json]:
    """Each POST by a role that may; everything else is read by the supervisor."""
    for path, (role, _) in FRESH.items():
        yield {"include-name": f"POST {path}", "headers": _key(engine, role)}
    yield {"include-name": f"GET {API}/tasks", "headers": _key(engine, "operator")}
    for name in (
        "GET {}/organisations",
        "GET {}/keys",
        "DELETE {}/keys/{{key}}",
        "GET {}/letter-templates",
        "GET {}/letter-templates/{{notice}}",
    ):
        yield {"include-name": name.format(API), "headers": _key(engine, "admin")}
    for path in (
        "sign-ups",
        "results",
        "results.csv",
        "results.xlsx",
        "results.pdf",
        "participants",
    ):
        name = f"GET {API}/trainings/{{number}}/{path}"
        yield {"include-name": name, "headers": _key(engine, "responsible")}
    for path in ("rows", "unclaimed"):
        name = f"GET {API}/enrolments/{{number}}/{path}"
        yield {"include-name": name, "headers": _key(engine, "responsible")}
    for path in ("certificates/{number}", "certificates/{number}/document", *CERTIFICATIONS):
        yield {"include-name": f"GET {API}/{path}", "headers": _key(engine, "agency")}
    name = f"POST {API}/courses/{{course}}/enrolments"
    yield {"include-name": name, "headers": _key(engine, "responsible")}
    for method in ("POST", "DELETE"):
        name = f"{method} {API}/drafts/{{draft}}/files/{{kind}}"
        yield {"include-name": name, "headers": _key(engine, "supervisor")}


def _paths_like_numbers() -> Iterator[Json]:
    """A GET of `/requests/check` is one of a request whose number is «check»: 422, not 405.

    So is a DELETE of `/calendar-feeds/….ics`.
    """
    for name in (
        f"POST {API}/requests/check",
        f"POST {API}/requests/paper",
        f"GET {API}/calendar-feeds/{{token}}.ics",
    ):
        yield {"include-name": name, "checks": {"unsupported_method": {"enabled": False}}}


def _key(engine: Engine, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {engine.keys[role]}"}


async def _narrowed(engine: Engine) -> Json:
    """The document with path parameters that exist, in a case of its own for each POST.

    A random number would always be 404.
    """
    narrowed = copy.deepcopy(engine.app.openapi())
    done = await words.done(engine)
    (first, *_) = await engine.get("agency", f"/cases/{done}/documents")
    course = await trainings.course_of_its_own(engine)
    open_to_all = await trainings.course_of_its_own(engine)
    certificate = await FRESH[f"{API}/certificates/{{number}}/revocation"][1](engine)
    of_courses = {
        "/certificates/": certificate,
        "/certifications/": await _certification(engine, certificate),
        "/enrolments/{number}/instruction": await self_registrations.opened(engine, open_to_all),
        "/enrolments/": await enrolments.planned(engine, course, enrolments.table(enrolments.people(1))),
        "/trainings/": await trainings.running(engine, course=course),
        "/replacements/": await replacements.vacant(engine),
        "/consultations/": (await courses.asked(engine, course)).id,
    }
    feed, revoked = [(await engine.post("supervisor", "/calendar-feeds")).json() for _ in range(2)]
    saved = (await engine.post("supervisor", "/saved-filters", {"name": "Лишний"})).json()
    spare = {"role": "agency", "organisation": "zdrav", "holder": "Лишний ключ"}
    key = (await engine.post("admin", "/keys", spare)).json()
    _, of_a_draft = FRESH[f"{API}/drafts/{{draft}}"]
    draft = await of_a_draft(engine)
    report = {
        "title": "Репетиция",
        "introduction": "",
        "tables": [{"title": "Итог", "headings": ["Пункт"], "rows": []}],
    }
    rehearsal = (await engine.post("admin", "/rehearsals", report)).json()
    for path, methods in narrowed["paths"].items():
        case = next((number for part, number in of_courses.items() if part in path), done)
        application = ""
        if path in FRESH:
            case, _, application = (await FRESH[path][1](engine)).partition(":")
        known = {"number": case, "task": case, "amendment": case, "document": str(first["id"])}
        known |= {"code": "edu", "category": "1", "course": str(course.id), "application": application}
        known |= {"status_code": engine.settings.status_code(done)}
        known |= {"draft": case if path in FRESH else draft, "kind": "letter"}
        known |= {"feed": str(revoked["id"]), "token": feed["token"], "key": str(key["id"])}
        known |= {"saved": str(saved["id"])}
        known |= {"rehearsal": str(rehearsal["id"])}
        for operation in methods.values():
            _narrow(operation, known)
    # A preview before what it previews, whose example it shares: afterwards that day is amended already.
    narrowed["paths"] = dict(sorted(narrowed["paths"].items(), key=lambda one: "preview" not in one[0]))
    return narrowed


async def _certification(engine: Engine, certificate: str) -> str:
    """The decision by which a certificate was given."""
    async with engine.sessions() as session:
        return (await session.get_one(CertificateRow, certificate)).certification


def _narrow(operation: Json, to: dict[str, str]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and parameter["name"] in to:
            parameter["schema"] = {"type": "string", "enum": [to[parameter["name"]]]}
        if parameter["in"] == "query" and parameter["name"] == "code":
            parameter["schema"] = {"type": "string", "enum": [to["status_code"]]}
        if parameter["name"] == IDEMPOTENCY_KEY:
            # Left alone it thinks of «0» for all posts, and what one role has sent under it is another.
            parameter["example"] = uuid4().hex


def _explore(document: Json, config: Json) -> list[events.ScenarioFinished]:
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(config))
    explored = list(from_schema(schema).execute())
    errors = [
        f"{one.label}: {one.value!r}" if isinstance(one, events.NonFatalError) else repr(one.exception)
        for one in explored
        if isinstance(one, events.NonFatalError | events.FatalError)
    ]
    assert errors == []
    return [one for one in explored if isinstance(one, events.ScenarioFinished)]


def _failures(explored: list[events.ScenarioFinished]) -> list[str]:
    checks = [
        (scenario.label, check)
        for scenario in explored
        for found in scenario.recorder.checks.values()
        for check in found
    ]
    failures = [(label, check.failure_info.failure) for label, check in checks if check.failure_info]
    return [f"{label}: {failure} {failure.message}" for label, failure in failures]


def _statuses(explored: list[events.ScenarioFinished]) -> dict[str, Counter[int]]:
    statuses: dict[str, Counter[int]] = {}
    for scenario in explored:
        answered = (
            one.response.status_code for one in scenario.recorder.interactions.values() if one.response
        )
        statuses.setdefault(str(scenario.label), Counter()).update(answered)
    return statuses


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # of a long example's repr
@pytest.mark.usefixtures("calendar_as_before", "letters_as_before")
@pytest.mark.timeout(900)
async def test_it_finds_no_fault_and_gets_through_everywhere(engine: Engine) -> None:
    narrowed = await _narrowed(engine)

    async with serving(engine.api_with(**_PATIENT).app) as address:
        explored = await asyncio.to_thread(_explore, narrowed, _config(engine, address))

    assert _failures(explored) == []
    statuses = _statuses(explored)
    assert not any(status >= 500 for counted in statuses.values() for status in counted)
    assert {label: counted for label, counted in statuses.items() if min(counted) >= 400} == {}
    assert len(statuses) == sum(len(methods) for methods in narrowed["paths"].values())
