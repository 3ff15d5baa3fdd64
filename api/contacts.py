"""Particulars of the responsible that a request lacked (clause 4.1: asked for, never a ground)."""

from datetime import UTC, datetime

from api.cases import visible
from api.errors import Problem
from api.idempotency import Post
from api.schemas.actions import ContactForm, Done
from models import store
from models.requests import Stage
from models.step import Step
from models.terms import Clause


async def add(post: Post, number: str, form: ContactForm) -> Done:
    """Fill in what is given; a particular that is left blank stays as it was.

    Raises:
        Problem: The case is closed.
    """
    async with post.sessions.begin() as session:
        request = await visible(session, post.caller, number)
        if not Stage(request.stage).is_open:
            raise Problem("stage-passed")
        request.responsible_post = form.post or request.responsible_post
        request.responsible_email = form.email or request.responsible_email
        request.responsible_phone = form.phone or request.responsible_phone
        step = Step(number=number, step=f"request/contacts-{post.id}", at=datetime.now(UTC))
        what = "Дополнены сведения об ответственном лице"
        await store.write_once(session, step, Clause.REQUEST, what, by=post.caller.actor)
    return Done(number=number)
