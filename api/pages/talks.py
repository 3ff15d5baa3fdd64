"""A consultation on the page of its case: the responsible asks, the operator answers (4.3-4.4)."""

from fastapi import Request, Response

from api.pages.asking import ApiDep
from api.pages.frame import done, pages_router
from api.pages.visitors import FormDep
from api.schemas.fields import CaseNumber

router = pages_router()

_TALK = "/cases/{number}/consultation"


@router.post(f"{_TALK}/questions")
async def ask_more(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/consultations/{number}/questions", form, form.filled("text"))
    return done(http, f"/cases/{number}", "Вопрос отправлен Оператору.")


@router.post(f"{_TALK}/answers")
async def answer(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/consultations/{number}/answers", form, form.filled("text"))
    return done(http, f"/cases/{number}", "Ответ отправлен ответственному лицу.")


@router.post(f"{_TALK}/closing")
async def close(http: Request, number: CaseNumber, form: FormDep, api: ApiDep) -> Response:
    await api.post(f"/consultations/{number}/closing", form)
    return done(http, f"/cases/{number}", "Консультация закрыта.")
