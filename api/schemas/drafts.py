"""Drafts of requests over HTTP: anything that can be typed can be saved."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Form, Instant, Line, Named, Prose
from api.schemas.requests import Learners
from models.requests import Access, Wanted

EXAMPLE: dict[str, Any] = {
    "wanted": "course",
    "subsystem": "edu",
    "course_name": "Основы кибергигиены",
    "goal": "Обучение служащих",
}


class DraftResponsible(Form):
    """The responsible person as far as they are filled in."""

    name: Line = ""
    post: Line = ""
    email: Line = ""
    phone: Line = ""


class DraftForm(Form):
    """The form of a request, with what is still wrong or missing in it."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    wanted: Wanted | None = None
    subsystem: Line = ""
    category: int | None = Field(default=None, strict=True, ge=1, le=2**31 - 1)
    category_name: Line = ""
    course_name: Line = ""
    goal: Prose = ""
    learners: Learners = Learners()
    access: Access | None = None
    responsible: DraftResponsible = DraftResponsible()
    previous: Line = ""
    outgoing_number: Line = ""
    outgoing_on: Line = ""
    agency: Line = Field(default="", description="Бумажного письма: код организации.")
    received_on: Line = Field(default="", description="Бумажного письма: дата поступления.")


class DraftSaved(BaseModel):
    """What of a draft is told after it was saved: the rest is its author's alone."""

    id: int
    saved_at: Instant


class DraftFileShown(BaseModel):
    """A file of a draft, which becomes a document of the case."""

    kind: Named
    title: str
    rows: int = Field(description="В перечне: сколько в нём человек.")


class DraftItem(DraftSaved):
    """A draft in the list."""

    title: str = Field(description="Курс или категория; пусто, если ещё не названы.")


class DraftShown(DraftItem):
    """A draft whole."""

    form: DraftForm
    files: list[DraftFileShown]
