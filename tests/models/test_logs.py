"""Logs are JSON lines that name no person."""

import json
import subprocess
import sys
from typing import Any

import pytest

_PROGRAM = """
import logging, structlog
from models import logs

logs.configure()
log = structlog.get_logger()

def fail():
    raise ValueError("ivanova@example.org")

{body}
"""


def _lines(body: str) -> list[dict[str, Any]]:
    """What a process of its own writes to stderr: to configure logs is for a whole process."""
    program = _PROGRAM.format(body=body)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30
    )
    assert "ivanova" not in ended.stderr
    assert ended.stdout == ""
    return [json.loads(line) for line in ended.stderr.splitlines()]


def test_our_events_and_those_of_libraries_are_json_lines_of_one_kind() -> None:
    ours, theirs = _lines(
        "log.info('started', number='2026-000001'); logging.getLogger('uvicorn').info('up')"
    )

    assert (ours["event"], ours["level"], ours["number"]) == ("started", "info", "2026-000001")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("up", "info", "uvicorn")


def test_an_exception_is_told_by_type_and_place_and_never_by_its_text() -> None:
    ours, theirs = _lines(
        "try:\n    fail()\nexcept ValueError:\n"
        "    log.exception('failed')\n    logging.getLogger('uvicorn.error').exception('failed too')"
    )

    assert ours["error"] == theirs["error"] == "ValueError"
    assert ours["where"][-1].startswith("<string>:")


def test_what_a_library_says_below_its_first_line_is_left_out() -> None:
    (line,) = _lines("logging.getLogger('asyncio').error('never retrieved\\n%r', 'ivanova@example.org')")

    assert line["event"] == "never retrieved"


def test_a_call_is_logged_without_the_callers_address_and_without_its_query() -> None:
    (line,) = _lines(
        "logging.getLogger('uvicorn.access').info("
        "'%s - %s %s HTTP/%s %d', 'ivanova:1', 'GET', '/api?who=ivanova', '1.1', 200)"
    )

    assert (line["method"], line["path"], line["status"]) == ("GET", "/api", 200)


@pytest.mark.parametrize("page", ["claim", "certificates"])
def test_a_call_to_a_page_of_a_code_is_logged_without_the_code(page: str) -> None:
    (line,) = _lines(
        "logging.getLogger('uvicorn.access').info("
        f"'%s - %s %s HTTP/%s %d', 'ivanova:1', 'GET', '/{page}/ivanova-K7QF', '1.1', 200)"
    )

    assert (line["method"], line["path"], line["status"]) == ("GET", f"/{page}/…", 200)


def test_the_token_of_a_calendar_feed_is_in_no_line() -> None:
    ours, theirs = _lines(
        "path = '/api/v1/calendar-feeds/ivanova-_9.ics'; log.warning('database unavailable', path=path);"
        "logging.getLogger('uvicorn.access').info('%s - %s %s HTTP/%s %d', 'x:1', 'GET', path, '1.1', 200)"
    )

    assert ours["path"] == theirs["path"] == "/api/v1/calendar-feeds/….ics"
