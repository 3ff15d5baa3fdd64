"""Finding a case that the caller may see."""

from typing import Annotated

from fastapi import Depends

from api.auth import CallerDep
from api.deps import SessionsDep
from api.errors import Problem
from api.schemas.fields import Number
from models.tables import Request


async def _visible(number: Number, caller: CallerDep, sessions: SessionsDep) -> Request:
    """The request of this number; 404 whether there is none or it is not the caller's."""
    async with sessions() as session:
        request = await session.get(Request, number)
    if request is None or not caller.sees(request):
        raise Problem("not-found")
    return request


RequestDep = Annotated[Request, Depends(_visible)]
