"""Every letter that the engine writes, as its reader would have it, with invented facts."""

from fastapi import Request, Response

from activities.course_examples import example
from api.auth import Role, allow
from api.errors import Problem
from api.pages.frame import pages_router, show
from models.letters import Notice

router = pages_router()

_ALLOWED = [allow(Role.ADMIN)]


@router.get("/letters", dependencies=_ALLOWED)
async def letters_page(http: Request) -> Response:
    """Their subjects, in the order of the regulation."""
    examples = [(notice.value, example(notice).subject) for notice in Notice]
    return show(http, "letters.html", title="Письма", examples=examples)


@router.get("/letters/{notice}", dependencies=_ALLOWED)
async def letter_page(http: Request, notice: str) -> Response:
    """One letter."""
    if notice not in set(Notice):
        raise Problem("not-found")
    return show(http, "letter.html", title="Образец письма", notice=notice, letter=example(Notice(notice)))
