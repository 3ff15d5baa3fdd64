"""Bad input: a clear answer, nothing registered and nothing lost."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import col, func, select

from api.auth import Role
from api.limits import LARGEST_BYTES
from models.deadlines import local_date
from models.tables import Request
from tests.api import words
from tests.engine import API, Engine, Json, request_form
from tests.workflows import standing

LONG = "я" * 255


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


async def _registered(engine: Engine) -> int:
    async with engine.sessions() as session:
        return int(await session.scalar(select(func.count(col(Request.number)))) or 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"wanted": "course",}',
        b"\xff\xfe",
        b"{'wanted': 'course'}",
        _nested(100_000).encode(),
        b'{"category": ' + b"9" * 5000 + b"}",
        b"null",
        b"[]",
        b'"course"',
        b"NaN",
    ],
    ids=lambda body: str(body[:20]),
)
async def test_what_is_no_json_object_is_invalid(engine: Engine, body: bytes) -> None:
    before = await _registered(engine)

    response = await words.post_raw(engine, "agency", "/requests", body)

    assert list(words.wrong_fields(response)) in ([""], [])
    assert await _registered(engine) == before


@pytest.mark.parametrize(
    ("field", "value", "detail"),
    [
        ("surprise", 1, "такого поля нет"),
        ("wanted", "everything", "нет такого значения"),
        ("wanted", None, "нет такого значения"),
        ("course_name", 5, "нужна строка"),
        ("course_name", ["Курс"], "нужна строка"),
        ("course_name", LONG, "слишком длинно"),
        ("course_name", "Курс\x00", "управляющие символы недопустимы"),
        ("course_name", "Курс\nв две строки", "управляющие символы недопустимы"),
        ("course_name", "Курс\u2028в две строки", "управляющие символы недопустимы"),
        ("course_name", "Курс\x1b[2J", "управляющие символы недопустимы"),
        ("course_name", "\ud800", "недопустимое значение"),
        ("goal", "Цель\x00", "управляющие символы недопустимы"),
        ("goal", "я" * 10_001, "слишком длинно"),
        ("subsystem", LONG, "слишком длинно"),
        ("category", "4", "нужно целое число"),
        ("category", 4.5, "нужно целое число"),
        ("category", True, "нужно целое число"),
        ("category", 0, "недопустимое значение"),
        ("category", 2**31, "недопустимое значение"),
        ("category_name", "Ещё и категория", "в таком запросе это поле не заполняется"),
        ("access", "by_magic", "нет такого значения"),
        ("previous", "2026-1", "недопустимый вид"),
        ("outgoing_on", "20.11.2026", "нужна дата в виде ГГГГ-ММ-ДД"),
        ("outgoing_on", 0, "нужна дата в виде ГГГГ-ММ-ДД"),
        ("outgoing_on", "2026-02-30", "нужна дата в виде ГГГГ-ММ-ДД"),
    ],
    ids=lambda value: repr(value)[:24],
)
async def test_a_wrong_field_is_named_and_nothing_is_registered(
    engine: Engine, field: str, value: Any, detail: str
) -> None:
    before = await _registered(engine)

    response = await words.post_raw(engine, "agency", "/requests", _json(request_form(**{field: value})))

    assert words.wrong_fields(response) == {field: detail}
    assert await _registered(engine) == before


@pytest.mark.parametrize(
    "email",
    [
        "vera@@example.org",
        "vera@example@org",
        "vera",
        "@",
        "vera@",
        "Вера <vera@example.org>",
        "вера@example.org",
    ],
)
async def test_an_address_that_no_letter_reaches_is_named(engine: Engine, email: str) -> None:
    form = request_form()
    form["responsible"]["email"] = email

    response = await engine.post("agency", "/requests", form)

    assert words.wrong_fields(response) == {"responsible.email": "это не адрес электронной почты"}


async def test_a_wrong_learner_is_named_by_row_and_the_answer_stays_short(engine: Engine) -> None:
    people = [{"name": "Вера"}, *({"name": "Пётр", "email": "two@@example.org"} for _ in range(1000))]

    response = await engine.post("agency", "/requests", request_form(learners={"people": people}))

    fields = words.wrong_fields(response)
    assert fields["learners.people.1.email"] == "это не адрес электронной почты"
    assert len(fields) == 50


async def test_a_field_with_a_name_that_is_no_text_is_invalid(engine: Engine) -> None:
    response = await words.post_raw(engine, "agency", "/requests", rb'{"\ud800": 1}')

    assert words.wrong_fields(response) == {"": "недопустимое значение"}


async def test_a_field_with_an_endless_name_is_named_by_its_beginning(engine: Engine) -> None:
    response = await words.post_raw(engine, "agency", "/requests", b'{"' + b"x" * 1000 + b'": 1}')

    assert words.wrong_fields(response)["x" * 100] == "такого поля нет"


async def test_the_values_sent_are_never_repeated(engine: Engine) -> None:
    form = request_form(wanted="Ивановой", surprise="Ивановой")
    form["responsible"]["email"] = "ivanova@@example.org"

    response = await engine.post("agency", "/requests", form)

    assert "вановой" not in response.text
    assert "ivanova" not in response.text


async def test_254_characters_are_a_name(engine: Engine) -> None:
    number = await standing.under_review(engine, course_name=LONG[:-1])

    assert (await engine.row(number)).course_name == LONG[:-1]


@pytest.mark.parametrize(
    ("changes", "type"),
    [
        ({"subsystem": "moon"}, "unknown-subsystem"),
        ({"subsystem": "edu-signup"}, "unknown-subsystem"),  # a module holds no courses
        ({"category": 2**31 - 1}, "unknown-category"),
        ({"subsystem": "eledu"}, "unknown-category"),  # number 4 is of `edu`
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/requests", "/requests/check"])
async def test_a_place_that_is_not_there_is_named(
    engine: Engine, path: str, changes: Json, type: str
) -> None:
    before = await _registered(engine)

    response = await engine.post("agency", path, request_form(**changes))

    assert words.problem(response, 422) == type
    assert await _registered(engine) == before


@pytest.mark.parametrize(
    ("changes", "type"),
    [({"subsystem": ""}, "unknown-subsystem"), ({"category": None}, "category-missing")],
    ids=str,
)
async def test_a_place_that_is_not_chosen_is_refused_when_filed(
    engine: Engine, changes: Json, type: str
) -> None:
    response = await engine.post("agency", "/requests", request_form(**changes))

    assert words.problem(response, 422) == type


async def test_a_check_names_all_that_is_missing_at_once(engine: Engine) -> None:
    form = request_form(goal="", category=None)

    elsewhere = (await engine.post("agency", "/requests/check", {**form, "subsystem": ""})).json()
    without_category = (await engine.post("agency", "/requests/check", form)).json()

    assert [one["field"] for one in elsewhere["unfilled"]] == ["subsystem", "category"]
    assert [one["code"] for one in elsewhere["missing"]] == ["goal"]
    assert not elsewhere["complete"]
    assert [one["field"] for one in without_category["unfilled"]] == ["category"]
    assert not without_category["complete"]


async def test_only_a_refused_request_of_ones_own_can_be_followed(engine: Engine) -> None:
    open_one = await standing.under_review(engine)
    theirs = await words.refused(engine)
    other = await words.issue(engine, Role.AGENCY, "trud")

    following_none = await engine.post("agency", "/requests", request_form(previous=words.NOBODYS_NUMBER))
    following_open = await engine.post("agency", "/requests", request_form(previous=open_one))
    following_theirs = await engine.post(other, "/requests", request_form(previous=theirs))

    assert words.problem(following_none, 422) == "unknown-previous"
    assert words.problem(following_open, 422) == "unknown-previous"
    assert words.problem(following_theirs, 422) == "unknown-previous"


@pytest.mark.parametrize(
    ("received_on", "detail"),
    [
        (local_date(datetime.now(UTC)) + timedelta(days=1), "дата поступления не может быть в будущем"),
        ("9999-12-31", "дата поступления не может быть в будущем"),
        ("2018-12-31", "Регламент версии 3.0 действует с 2019 года"),
        ("0001-01-01", "Регламент версии 3.0 действует с 2019 года"),
        (1700000000, "нужна дата в виде ГГГГ-ММ-ДД"),
    ],
)
async def test_an_impossible_date_of_receipt_is_named(
    engine: Engine, received_on: object, detail: str
) -> None:
    date = received_on if isinstance(received_on, int) else str(received_on)

    response = await engine.post(
        "reviewer", "/requests/paper", request_form(agency="zdrav", received_on=date)
    )

    assert words.wrong_fields(response) == {"received_on": detail}


async def test_a_paper_letter_of_nobody_is_not_registered(engine: Engine) -> None:
    form = request_form(agency="nobody", received_on=words.local_today())

    response = await engine.post("reviewer", "/requests/paper", form)

    assert words.problem(response, 422) == "unknown-organisation"


@pytest.mark.parametrize(
    "number", ["1", "2026-1", "2026-0000011", "２０２６-０００００１", "2026-000001%00", "abc"]
)
async def test_what_is_no_number_is_invalid(engine: Engine, number: str) -> None:
    response = await engine.call("reviewer", "GET", f"/requests/{number}")

    assert words.wrong_fields(response) == {"number": "недопустимый вид"}


@pytest.mark.parametrize("path", ["/nowhere", "/requests/", "/requests/2026-000001/nothing"])
async def test_a_path_that_is_not_served_is_not_found(engine: Engine, path: str) -> None:
    response = await engine.call("reviewer", "GET", path)

    assert words.problem(response, 404) == "not-found"


async def test_a_method_that_is_not_served_is_told_with_those_that_are(engine: Engine) -> None:
    response = await engine.call("reviewer", "PUT", "/requests")

    assert words.problem(response, 405) == "method-not-allowed"
    assert set(response.headers["Allow"].split(", ")) <= {"GET", "POST"}


class TestBodiesOverOneMebibyte:
    @staticmethod
    def _of(size: int) -> bytes:
        shell = _json(request_form(goal=""))
        return shell + b" " * (size - len(shell))

    async def test_one_that_says_its_length_is_too_large(self, engine: Engine) -> None:
        response = await words.post_raw(engine, "agency", "/requests", self._of(LARGEST_BYTES + 1))

        assert words.problem(response, 413) == "too-large"

    async def test_one_that_comes_in_chunks_is_too_large(self, engine: Engine) -> None:
        response = await words.post_raw(engine, "agency", "/requests", _chunks(self._of(LARGEST_BYTES + 1)))

        assert words.problem(response, 413) == "too-large"

    async def test_one_that_only_says_so_is_too_large_before_it_is_read(self, engine: Engine) -> None:
        response = await words.post_raw(
            engine, "agency", "/requests", b"{}", **{"Content-Length": "9" * 5000}
        )

        assert words.problem(response, 413) == "too-large"

    async def test_it_is_too_large_for_whoever_sends_it(self, engine: Engine) -> None:
        response = await words.send(
            engine.app, "POST", f"{API}/requests", content=self._of(LARGEST_BYTES + 1)
        )

        assert words.problem(response, 413) == "too-large"

    async def test_the_real_server_says_so_too(self, engine: Engine, address: str) -> None:
        async with httpx.AsyncClient(base_url=address) as http:
            for body in (self._of(LARGEST_BYTES + 1), _chunks(self._of(LARGEST_BYTES + 1))):
                response = await http.post(f"{API}/requests", content=body)

                assert words.problem(response, 413) == "too-large"

    async def test_exactly_one_mebibyte_is_registered_in_chunks_too(self, engine: Engine) -> None:
        response = await words.post_raw(engine, "agency", "/requests", _chunks(self._of(LARGEST_BYTES)))

        assert response.status_code == 201, response.text


def _json(form: Json) -> bytes:
    """Escaped, so that a lone surrogate can be sent."""
    return json.dumps(form).encode()


async def _chunks(body: bytes, size: int = 4096) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]
