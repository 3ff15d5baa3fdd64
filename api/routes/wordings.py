"""Templates of letters, for the administrator."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from api import wordings
from api.auth import Role, allow
from api.deps import SessionsDep
from api.documentation import acting, asking, reading
from api.idempotency import PostDep
from api.schemas.wordings import LetterTried, TemplateItem, TemplateShown, WordingForm
from models.letters import Notice

router = APIRouter(prefix="/letter-templates", tags=["Администрирование"])

_ALLOWED = [allow(Role.ADMIN)]


@router.get("", dependencies=_ALLOWED, responses=reading())
async def list_templates(sessions: SessionsDep) -> list[TemplateItem]:
    """Все письма системы и чьими словами они написаны."""
    async with sessions() as session:
        return await wordings.listed(session)


@router.get("/{notice}", dependencies=_ALLOWED, responses=reading("invalid"))
async def show_template(notice: Notice, sessions: SessionsDep) -> TemplateShown:
    """Письмо на придуманных сведениях, его слова, чем оно отличается от письма системы, кто и когда менял."""
    async with sessions() as session:
        return await wordings.shown(session, notice)


@router.post("/{notice}/preview", dependencies=_ALLOWED, responses=asking())
async def try_template(notice: Notice, form: WordingForm) -> LetterTried:
    """Каким стало бы письмо; ничего не сохраняется."""
    return wordings.tried(notice, wordings.checked(notice, form))


@router.post("/{notice}", dependencies=_ALLOWED, response_model=TemplateShown, responses=acting())
async def put_template(notice: Notice, form: WordingForm, post: PostDep) -> JSONResponse:
    """Задать тему и начало письма. Пустые возвращают письмо системы. Написанные письма не меняются."""
    words = wordings.checked(notice, form)
    return await post.at_once(lambda session: wordings.enter(session, post.caller, notice, words))
