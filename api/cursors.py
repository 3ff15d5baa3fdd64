"""Cursors of lists: the last row shown, so that the next page begins after it whatever comes meanwhile."""

import base64
from typing import Self

from pydantic import BaseModel, ConfigDict

from api.errors import Problem
from api.invalid import FieldProblem


class Cursor(BaseModel):
    """The values that a list is ordered by, of the last row of a page."""

    model_config = ConfigDict(extra="forbid")

    @classmethod
    def read(cls, text: str) -> Self:
        """A cursor that we gave for this list.

        Raises:
            Problem: It is none of ours.
        """
        try:
            return cls.model_validate_json(base64.urlsafe_b64decode(text.encode()))
        except ValueError:
            raise unknown() from None

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()


def unknown() -> Problem:
    """A cursor that is none of this list's."""
    return Problem("invalid", fields=[FieldProblem(field="cursor", detail="нет такой страницы")])
