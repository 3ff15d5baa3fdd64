"""What a person looks for in the work list, kept under a name, over HTTP."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.deadlines import Pressure, WaitedFor
from api.schemas.fields import Form, Line
from models.terms import Clause


class SavedFilterForm(Form):
    """A filter of `GET /deadlines` and its name; one of the same name is replaced."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"name": "Просрочено по 4.2", "pressure": "overdue", "clause": "4.2"}]
        }
    )

    name: Annotated[Line, StringConstraints(min_length=1)]
    pressure: Pressure | None = Field(default=None, description="Насколько срочно.")
    clause: Clause | None = None
    waits_for: WaitedFor | None = Field(default=None, description="Кто должен действовать; `me` — сами.")
    search: Line = Field(default="", description="Слова из номера, названия, организации.")


class SavedFilterShown(BaseModel):
    """A filter that its owner has kept; what it leaves open is blank."""

    id: int
    name: str
    pressure: str
    clause: str
    waits_for: str
    search: str
