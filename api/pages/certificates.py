"""Certificates (clause 4.9): the owner's decision, how far it is, its documents one by one."""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import PlainTextResponse

from api.auth import CallerDep, Role, allow
from api.certifications import CertificationDep
from api.errors import Problem
from api.invalid import FieldProblem
from api.pages.asking import Api, ApiDep
from api.pages.downloads import passed_on
from api.pages.frame import done, pages_router, show
from api.pages.live import word
from api.pages.trainings import OWNERS
from api.pages.visitors import Form, FormDep
from api.schemas.certificates import CertificateNumber
from api.trainings import TrainingDep
from models.certificates import DOCUMENT, Design, Whom
from models.certification import CertificationStage
from models.results import State
from models.tables import CertificationRow, TrainingRow

router = pages_router()

_DECISION = "/trainings/{number}/certification"
_PAGE = "/certifications/{number}"
_DOCUMENT = _PAGE + "/documents/{certificate}"
_ON_A_PAGE = 50
_OWNER = [allow(Role.AGENCY)]
_WHOM = [
    (Whom.COMPLETED.value, "всем, кто завершил обучение"),
    (Whom.THRESHOLD.value, "всем, у кого оценка не ниже порога"),
    (Whom.NAMED.value, "тем, кого отмечу ниже"),
]


@router.get(_DECISION, dependencies=OWNERS)
async def decision_page(
    http: Request,
    training: TrainingDep,
    caller: CallerDep,
    api: ApiDep,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """What has been decided, and the form of a decision for the owner."""
    return await _ask(http, training, api, role=caller.role, cursor=cursor)


@router.post(_DECISION, dependencies=_OWNER)
async def decide(
    http: Request, training: TrainingDep, form: FormDep, caller: CallerDep, api: ApiDep
) -> Response:
    """What was typed is there again when it is not accepted; who has not begun is named once before."""
    try:
        if form.text("act") != "anyway" and (unbegun := await _unbegun(training, form, api)):
            return await _ask(
                http,
                training,
                api,
                role=caller.role,
                cursor=form.text("cursor"),
                typed=form,
                unbegun=unbegun,
            )
        made = await api.post(f"/trainings/{training.number}/certification", form, _body(form))
    except Problem as problem:
        return await _ask(
            http, training, api, role=caller.role, cursor=form.text("cursor"), typed=form, problem=problem
        )
    return done(http, f"/certifications/{made['number']}", "Решение принято, документы выдаются.")


@router.post(_DECISION + "/preview", dependencies=_OWNER)
async def preview(
    http: Request, training: TrainingDep, form: FormDep, caller: CallerDep, api: ApiDep
) -> Response:
    """A sample to look at before anything is given, to whomever."""
    body = {**_look(form), "whom": Whom.COMPLETED}
    try:
        drawn = await api.draw(f"/trainings/{training.number}/certification/preview", body)
    except Problem as problem:
        return await _ask(
            http, training, api, role=caller.role, cursor=form.text("cursor"), typed=form, problem=problem
        )
    return passed_on(http, drawn)


@router.get(_PAGE, dependencies=OWNERS)
async def certification_page(
    http: Request,
    row: CertificationDep,
    caller: CallerDep,
    api: ApiDep,
    cursor: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """How far a decision is, and its documents, some at a time."""
    return await _show(http, row, api, role=caller.role, cursor=cursor)


@router.get(_PAGE + "/state", dependencies=OWNERS, response_class=PlainTextResponse)
async def state(row: CertificationDep, api: ApiDep) -> PlainTextResponse:
    """A word that changes with every document and letter."""
    return PlainTextResponse(word(await api.get(f"/certifications/{row.number}")))


@router.post(_DOCUMENT + "/revocation", dependencies=_OWNER)
async def revoke(
    http: Request, row: CertificationDep, certificate: CertificateNumber, form: FormDep, api: ApiDep
) -> Response:
    try:
        await api.post(f"/certificates/{certificate}/revocation", form, form.filled("reason"))
    except Problem as problem:
        return await _show(http, row, api, role=Role.AGENCY, problem=problem)
    said = f"Документ № {certificate} аннулирован: страница проверки уже говорит об этом."
    return done(http, f"/certifications/{row.number}", said)


@router.post(_DOCUMENT + "/correction", dependencies=_OWNER)
async def correct(
    http: Request, row: CertificationDep, certificate: CertificateNumber, form: FormDep, api: ApiDep
) -> Response:
    """Another document with the right name, instead of this one."""
    try:
        new = await api.post(f"/certificates/{certificate}/correction", form, form.filled("name"))
    except Problem as problem:
        return await _show(http, row, api, role=Role.AGENCY, problem=problem)
    said = f"Вместо документа № {certificate} выдан № {new['number']}."
    return done(http, f"/certifications/{row.number}", said)


def _body(form: Form) -> dict[str, Any]:
    """A decision as the API takes it: of the two ways only what belongs to the chosen one.

    Raises:
        Problem: The chosen way is told too little.
    """
    whom = form.text("whom")
    if whom == Whom.THRESHOLD and not form.text("threshold"):
        raise Problem("invalid", fields=[FieldProblem(field="threshold", detail="укажите порог оценки")])
    if whom == Whom.NAMED and not form.texts("named"):
        raise Problem("invalid", "Отметьте участников, которым выдать документ.")
    body = _look(form)
    if whom == Whom.THRESHOLD:
        body["threshold"] = _number(form.text("threshold").replace(",", "."))
    if whom == Whom.NAMED:
        body["named"] = [_number(one) for one in form.texts("named")]
    return body


def _look(form: Form) -> dict[str, Any]:
    """What such a document says of everybody, and the way in which they are chosen."""
    body: dict[str, Any] = form.filled("whom", "document", "design", "signatory_post", "signatory_name")
    if form.text("hours"):
        body["hours"] = _number(form.text("hours"))
    return {**body, "shows_grade": bool(form.text("shows_grade"))}


def _number(text: str) -> float | str:
    """As it was typed; what is none the API names by its field."""
    if not re.fullmatch(r"-?[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return text
    return float(text) if "." in text else int(text)


async def _unbegun(training: TrainingRow, form: Form, api: Api) -> list[str]:
    """Of those ticked on this page whoever has not begun, by name."""
    if form.text("whom") != Whom.NAMED:
        return []
    people = await _people(training, api, form.text("cursor"))
    ticked = set(form.texts("named"))
    return [
        one["name"]
        for one in people["participants"]
        if str(one["ordinal"]) in ticked and one["state"]["code"] == State.NOT_BEGUN
    ]


async def _people(training: TrainingRow, api: Api, cursor: str) -> Any:
    return await api.get(f"/trainings/{training.number}/participants", cursor=cursor or None, limit=500)


async def _ask(
    http: Request,
    training: TrainingRow,
    api: Api,
    *,
    role: Role,
    cursor: str,
    typed: Form | None = None,
    problem: Problem | None = None,
    unbegun: Sequence[str] = (),
) -> Response:
    path = f"/trainings/{training.number}"
    return show(
        http,
        "certification_new.html",
        title=f"Документы об обучении «{training.title}»",
        training=training,
        decisions=await api.get(f"{path}/certification"),
        people=await _people(training, api, cursor),
        unbegun=unbegun,
        cursor=cursor,
        decides=role is Role.AGENCY and training.closed_at is not None,
        whom=_WHOM,
        designs=[(one.value, one.russian) for one in Design],
        document=DOCUMENT,
        typed=typed,
        ticked=set(typed.texts("named")) if typed else set(),
        problem=problem,
        wrong=defaultdict(str, {one.field: one.detail for one in problem.fields} if problem else {}),
    )


async def _show(
    http: Request,
    row: CertificationRow,
    api: Api,
    *,
    role: Role,
    cursor: str = "",
    problem: Problem | None = None,
) -> Response:
    path = f"/certifications/{row.number}"
    shown = await api.get(path)
    return show(
        http,
        "certification.html",
        title=f"{shown['award']['document']}: {shown['course']}",
        decision=shown,
        page=await api.get(f"{path}/certificates", cursor=cursor or None, limit=_ON_A_PAGE),
        cursor=cursor,
        whom=dict(_WHOM)[shown["award"]["whom"]],
        design=Design(shown["award"]["design"]).russian,
        decides=role is Role.AGENCY,
        live="" if shown["state"]["code"] == CertificationStage.DONE else f"{path}/state",
        known=word(shown),
        problem=problem,
    )
