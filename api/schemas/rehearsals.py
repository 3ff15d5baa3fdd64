"""Rehearsals of changed terms over HTTP: the file that goes there, the report that comes back."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.schemas.fields import Form, Instant, Line, Prose, Reason

_TERMS = 'title = "Рассмотрение за 20 дней"\n\n[review]\ndays = 20\nreminders = [5, 3, 1]\n'

Title = Annotated[Line, StringConstraints(min_length=1)]


class TermsForm(Form):
    """A file of changed terms."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"file": _TERMS}]})

    file: Reason = Field(description="TOML, как в `rehearsal/example.toml`.")


class TermCompared(BaseModel):
    """A clause: the term in force beside the one to rehearse."""

    clause: str
    clause_title: str
    in_force: str = Field(description="«30 дней; напоминания за 7, 3, 1; …»")
    rehearsed: str
    changed: bool


class TermsChecked(BaseModel):
    """A file that can be rehearsed."""

    title: str
    file: str
    terms: list[TermCompared]
    command: str = Field(description="Чем её провести там, где есть исходники; здесь она не идёт.")


class ReportTable(Form):
    title: Title
    headings: list[Line] = Field(min_length=1, max_length=20)
    rows: list[Annotated[list[Line], Field(max_length=20)]]


class ReportForm(Form):
    """`report.json`, as the command writes it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Рассмотрение за 20 дней",
                    "introduction": "Репетиция на 2027 год: запросов — 60, жребий — 1.",
                    "tables": [
                        {
                            "title": "Итог по пунктам",
                            "headings": ["Пункт", "Сроки", "дел", "в срок"],
                            "rows": [
                                ["п. 4.2", "действует", "60", "51"],
                                ["п. 4.2", "репетируется", "60", "38"],
                            ],
                        }
                    ],
                }
            ]
        }
    )

    title: Title
    introduction: Prose
    tables: list[ReportTable] = Field(min_length=1, max_length=20)


class RehearsalItem(BaseModel):
    """A report in a list."""

    id: int
    title: str
    by: str = Field(description="Кто её принёс.")
    at: Instant


class RehearsalShown(RehearsalItem):
    introduction: str
    tables: list[ReportTable]
