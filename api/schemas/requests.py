"""Clause 4.1 over HTTP: the request as it is filed, and as it is shown."""

from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from api.invalid import FieldProblem, RussianValueError
from api.schemas.fields import Day, Email, Form, Instant, Line, Named, Number, Prose
from api.schemas.records import CandidateShown
from models.completeness import Contents
from models.deadlines import local_date
from models.requests import Access, Stage, Wanted

EXAMPLE: dict[str, Any] = {
    "wanted": "course",
    "subsystem": "edu",
    "category": 2,
    "course_name": "Противодействие коррупции на государственной службе",
    "goal": "Ежегодное обучение государственных служащих по статье 20 закона № 79-ФЗ",
    "learners": {"description": "Государственные гражданские служащие исполнительных органов, 1200 человек"},
    "access": "by_responsible",
    "responsible": {
        "name": "Иванова Мария Петровна",
        "post": "Консультант отдела кадров",
        "email": "m.ivanova@example.org",
        "phone": "+7 3452 55-00-00",
    },
    "outgoing_number": "15-02/341",
    "outgoing_on": "2026-11-20",
}

_NAMED = {
    Wanted.CATEGORY: ("category_name",),
    Wanted.COURSE: ("category", "course_name"),
    Wanted.CATEGORY_AND_COURSE: ("category_name", "course_name"),
}
"""What each kind of request names; anything else would be lost."""

_FIRST_YEAR = 2019
"""Version 3.0 of the regulation is of that year."""


class Learner(Form):
    """A learner by name."""

    name: Line
    email: Email = ""
    organisation: Line = ""
    post: Line = ""


class Learners(Form):
    """Who the learners are: a list, or a description."""

    description: Prose = ""
    people: list[Learner] = Field(default_factory=list, max_length=5000)


class Responsible(Form):
    """The responsible person (the teacher)."""

    name: Line = ""
    post: Line = ""
    email: Email = ""
    phone: Line = ""


class RequestForm(Form):
    """A request by clause 4.1. A blank item is accepted, and is what the request will be refused for."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    wanted: Wanted
    subsystem: Line = Field(description="Код подсистемы из Приложения № 1.")
    category: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        le=2**31 - 1,
        description="Номер существующей категории в реестре (для курса).",
    )
    category_name: Line = Field(default="", description="Название новой категории.")
    course_name: Line = ""
    goal: Prose = ""
    learners: Learners = Learners()
    access: Access | None = None
    responsible: Responsible = Responsible()
    previous: Number | None = Field(
        default=None, description="Номер отклонённого запроса, вместо которого этот."
    )
    outgoing_number: Line = ""
    outgoing_on: Day | None = None
    draft: int | None = Field(
        default=None,
        strict=True,
        ge=1,
        le=2**31 - 1,
        description="Ваш черновик: его файлы станут документами дела, а сам он удалится.",
    )

    @field_validator("category", "category_name", "course_name")
    @classmethod
    def _is_asked_for(cls, value: Any, info: ValidationInfo) -> Any:
        wanted = info.data.get("wanted")
        if value and wanted and info.field_name not in _NAMED[wanted]:
            raise RussianValueError("в таком запросе это поле не заполняется")
        return value

    def contents(self, attached: int = 0) -> Contents:
        """What the rule of completeness looks at.

        Args:
            attached: How many learners the attached list names.
        """
        return Contents(
            wanted=self.wanted,
            category_name=self.category_name,
            course_name=self.course_name,
            goal=self.goal,
            learners_are=self.learners.description,
            learners_listed=len(self.learners.people) + attached,
            access=self.access,
            responsible_name=self.responsible.name,
            responsible_post=self.responsible.post,
            responsible_email=self.responsible.email,
            responsible_phone=self.responsible.phone,
        )


class CheckForm(RequestForm):
    """A request that is still being written: what it can't be registered without is named, not refused."""

    subsystem: Line = Field(default="", description="Код подсистемы из Приложения № 1.")


class PaperForm(RequestForm):
    """A paper letter that the authority registers."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**EXAMPLE, "agency": "zdrav", "received_on": "2026-03-02"}]}
    )

    agency: Line = Field(description="Код организации, от которой пришло письмо.")
    received_on: Day = Field(description="Дата поступления письма; от неё идёт срок п. 4.2.")

    @field_validator("received_on")
    @classmethod
    def _is_possible(cls, received_on: date) -> date:
        if received_on > local_date(datetime.now(UTC)):
            raise RussianValueError("дата поступления не может быть в будущем")
        if received_on.year < _FIRST_YEAR:
            raise RussianValueError("Регламент версии 3.0 действует с 2019 года")
        return received_on


class SimilarShown(CandidateShown):
    """Something alike, and how to join it instead of asking for the same anew."""

    owner: str = Field(default="", description="Владелец: к нему и присоединяются.")
    owner_email: str = ""
    category: int | None = Field(default=None, description="Категория, в которой можно создать свой курс.")
    sign_up: str | None = Field(default=None, description="Обучение, на которое сейчас открыта запись.")


class CheckAnswer(BaseModel):
    """What would come of a request, before it is filed."""

    complete: bool = Field(description="Запрос можно подать, и в нём есть всё по п. 4.1.")
    unfilled: list[FieldProblem] = Field(description="Без этого запрос не регистрируется.")
    missing: list[Named] = Field(description="За это запрос будет отклонён (п. 4.2).")
    asked_for: list[Named] = Field(description="Это спросят письмом; за это не отказывают.")
    similar: list[SimilarShown] = Field(description="Похожие категории, курсы и открытые запросы.")


class FiledAnswer(BaseModel):
    """The receipt of a registered request."""

    number: str = Field(examples=["2026-000123"])
    received_on: date
    registered_at: Instant
    complete: bool
    missing: list[Named] = []
    asked_for: list[Named] = []


class RequestItem(BaseModel):
    """A request in a list."""

    number: str
    title: str
    wanted: Wanted
    agency: str
    agency_name: str
    subsystem: str
    stage: Stage
    stage_name: str
    received_on: date
    clause: str | None = Field(default=None, description="Пункт, срок которого идёт.")
    waits_for: str | None = Field(default=None, description="Кто должен действовать: код.")
    waits_for_name: str = ""
    last_day: date | None = None
    due_at: Instant | None = None
    standing: str = Field(default="", description="«осталось 3 рабочих дня», «просрочено на 2 дня».")
    overdue: bool = False
    claimed_by: str = ""


class RequestPage(BaseModel):
    """A page of a list; `next` is the cursor of the page after it."""

    items: list[RequestItem]
    next: str | None = None


class ResponsibleShown(BaseModel):
    name: str
    post: str
    email: str
    phone: str


class DecisionShown(BaseModel):
    """The decision of clause 4.2, a refusal's reason with it."""

    outcome: str
    ground: str | None
    missing: list[Named]
    analogue: str | None
    reason: str
    decided_by: str
    at: Instant
    late_by: str
    order_received_on: date | None


class RequestShown(RequestItem):
    """A request whole."""

    category: int | None
    category_name: str = Field(description="Новой категории — или существующей, в которой просят курс.")
    course_name: str
    goal: str
    learners_description: str
    learners_listed: int
    access: Access | None
    responsible: ResponsibleShown
    previous: str | None
    outgoing_number: str
    outgoing_on: date | None
    paper: bool
    registered_at: Instant
    closed_at: Instant | None
    decision: DecisionShown | None
