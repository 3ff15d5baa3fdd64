"""The request that a canary is about: nobody's, for a subsystem worked on by hand."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import SQLModel

from models import canary
from models.cases import Kind
from models.deadlines import local_date
from models.decisions import ENGINE
from models.requests import Access, Filed, Integration, RequestCase, Stage, Wanted
from models.settings import Settings
from models.tables import CaseRow, Organisation, Request, Subsystem
from models.terms import Clause

_TITLE = "Проверка напоминаний (запрос придуман системой, делать ничего не нужно)"
_CODE = "canary"

_ADDRESSES = (
    "reviewer_email",
    "supervisor_email",
    "authority_email",
    "authority_head_email",
    "operator_email",
    "operator_head_email",
)


def mailbox(settings: Settings) -> str:
    """Where all letters about it go."""
    return settings.canary_email or settings.operator_email


def world(settings: Settings) -> Settings:
    """Settings of the workers that do what a canary does: no Moodle, one mailbox, a queue of their own."""
    return settings.model_copy(
        update={
            **dict.fromkeys(_ADDRESSES, mailbox(settings)),
            "task_queue": canary.queue(settings.task_queue),
            "moodle_sites": {},
            "activities_at_once": min(settings.activities_at_once, 5),
        }
    )


def filed(number: str, at: datetime, settings: Settings) -> Filed:
    """The input of its workflow, with the terms in force and the ladder of each hastened."""
    pace = {"pace": settings.canary_pace}
    return Filed(
        case=RequestCase(
            number=number,
            agency=_CODE,
            agency_name="Проверка",
            title=_TITLE,
            subsystem=_CODE,
            wanted=Wanted.CATEGORY,
        ),
        received_on=local_date(at),
        missing=(),
        ask_for=(),
        integration=Integration.MANUAL,
        review_term=canary.TERMS[Clause.REVIEW].model_copy(update=pace),
        setup_term=canary.TERMS[Clause.SETUP].model_copy(update=pace),
    )


def rows(filed: Filed, at: datetime, settings: Settings) -> Sequence[SQLModel]:
    """Everything that its schema holds when it begins, in order of their references."""
    case, to = filed.case, mailbox(settings)
    return (
        Organisation(code=_CODE, name=case.agency_name, kind="agency", email=to, head_email=to),
        Subsystem(code=_CODE, number="0", name="Проверка", purpose="Проверка", owner=_CODE),
        CaseRow(
            number=case.number,
            kind=Kind.REQUEST.value,
            organisation=_CODE,
            subsystem=_CODE,
            title=case.title,
            input=filed.model_dump(mode="json"),
            opened_at=at,
        ),
        Request(
            number=case.number,
            agency=_CODE,
            subsystem=_CODE,
            wanted=case.wanted.value,
            category_name=case.title,
            goal="Проверить, что напоминания и эскалации уходят",
            learners_are="никто",
            access=Access.BY_RESPONSIBLE.value,
            responsible_name="Проверка",
            responsible_post="Проверка",
            responsible_email=to,
            responsible_phone="0",
            received_on=filed.received_on,
            filed_by=ENGINE,
            stage=Stage.REGISTERED.value,
        ),
    )
