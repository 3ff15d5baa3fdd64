"""The period that an answer is about: `?from=…&to=…`."""

from typing import Annotated

from fastapi import Depends, Query

from api.errors import Problem
from api.invalid import FieldProblem
from api.ledger import Period
from api.schemas.calendar import CalendarDay


def _period(
    first: Annotated[
        CalendarDay,
        Query(alias="from", description="С этого дня.", openapi_examples={"year": {"value": "2026-01-01"}}),
    ],
    last: Annotated[
        CalendarDay,
        Query(
            alias="to",
            description="По этот день включительно.",
            openapi_examples={"year": {"value": "2026-12-31"}},
        ),
    ],
) -> Period:
    if last < first:
        raise Problem("invalid", fields=[FieldProblem(field="to", detail="раньше начала периода")])
    return Period(first, last)


PeriodDep = Annotated[Period, Depends(_period)]
