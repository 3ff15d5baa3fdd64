"""What people do at an office's desk: over the API, as people with a key.

Filing and asking alone go around the routes: there the API takes today's date, and here the day is
a future one, and the term may be a changed one.
"""

import asyncio
import hashlib
import time
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
from sqlmodel import select

from api import consultations
from api.app import create
from api.auth import Caller, digest
from api.idempotency import Post
from api.intake import Incoming, Intake
from api.schemas.requests import RequestForm
from api.starting import Receipts, Starts
from devstack.keys import RESPONSIBLE_EMAIL
from models.changed_terms import Terms
from models.consultation import Consultation
from models.deadlines import local_date
from models.requests import Filed
from models.tables import ApiKey, CaseRow, Course
from models.terms import Clause
from rehearsal.clock import PATIENCE_SECONDS, NotAsRehearsed
from rehearsal.parts import Office
from rehearsal.people import Invented

_FILING = "POST /requests"
_RETRIED = (409, 503)
"""In flight, not ready, the outcome not known yet: the same POST again gives the outcome."""


class Desk:
    """Acts of people in one office, under a set of terms."""

    def __init__(self, office: Office, terms: Terms) -> None:
        self._office = office
        self._terms = terms
        self._app = create(office.settings, office.client, office.sessions)
        self._app.state.sessions, self._app.state.temporal = office.sessions, office.client

    async def file(self, one: Invented) -> Filed:
        """Register a request on its day, with the terms of this office; nothing is started."""
        office = self._office
        intake = Intake(Starts(office.client, office.settings, Receipts()), office.settings)
        post = await self._post("agency", _FILING)
        form = RequestForm.model_validate(_form(one))
        received_on = local_date(one.arrives_at)
        await intake.register(post, Incoming(form, post.caller.organisation, received_on, is_paper=False))
        async with office.sessions() as session:
            rows = await session.scalars(select(CaseRow).where(CaseRow.title == one.title))
            filed = Filed.model_validate(rows.one().input)
        terms = {"review_term": self._terms[Clause.REVIEW], "setup_term": self._terms[Clause.SETUP]}
        return filed.model_copy(update=terms)

    async def ask(self, request: str, at: datetime) -> Consultation:
        """The responsible of a request's course asks something; nothing is started."""
        post = await self._post("responsible", "POST /consultations")
        async with self._office.sessions.begin() as session:
            course = (await session.scalars(select(Course).where(Course.request == request))).one()
            opened = await consultations.open_one(session, course, "Как загрузить тест?", post, at)
        assert isinstance(opened.argument, Consultation)
        return opened.argument.model_copy(update={"term": self._terms[Clause.CONSULTATION]})

    async def decide(self, number: str, *, is_refused: bool) -> None:
        body: dict[str, Any] = {"outcome": "approved", "reason": "Похожие курсы — для других Пользователей"}
        if is_refused:
            missing = {"ground": "incomplete", "missing": ["learners"]}
            body = {"outcome": "refused", **missing, "reason": "Перечень Пользователей не полон"}
        await self._send("reviewer", f"/requests/{number}/decision", body)

    async def withdraw(self, number: str) -> None:
        await self._send("agency", f"/requests/{number}/withdrawal", {"reason": "Курс проведём очно"})

    async def confirm_setup(self, number: str) -> None:
        done = {"done": ["course", "account", "role"], "url": "http://rehearsal.example.org/course"}
        await self._send("operator", f"/requests/{number}/setup/confirmation", done)

    async def answer(self, number: str) -> None:
        await self._send("operator", f"/consultations/{number}/answers", {"text": "В «Банке вопросов»"})

    async def _post(self, role: str, route: str) -> Post:
        async with self._office.sessions() as session:
            own = ApiKey.sha256 == digest(self._office.keys[role])
            key = (await session.scalars(select(ApiKey).where(own))).one()
        unique = uuid4().hex
        sha256 = hashlib.sha256(unique.encode()).hexdigest()
        return Post(Caller.of(key), unique, route, sha256, self._office.sessions)

    async def _send(self, role: str, path: str, body: dict[str, Any]) -> None:
        """Until it is answered for good: on a busy machine the first answer may come late."""
        headers = {"Authorization": f"Bearer {self._office.keys[role]}", "Idempotency-Key": uuid4().hex}
        limit = time.monotonic() + PATIENCE_SECONDS
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api", timeout=60) as http:
            while True:
                response = await http.post(f"/api/v1{path}", json=body, headers=headers)
                if response.status_code == 200:
                    return
                if response.status_code not in _RETRIED or time.monotonic() > limit:
                    raise NotAsRehearsed(f"POST {path}: {response.status_code} {response.text}")
                await asyncio.sleep(0.5)


def _form(one: Invented) -> dict[str, Any]:
    """A course in the subsystem without web services: all of it is people's work."""
    responsible = {
        "name": "Иванова Мария Петровна",
        "post": "Методист",
        "email": RESPONSIBLE_EMAIL,
        "phone": "+7 3452 00-00-00",
    }
    return {
        "wanted": "course",
        "subsystem": "local",
        "course_name": one.title,
        "goal": "Повышение квалификации",
        "learners": {"description": "" if one.is_incomplete else "Около 100 человек"},
        "access": "by_responsible",
        "responsible": responsible,
    }
