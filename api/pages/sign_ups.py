"""Applications for a training: accepted, declined, the accepted made a list of clause 4.5."""

from typing import Annotated

from fastapi import Query, Request, Response

from api.pages.asking import ApiDep
from api.pages.frame import done, pages_router, show
from api.pages.trainings import OWNERS
from api.pages.visitors import FormDep
from api.schemas.fields import CaseNumber, RowId
from api.trainings import TrainingDep
from models.signup import Standing
from models.trainings import Stage

router = pages_router()

_PAGE = "/trainings/{number}/sign-ups"
_ON_A_PAGE = 50


@router.get(_PAGE, dependencies=OWNERS)
async def sign_ups_page(
    http: Request,
    training: TrainingDep,
    api: ApiDep,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    standing: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Applications in the order of signing up. A filter that is none filters nothing."""
    known = standing if standing in set(Standing) else None
    path = f"/trainings/{training.number}/sign-ups"
    return show(
        http,
        "sign_ups.html",
        title=f"Запись на обучение «{training.title}»",
        training=training,
        page=await api.get(path, after=after, limit=_ON_A_PAGE, standing=known),
        standing=known or "",
        standings=[(one.value, one.russian) for one in Standing],
        is_open=Stage(training.state).is_open and training.closed_at is None,
        undecided={Standing.APPLIED.value, Standing.WAITING.value},
    )


@router.post(_PAGE + "/{application}/acceptance", dependencies=OWNERS)
async def accept(
    http: Request, number: CaseNumber, application: RowId, form: FormDep, api: ApiDep
) -> Response:
    await api.post(f"/trainings/{number}/sign-ups/{application}/acceptance", form)
    return done(http, f"/trainings/{number}/sign-ups", "Заявка принята, письмо человеку отправляется.")


@router.post(_PAGE + "/{application}/refusal", dependencies=OWNERS)
async def decline(
    http: Request, number: CaseNumber, application: RowId, form: FormDep, api: ApiDep
) -> Response:
    await api.post(f"/trainings/{number}/sign-ups/{application}/refusal", form, form.filled("reason"))
    return done(http, f"/trainings/{number}/sign-ups", "Заявка отклонена, письмо человеку отправляется.")


@router.post(_PAGE + "/enrolment", dependencies=OWNERS)
async def enrol(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    """On to the list that this has made."""
    made = await api.post(f"/trainings/{number}/sign-ups/enrolment", form)
    return done(http, f"/cases/{made['number']}", "Из принятых составлен список Пользователей.")
