"""Particulars of the responsible that a request lacked (clause 4.1: asked for, never a ground)."""

from datetime import UTC, datetime

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from api.errors import Problem
from api.idempotency import Post
from api.schemas.actions import ContactForm, Done
from models import ids, store
from models.requests import Contact, Stage
from models.setup import ContactsAdded
from models.step import Step
from models.tables import Request
from models.terms import Clause
from workflows.setup import SetupWorkflow

log = structlog.get_logger()


async def add(post: Post, number: str, form: ContactForm, client: Client) -> Done:
    """Fill in what the request lacked; another person, or another address of theirs, is clause 4.8.

    Raises:
        Problem: The case is closed, or a particular is known already.
    """
    given = {contact: text for contact in Contact if (text := getattr(form, contact.value))}
    async with post.sessions.begin() as session:
        request = await session.get_one(Request, number, with_for_update=True)
        if not Stage(request.stage).is_open:
            raise Problem("stage-passed")
        for contact, text in given.items():
            if getattr(request, f"responsible_{contact.value}") not in ("", text):
                raise Problem("contacts-given")
            setattr(request, f"responsible_{contact.value}", text)
        step = Step(number=number, step=f"request/contacts-{post.id}", at=datetime.now(UTC))
        what = f"Сведения об ответственном лице: {', '.join(one.russian for one in given)}"
        await store.write_once(session, step, Clause.REQUEST, what, by=post.caller.actor)
    if Contact.EMAIL in given and request.stage == Stage.SETUP:
        await _tell_setup(client, number, post.caller.actor)
    return Done(number=number)


async def _tell_setup(client: Client, number: str, by: str) -> None:
    """The engine may have been waiting for them; should this go astray, the operator can ask it to retry."""
    handle = client.get_workflow_handle(ids.setup_id(number))
    try:
        await handle.signal(SetupWorkflow.contacts_added, ContactsAdded(by=by))
    except (RPCError, RuntimeError) as error:
        log.warning("setup not told of contacts", number=number, error=type(error).__name__)
