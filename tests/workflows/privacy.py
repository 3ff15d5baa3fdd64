"""The search for people in Temporal's histories."""

import asyncio
import base64
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sqlmodel import select
from temporalio.client import WorkflowHistory

from models.tables import (
    ApiKey,
    BulkLetter,
    Category,
    CertificateRow,
    CertificationRow,
    Course,
    LearnerRow,
    LetterRow,
    Organisation,
    Request,
    TextRow,
)
from tests.engine import Engine

_ROOT = Path(__file__).parents[2]
_AT_ONCE = 16
_WORD = re.compile(r"\w+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")


async def people_in_histories(engine: Engine) -> list[tuple[str, str]]:
    """What people typed and where it stands in Temporal, though it may not; empty as it should be."""
    return found(await typed_by_people(engine), await all_histories(engine))


async def all_histories(engine: Engine, query: str | None = None) -> dict[str, str]:
    """What each history of the run says, or each that a query of Temporal finds, by workflow id and run."""
    client, turn = engine.client, asyncio.Semaphore(_AT_ONCE)

    async def told(workflow_id: str, run_id: str) -> tuple[str, str]:
        async with turn:
            history = await client.get_workflow_handle(workflow_id, run_id=run_id).fetch_history()
        return f"{workflow_id} {run_id}", text_of(history)

    listed = [(one.id, one.run_id) async for one in client.list_workflows(query)]
    return dict(await asyncio.gather(*(told(*one) for one in listed)))


def text_of(history: WorkflowHistory) -> str:
    """Everything in a history: names, summaries, failures, and the payloads as they travel."""
    raw = b"\n".join(event.SerializeToString() for event in history.events)
    return readable(raw.decode(errors="replace"))


def readable(text: str) -> str:
    """A text together with what is escaped or encoded in it."""
    hidden = [_decoded(one) for one in _BASE64.findall(text)]
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), "\n".join([text, *hidden]))


async def typed_by_people(engine: Engine) -> set[str]:
    """Who the test persons are and what they typed, from where it may stand: Postgres."""
    async with engine.sessions() as session:
        requests = (await session.scalars(select(Request))).all()
        persons = [
            *(await session.scalars(select(ApiKey.holder))).all(),
            *(await session.scalars(select(LetterRow.address))).all(),
            *(await session.scalars(select(Organisation.email))).all(),
            *(await session.scalars(select(Organisation.head_email))).all(),
            *(await session.scalars(select(TextRow.body))).all(),
            *(await session.scalars(select(BulkLetter.address))).all(),
            *(await session.scalars(select(CertificateRow.name))).all(),
            *(await session.scalars(select(CertificationRow.signatory_name))).all(),
            *(await session.scalars(select(LearnerRow.surname))).all(),
            *(await session.scalars(select(LearnerRow.email))).all(),
            *(await session.scalars(select(LearnerRow.username))).all(),
        ]
        titles = [
            *(await session.scalars(select(Organisation.name))).all(),
            *(await session.scalars(select(Category.name))).all(),
            *(await session.scalars(select(Course.name))).all(),
        ]
    for request in requests:
        titles += [request.course_name, request.category_name]
        persons += [request.goal, request.learners_are, request.responsible_post]
        persons += [request.responsible_name, *request.responsible_name.split()]
        persons += [request.responsible_email, request.responsible_phone]
        persons += [value for learner in request.learners for value in learner.values()]
    allowed = "\n".join(titles)
    return {one.strip() for one in persons if tells_of_somebody(one.strip()) and one.strip() not in allowed}


def found(sought: Iterable[str], histories: dict[str, str]) -> list[tuple[str, str]]:
    """Where something sought stands: the history, and what was found in it."""
    words = {key: set(_WORD.findall(text)) for key, text in histories.items()}
    every_word = set().union(*words.values())
    likely = [one for one in sought if every_word.issuperset(_WORD.findall(one))]
    return [(key, one) for one in likely for key, text in histories.items() if one in text]


def tells_of_somebody(text: str) -> bool:
    """An address, a phone, or words that people typed and the engine does not say by itself.

    Not the odd character that a test of bad input has typed, nor «Проверка»: those stand everywhere.
    """
    is_address = "@" in text and len(text) > 6
    is_phone = sum(character.isdigit() for character in text) >= 7 and text.startswith("+")
    is_russian = sum("а" <= character <= "я" for character in text.casefold()) >= 5
    return is_address or is_phone or (is_russian and not _is_own(text))


def _is_own(text: str) -> bool:
    own = _own_words()
    # Most do not stand there at all, which the pattern finds out a hundred times slower.
    return text in own and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", own) is not None


@cache
def _own_words() -> str:
    """What the engine may say in Temporal: the summaries, cards and names of its own."""
    files = [file for room in ("workflows", "models") for file in sorted((_ROOT / room).rglob("*.py"))]
    return "\n".join(file.read_text() for file in files)


def _decoded(text: str) -> str:
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    try:
        return base64.b64decode(padded).decode()
    except ValueError:  # it only looked like base64
        return ""
