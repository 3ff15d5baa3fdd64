"""Finding a case that the caller may see."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import Caller
from api.errors import Problem
from models.tables import Request


async def visible(session: AsyncSession, caller: Caller, number: str) -> Request:
    """The request of this number.

    Raises:
        Problem: `not-found`, whether there is none or it is not the caller's.
    """
    request = await session.get(Request, number)
    if request is None or not caller.sees(request):
        raise Problem("not-found")
    return request
