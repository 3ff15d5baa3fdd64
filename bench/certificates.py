"""Clause 4.9: certificates decided, numbered and set for print, against bare Typst for the same pages.

The bare one has its facts ready, the same pages in a PDF, and as little memory; it knows no Postgres.
"""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import typst

from bench.engine import API, Engine
from bench.measure import pairs
from reports.certificates import PART
from reports.qr import qr
from reports.typst import forget

CERTIFICATES = int(os.environ.get("BENCH_CERTIFICATES", "10000"))
"""Fewer for a quick look."""
LETTERS = min(CERTIFICATES, 1000)
MEMORY_LIMIT_MB = 400
_ROUNDS = 3
_TEMPLATES = Path(__file__).parent.parent / "templates" / "documents"
_FONTS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
_NUMBERS = count(1)
_NAME = "Константинопольская Мария Петровна"
_COURSE = "Оказание первой помощи"
_FILL = """
INSERT INTO courses (subsystem, name, owner) VALUES ('edu', '{course} {at}', 'zdrav');

INSERT INTO cases (number, kind, organisation, subsystem, course, title, input, opened_at, started_at,
                   closed_at, histories_kept, is_sealed)
SELECT '{number}', 'training', 'zdrav', 'edu', max(id), '{course}', '{{}}', now(), now(), now(), true, true
FROM courses;

INSERT INTO trainings (number, course, title, starts_on, ends_on, state, closed_at, lists, origin, unseen)
SELECT '{number}', max(id), 'Поток', '2026-12-01', '2026-12-20', 'ended', now(), '[]', 'read', '[]'
FROM courses;

INSERT INTO participants (training, ordinal, name, email, organisation, post, state)
SELECT '{number}', i, '{name} ' || i, {email}, '', '', 'completed' FROM generate_series(1, {people}) AS i;

ANALYZE;
"""


async def certificates(engine: Engine) -> bool:
    """From the owner's word until the last page can be printed; then letters, and the worker's memory."""

    async def by_engine() -> list[float]:
        # The same is not decided twice of one training.
        return [await _by_engine(engine, await _over(engine, CERTIFICATES, email="''"))]

    async def by_typst() -> list[float]:
        return [await asyncio.to_thread(_by_typst)]

    measured = await pairs(by_engine, by_typst, rounds=_ROUNDS)
    measured.report(f"Документы: {CERTIFICATES}", "цель — до 1.25: от 0.8 пропускной способности")
    await _letters(engine)
    memory = engine.worker_memory_mb()
    print(f"  память исполнителя {memory:.0f} МБ (предел {MEMORY_LIMIT_MB})", flush=True)
    return memory < MEMORY_LIMIT_MB


async def _over(engine: Engine, people: int, *, email: str) -> str:
    """A training that so many completed."""
    at = next(_NUMBERS)
    number = f"training-{900_000 + at}"
    told: dict[str, Any] = {"at": at, "number": number, "course": _COURSE, "name": _NAME, "people": people}
    await engine.database.execute(_FILL.format(email=email, **told).encode())
    return number


async def _by_engine(engine: Engine, training: str) -> float:
    begun = time.perf_counter()
    number = await _decide(engine, training)
    shown = await engine.get("agency", f"/certifications/{number}")
    assert shown["given"] == CERTIFICATES
    for part in range(1, shown["print_parts"] + 1):
        await _print(engine, number, part)
    return time.perf_counter() - begun


async def _decide(engine: Engine, training: str) -> str:
    """Everything of it done but what is printed."""
    form = {"whom": "completed", "hours": 36}
    number = str((await engine.post("agency", f"/trainings/{training}/certification", form))["number"])
    await engine.until_none(f"SELECT count(*) FROM cases WHERE number = '{number}' AND closed_at IS NULL")
    return number


async def _print(engine: Engine, number: str, part: int) -> None:
    headers = {"Authorization": f"Bearer {engine.stack.keys['agency']}"}
    url = f"{engine.stack.api_url}{API}/certifications/{number}/print?part={part}"
    async with engine.http.get(url, headers=headers) as response:
        content = await response.read()
        assert response.status == 200
        assert content.startswith(b"%PDF")


def _by_typst() -> float:
    begun = time.perf_counter()
    for first in range(0, CERTIFICATES, PART):
        facts = json.dumps(_facts(range(first, min(first + PART, CERTIFICATES))), ensure_ascii=False)
        typst.compile(
            _TEMPLATES / "certificate.typ",
            root=_TEMPLATES,
            font_paths=_FONTS,
            ignore_system_fonts=True,
            sys_inputs={"facts": facts},
            pdf_tags=False,
        )
        forget()
    return time.perf_counter() - begun


def _facts(people: range) -> dict[str, Any]:
    return {
        "title": "Сертификаты",
        "design": "frame",
        "document": "Сертификат",
        "course": _COURSE,
        "hours": "36 академических часов",
        "period": "1–20 декабря 2026 г.",
        "owner": "Департамент здравоохранения Тюменской области",
        "check_page": "127.0.0.1:8000/certificates",
        "signatory_post": "",
        "signatory_name": "",
        "certificates": [_one(at) for at in people],
    }


def _one(at: int) -> dict[str, str]:
    code = f"K7QF-2M9X-{at:04}"
    return {
        "number": f"72-2026-{at:06}",
        "code": code,
        "name": f"{_NAME} {at}",
        "issued_on": "25 декабря 2026 г.",
        "grade": "",
        "supersedes": "",
        "qr": qr(f"http://127.0.0.1:8000/certificates/{code}"),
    }


async def _letters(engine: Engine) -> None:
    """With the PDF each, so that the worker sets them."""
    training = await _over(engine, LETTERS, email="'l' || i || '@example.org'")
    begun = time.perf_counter()
    await _decide(engine, training)
    print(f"  писем с документом {LETTERS}: {time.perf_counter() - begun:.0f} с", flush=True)


MEASURES: dict[str, Callable[[Engine], Awaitable[bool]]] = {"certificates": certificates}
