"""Clause 4.4 over HTTP: the building of a course, and consultations about it."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import Day, Form, Instant, Named, Reason


class PlanForm(Form):
    """The day on which the course is to be ready."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"planned_on": "2027-03-01"}]})

    planned_on: Day = Field(description="День включительно; новая дата заменяет прежнюю.")


class Missing(BaseModel):
    """What a course lacks, in plain words."""

    code: str
    what: str
    blocking: bool = Field(description="Пока это так, курс не готов; остальное — предупреждения.")


class Declaration(BaseModel):
    """What the check of a declared course has found."""

    at: Instant
    ready: bool
    findings: list[Missing]


class AuthoringShown(BaseModel):
    """The building of a course as it stands."""

    number: str
    course: int
    state: Named
    planned_on: date | None
    overdue: bool
    declared: Declaration | None = Field(description="Последнее объявление готовности; нет — не объявляли.")
    closed_at: Instant | None


class CourseItem(BaseModel):
    """A course of the register in a list."""

    id: int
    name: str
    subsystem: str
    owner: str
    owner_name: str
    url: str | None
    state: Named | None = Field(description="Готовность; нет — курс ведётся вне системы.")
    planned_on: date | None = Field(description="День, к которому курс должен быть готов.")
    overdue: bool


class PowersEnded(BaseModel):
    """What a person was responsible for until their last day (clause 4.8)."""

    last_day: date
    names: list[str] = Field(description="«курс «…»», «категория «…»».")


class CoursePage(BaseModel):
    """A page of a list; `next` is the cursor of the page after it."""

    items: list[CourseItem]
    next: str | None = None
    ended: PowersEnded | None = Field(
        default=None, description="Прежние полномочия ответственного лица, у которого курсов больше нет."
    )


class LineForm(Form):
    """A question or an answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "Как показать курс только сотрудникам больницы?"}]}
    )

    text: Reason


class Line(BaseModel):
    """What was said in a consultation."""

    at: Instant
    who: str
    answer: bool = Field(description="Ответ Оператора; иначе вопрос ответственного лица.")
    text: str


class ConsultationShown(BaseModel):
    """A consultation as it stands, the oldest line first."""

    number: str
    course: int
    state: Named
    lines: list[Line]
    opened_at: Instant
    closed_at: Instant | None
