"""The OpenAPI document: its examples work, and every answer and every problem stands in it."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from api.errors import IDEMPOTENCY_KEY, MEDIA_TYPE
from api.problems import OF_PAGES, RETRY_AFTER_SECONDS, TABLE
from devstack.keys import SUCCESSOR_EMAIL
from models import certifying
from models.appendix import CATEGORIES
from models.certifying import Recipient
from models.decisions import Rejection
from models.setup import SetupRejection
from models.tables import Category, CertificateRow
from tests import certificates, claims
from tests.api import words
from tests.engine import API, Engine, Json, request_form
from tests.workflows import courses, enrolments, replacements, self_registrations, setups, sign_ups, trainings

OCTETS = "application/octet-stream"

Case = Callable[[Engine], Awaitable[str]]


@pytest.fixture(scope="session")
def document(engine: Engine) -> Json:
    return dict(engine.app.openapi())


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def _examples(document: Json, operation: Json) -> list[Any]:
    """Bodies that the document shows: bytes of a file, or JSON; None for an operation that takes none."""
    if "requestBody" not in operation:
        return [None]
    content = operation["requestBody"]["content"]
    if OCTETS in content:
        return [example.encode() for example in content[OCTETS]["schema"]["examples"]]
    reference = content["application/json"]["schema"]["$ref"]
    return list(document["components"]["schemas"][reference.rsplit("/", 1)[1]]["examples"])


async def _none(engine: Engine) -> str:
    return ""


async def _draft(engine: Engine) -> str:
    response = await engine.post("supervisor", "/drafts", {"goal": "Обучение"})
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def _with_failed_step(engine: Engine) -> str:
    """A case whose setup waits for the operator, who may ask the engine to try again."""
    without = {**request_form()["responsible"], "email": ""}
    number = await setups.approved(engine, responsible=without)
    await engine.until(lambda: engine.tasks(number))
    return number


async def _ninth_category(engine: Engine) -> str:
    """As Appendix 1 has it, whatever was changed before."""
    ninth = next(one for one in CATEGORIES if one.number == 9)
    async with engine.sessions.begin() as session:
        own = update(Category).where(col(Category.number) == ninth.number)
        await session.execute(own.values(name=ninth.title, owner="rio-centr"))
    return ""


async def _notice(engine: Engine) -> str:
    return "withdrawal"


async def _subsystem(engine: Engine) -> str:
    return "edu"


async def _claimed(engine: Engine) -> str:
    number = await engine.file()
    await engine.post("reviewer", f"/requests/{number}/claim")
    return number


async def _failed_task(engine: Engine) -> str:
    (task,) = await engine.tasks(await _with_failed_step(engine))
    return str(task.id)


async def _letter_task(engine: Engine) -> str:
    return str(await words.open_task(engine, await engine.file()))


async def _amended(engine: Engine) -> str:
    """An amendment of a day of long ago, in force."""
    body = {"day": "2019-07-01", "working": False, "decree": "постановление"}
    response = await engine.post("admin", "/calendar/amendments", body)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def _course(engine: Engine) -> str:
    return str((await trainings.course_of_its_own(engine)).id)


async def _open_to_all(engine: Engine) -> str:
    return str((await sign_ups.open_to_all(engine))["number"])


async def _application(engine: Engine) -> str:
    """The training, and the application in it after a colon."""
    number = await _open_to_all(engine)
    return f"{number}:{await sign_ups.applied(engine, number)}"


async def _accepted(engine: Engine) -> str:
    number = await _open_to_all(engine)
    await sign_ups.accepted(engine, number)
    return number


async def _training_by_hand(engine: Engine) -> str:
    return await trainings.running(engine, course=await trainings.course_by_hand(engine))


async def _awaiting_acceptance(engine: Engine) -> str:
    return await replacements.awaiting_acceptance(engine, SUCCESSOR_EMAIL)


async def _course_being_built(engine: Engine) -> str:
    course = await trainings.course_of_its_own(engine)
    await courses.building(engine, course)
    return str(course.id)


async def _asked(engine: Engine) -> str:
    return (await courses.asked(engine)).id


CASE = f"{API}/requests/{{number}}"
AUTHORING = f"{API}/courses/{{course}}/authoring"
CONSULTATION = f"{API}/consultations/{{number}}"
TRAINING = f"{API}/trainings/{{number}}"
REPLACEMENT = f"{API}/replacements/{{number}}"


ENROLMENT = f"{API}/enrolments/{{number}}"


async def _shut(engine: Engine) -> str:
    """Way one of a new course, where learners can't enrol themselves yet."""
    number, _ = await self_registrations.shut(engine, await trainings.course_of_its_own(engine))
    return number


async def _planned(engine: Engine) -> str:
    course = await trainings.course_of_its_own(engine)
    return await enrolments.planned(engine, course, enrolments.table(enrolments.people(1)))


async def _unclaimed(engine: Engine) -> str:
    """A list of which row 2 has an address and row 3 has none."""
    return (await claims.a_list(engine, mails=1, without=1)).number


async def _lacking_contacts(engine: Engine) -> str:
    return await engine.file(responsible={"name": "Тестова Вера Павловна"})


async def _certificate(engine: Engine) -> str:
    certification = await certificates.decided(engine)
    async with engine.sessions.begin() as session:
        await certifying.give(session, certification, [Recipient(1, "Иванова Мария")], date(2026, 12, 24))
        query = select(col(CertificateRow.number)).where(col(CertificateRow.certification) == certification)
        return (await session.scalars(query)).one()


async def _over(engine: Engine) -> str:
    """A training that one completed with 87 per cent."""
    return await certificates.over(engine, certificates.person("Иванова Мария"))


FRESH: dict[str, tuple[str, Case]] = {
    f"{API}/certificates/{{number}}/revocation": ("agency", _certificate),
    f"{API}/certificates/{{number}}/correction": ("agency", _certificate),
    f"{API}/register/changes": ("supervisor", _ninth_category),
    f"{API}/subsystems/{{code}}/reconciliation": ("operator", _subsystem),
    f"{API}/drafts": ("supervisor", _none),
    f"{API}/drafts/{{draft}}": ("supervisor", _draft),
    f"{API}/requests/check": ("agency", _none),
    f"{API}/requests": ("agency", _none),
    f"{API}/requests/paper": ("reviewer", _none),
    f"{CASE}/claim": ("reviewer", Engine.file),
    f"{CASE}/assignment": ("supervisor", _claimed),
    f"{CASE}/release": ("reviewer", _claimed),
    f"{CASE}/decision": ("reviewer", Engine.file),
    f"{CASE}/withdrawal": ("agency", Engine.file),
    f"{CASE}/texts": ("reviewer", Engine.file),
    f"{CASE}/setup/confirmation": ("operator", words.by_hand),
    f"{CASE}/setup/obstacle": ("operator", words.by_hand),
    f"{CASE}/setup/retry": ("operator", _with_failed_step),
    f"{CASE}/setup/order": ("operator", words.by_hand),
    f"{CASE}/responsible": ("agency", _lacking_contacts),
    f"{API}/courses/{{course}}/self-registration": ("responsible", _course),
    f"{ENROLMENT}/check": ("responsible", _shut),
    f"{ENROLMENT}/confirmation": ("responsible", _planned),
    f"{ENROLMENT}/withdrawal": ("responsible", _planned),
    f"{ENROLMENT}/codes": ("responsible", _unclaimed),
    f"{ENROLMENT}/slips": ("responsible", _unclaimed),
    f"{API}/tasks/{{task}}/retry": ("operator", _failed_task),
    f"{API}/tasks/{{task}}/close": ("operator", _letter_task),
    f"{API}/calendar-feeds": ("responsible", _none),
    f"{API}/saved-filters": ("reviewer", _none),
    f"{API}/canary": ("operator", _none),
    f"{API}/organisations": ("admin", _none),
    f"{API}/keys": ("admin", _none),
    f"{API}/letter-templates/{{notice}}": ("admin", _notice),
    f"{API}/letter-templates/{{notice}}/preview": ("admin", _notice),
    f"{API}/rehearsals": ("admin", _none),
    f"{API}/rehearsals/terms": ("admin", _none),
    f"{API}/calendar/amendments/preview": ("admin", _none),
    f"{API}/calendar/amendments": ("admin", _none),
    f"{API}/calendar/amendments/{{amendment}}/withdrawal": ("admin", _amended),
    f"{AUTHORING}/plan": ("responsible", _course_being_built),
    f"{AUTHORING}/readiness": ("responsible", _course_being_built),
    f"{API}/courses/{{course}}/consultations": ("responsible", _course),
    f"{CONSULTATION}/questions": ("responsible", _asked),
    f"{CONSULTATION}/answers": ("operator", _asked),
    f"{CONSULTATION}/closing": ("responsible", _asked),
    f"{API}/courses/{{course}}/trainings": ("agency", _course),
    f"{TRAINING}/prolongation": ("agency", trainings.running),
    f"{TRAINING}/closing": ("agency", trainings.running),
    f"{TRAINING}/refresh": ("agency", trainings.running),
    f"{TRAINING}/certification": ("agency", _over),
    f"{TRAINING}/certification/preview": ("agency", _over),
    f"{TRAINING}/results": ("responsible", _training_by_hand),
    f"{TRAINING}/sign-up": ("responsible", trainings.running),
    f"{TRAINING}/sign-ups/enrolment": ("responsible", _accepted),
    f"{TRAINING}/sign-ups/{{application}}/acceptance": ("responsible", _application),
    f"{TRAINING}/sign-ups/{{application}}/refusal": ("responsible", _application),
    f"{API}/sign-up/{{number}}": ("agency", _open_to_all),
    f"{API}/replacements": ("agency", replacements.unreported),
    f"{REPLACEMENT}/report": ("agency", replacements.vacant),
    f"{REPLACEMENT}/successor": ("agency", replacements.vacant),
    f"{REPLACEMENT}/withdrawal": ("agency", replacements.ahead),
    f"{REPLACEMENT}/accept": ("successor", _awaiting_acceptance),
    f"{REPLACEMENT}/by-hand": ("operator", replacements.awaiting_a_hand),
}
"""Who sends each POST, and in what fresh case."""


def test_the_table_of_posts_names_every_post_but_of_files(document: Json) -> None:
    """A file needs its name as well: `tests/workflows/enrolments.py` and `test_drafts.py` send them."""
    posts = {path for method, path, _ in _operations(document) if method == "POST"}

    assert posts - set(FRESH) == {
        f"{API}/courses/{{course}}/enrolments",
        f"{API}/drafts/{{draft}}/files/{{kind}}",
    }
    assert set(FRESH) <= posts


NAMES = ("number", "code", "task", "amendment", "course", "draft", "notice")


@pytest.mark.usefixtures("calendar_as_before", "letters_as_before")
@pytest.mark.parametrize("path", FRESH)
async def test_every_example_of_a_post_works_as_it_stands(engine: Engine, document: Json, path: str) -> None:
    role, fresh = FRESH[path]
    examples = _examples(document, document["paths"][path]["post"])
    assert examples

    for example in examples:
        case, _, application = (await fresh(engine)).partition(":")
        response = await words.send(
            engine.app,
            "POST",
            path.format(**dict.fromkeys(NAMES, case), application=application),
            key=engine.keys[role],
            **_body(example),
        )

        assert response.is_success, (example, response.text)


def _body(example: Any) -> dict[str, Any]:
    if isinstance(example, bytes):
        return {"content": example, "headers": {IDEMPOTENCY_KEY: uuid4().hex, "Content-Type": OCTETS}}
    return {"json": example, "headers": {IDEMPOTENCY_KEY: uuid4().hex}}


def test_every_operation_is_summed_up_in_russian_under_a_name_of_its_own(document: Json) -> None:
    names = [operation["operationId"] for _, _, operation in _operations(document)]

    assert len(names) == len(set(names))
    for _, path, operation in _operations(document):
        assert any("а" <= letter <= "я" for letter in operation["summary"]), path


def test_every_answer_but_success_is_a_problem_of_one_shape(document: Json) -> None:
    for method, path, operation in _operations(document):
        for status, answer in operation["responses"].items():
            if status >= "400":
                schema = answer["content"][MEDIA_TYPE]["schema"]
                assert list(answer["content"]) == [MEDIA_TYPE], (method, path, status)
                assert schema == {"$ref": "#/components/schemas/ProblemBody"}
                assert answer["description"].startswith("`")


def test_every_operation_under_a_key_documents_what_may_befall_it(document: Json) -> None:
    for method, path, operation in _operations(document):
        if "security" not in operation:
            continue
        common = {"401", "403", "429", "503"}
        changing = {"400", "409", "413", "422"} if _has_key(operation) else set()
        of_a_case = {"404", "422"} if "{number}" in path else set()
        assert common | changing | of_a_case <= set(operation["responses"]), (method, path)


def test_every_answer_after_which_waiting_helps_documents_for_how_long(document: Json) -> None:
    for method, path, operation in _operations(document):
        for status, answer in operation["responses"].items():
            waits = any(f"`{type}`" in answer.get("description", "") for type in RETRY_AFTER_SECONDS)
            assert ("Retry-After" in answer.get("headers", {})) == waits, (method, path, status)


def test_every_changing_post_requires_an_idempotency_key(document: Json) -> None:
    without = {
        path
        for method, path, operation in _operations(document)
        if method == "POST" and not _has_key(operation)
    }

    # The last is an applicant's, who is known by their address.
    assert without == {
        f"{API}/requests/check",
        f"{API}/calendar/amendments/preview",
        f"{API}/letter-templates/{{notice}}/preview",
        f"{TRAINING}/certification/preview",
        f"{API}/rehearsals/terms",
        f"{API}/sign-up/{{number}}",
    }


def test_every_type_of_problem_is_listed_and_described_at_some_answer(document: Json) -> None:
    listed = document["components"]["schemas"]["ProblemBody"]["properties"]["type"]["enum"]
    described = "".join(
        answer["description"]
        for _, _, operation in _operations(document)
        for answer in operation["responses"].values()
    )

    assert listed == [one for one in TABLE if one not in OF_PAGES]
    everywhere = {"method-not-allowed", *OF_PAGES}
    assert {type for type in TABLE if f"`{type}`" not in described} == everywhere


def test_whatever_the_rule_of_decisions_rejects_has_its_line_in_the_table() -> None:
    only_signals = {Rejection.UNREADABLE, Rejection.UNKNOWN_REFERENCE}

    assert {*Rejection, *SetupRejection} - only_signals <= set(TABLE)


async def test_the_document_is_served(engine: Engine, document: Json) -> None:
    response = await words.send(engine.app, "GET", "/openapi.json")

    assert response.json() == document


def _has_key(operation: Json) -> bool:
    return any(
        parameter["name"] == IDEMPOTENCY_KEY and parameter["required"]
        for parameter in operation.get("parameters", [])
    )
