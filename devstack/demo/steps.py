"""Steps that several stories take."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from temporalio.service import RPCError

from devstack.demo.telling import Json, NotAsTold, check, quote, say
from devstack.demo.world import Handle, World
from models import russian
from models.deadlines import LOCAL_ZONE
from models.requests import Stage

AGENCY = "zdrav@example.org"


def fresh(name: str) -> str:
    """A name that no earlier demo on the same stack has used."""
    return f"{name}, поток {uuid4().hex[:6]}"


async def file(world: World, request: Mapping[str, Any]) -> Json:
    """The agency files a request; its receipt."""
    receipt = await world.post("agency", "/requests", dict(request), status=201)
    say(f"Департамент здравоохранения подаёт запрос: «{request['course_name']}»")
    say(f"Запрос зарегистрирован под № {receipt['number']}")
    return receipt


async def under_review(world: World, number: str) -> Json:
    """Waits until the reviewers have been told; the term of clause 4.2."""
    await world.letter(number, "ждёт решения", to="reviewer@example.org")
    return await term(world, number, "4.2")


async def term(world: World, number: str, clause: str) -> Json:
    terms: list[Json] = await world.get("reviewer", f"/cases/{number}/deadlines")
    return next(one for one in terms if one["clause"] == clause)


async def until_open(world: World, workflow: Handle) -> None:
    """Waits until Temporal knows it: a clause starts a moment after the one before it ended."""

    async def is_known() -> bool:
        try:
            await workflow.describe()
        except RPCError:
            return False
        return True

    await world.until(f"процесс {workflow.id} начат", is_known)


async def until_stage(world: World, number: str, stage: Stage) -> Json:
    """Waits until the request has come to a stage, the last ones with all that goes with it; the request."""

    async def has_come() -> Json | None:
        request: Json = await world.get("agency", f"/requests/{number}")
        is_whole = stage.is_open or request["closed_at"]
        return request if request["stage"] == stage and is_whole else None

    request = await world.until(f"запрос № {number} — «{stage.russian}»", has_come)
    check(f"запрос № {number}: {stage.russian}", request["stage"] == stage)
    return request


async def document(world: World, number: str, kind: str) -> bytes:
    """A document of the case, whole."""
    known: list[Json] = await world.get("agency", f"/cases/{number}/documents")
    found = next((one for one in known if one["kind"] == kind), None)
    if found is None:
        raise NotAsTold(f"в деле есть документ вида {kind}", known)
    content = await world.download("agency", f"/cases/{number}/documents/{found['id']}")
    check(
        f"документ в деле: «{found['title']}», PDF, {len(content) // 1024} КиБ", content.startswith(b"%PDF")
    )
    return content


async def tell_journal(world: World, number: str) -> None:
    say("Журнал дела:")
    lines: list[Json] = await world.get("agency", f"/cases/{number}/journal")
    quote([f"{moment(line['at'])}  п. {line['clause']}  {line['what']} ({line['who']})" for line in lines])


def moment(at: str) -> str:
    """«24.11.2026 09:00», in Yekaterinburg's time."""
    return f"{instant(at).astimezone(LOCAL_ZONE):%d.%m.%Y %H:%M}"


def instant(at: str) -> datetime:
    return datetime.fromisoformat(at)


def day(on: str) -> str:
    return russian.date_words(instant(on).date())
