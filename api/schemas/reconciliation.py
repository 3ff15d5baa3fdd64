"""The nightly reconciliation as it is answered."""

from pydantic import BaseModel, Field

from api.schemas.fields import Instant, Named


class RunShown(BaseModel):
    """One reconciliation of the register with a Moodle."""

    started_at: Instant
    finished_at: Instant | None
    outcome: Named
    failure: str = Field(description="Из-за чего прочитано не всё; пусто, если ничего не помешало.")
    categories: int = Field(description="Категорий в Moodle.")
    courses: int = Field(description="Курсов в Moodle.")
    looked: int = Field(description="Курсов реестра, у которых проверены учителя и способ записи.")
    unread: int = Field(description="Курсов реестра, которые проверить не удалось: о них выводов нет.")
    adopted: int = Field(description="Курсов принято в реестр.")


class DifferenceShown(BaseModel):
    """What differs between the register and a Moodle."""

    id: int
    kind: Named
    category: int | None
    course: int | None
    in_register: str
    in_moodle: str
    found_at: Instant
    task: int | None = Field(description="Задача Оператору; одна, если расхождений много и они одинаковы.")


class ReconciliationShown(BaseModel):
    """How the register and a Moodle agree."""

    subsystem: str
    running: bool = Field(description="Сверка идёт сейчас или только что начата.")
    last: RunShown | None = Field(description="Последняя сверка, которая закончилась.")
    differences: list[DifferenceShown]
    more: int = Field(description="Сколько ещё расхождений не показано.")
