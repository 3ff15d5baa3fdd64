"""Organisations and the addresses of their letters: by the command line, the API and the page."""

import re

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from models.tables import Organisation

_CODE = r"[a-z][a-z0-9-]{0,49}"


class NameMissing(Exception):
    """A new organisation needs its name."""


class CodeUnfit(Exception):
    """The code of a new organisation stands in workflows and addresses, so it is a plain one."""


async def listed(session: AsyncSession) -> list[Organisation]:
    """All of them, by code."""
    return list((await session.scalars(select(Organisation).order_by(col(Organisation.code)))).all())


async def put(session: AsyncSession, code: str, name: str, email: str, head_email: str) -> Organisation:
    """Enter an organisation, or its addresses; a blank name leaves the name as it is.

    Raises:
        NameMissing: It is new and has no name.
        CodeUnfit: It is new and its code is not letters, digits and hyphens.
    """
    row = await session.get(Organisation, code, with_for_update=True)
    if row is None:
        row = _new(code, name)
        session.add(row)
    row.name = name or row.name
    row.email, row.head_email = email, head_email
    await session.flush()
    return row


def _new(code: str, name: str) -> Organisation:
    if not name:
        raise NameMissing
    if not re.fullmatch(_CODE, code):
        raise CodeUnfit
    return Organisation(code=code, name=name, kind="agency")
