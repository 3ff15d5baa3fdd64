"""Letters as people read them: a notice and its facts in, subject, text and HTML out.

Pure: no database, no clock. A letter's body is written once, in `templates/letters/<notice>/body.jinja`,
and rendered twice with the parts of `_base/text` and of `_base/html`, so that both say the same.
"""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import UndefinedError
from markupsafe import Markup

from models import cases, russian
from models.decisions import Ground, Outcome
from models.letters import Notice
from models.lines import clean
from models.regulation import PROVISIONS
from models.requests import Access, Wanted
from models.terms import Clause, Recipient

_LETTERS = Path(__file__).parent.parent / "templates" / "letters"
_TEXT_WIDTH = 76
_SUBJECT_LENGTH = 160
_TITLE_IN_SUBJECT = 70

REFUSAL_RULE = (
    "Если в запросе не указана, либо указана не полностью информация предусмотренная п. 4.1. настоящего"
    " Регламента, либо аналогичная категория и/или учебный курс уже создан в СЭО ТО, то Уполномоченный орган"
    " направляет отказ инициатору данного запроса."
)
"""Clause 4.2 on refusals, in its own words."""

_ACCESS = {
    Access.SELF_REGISTRATION: "самостоятельная регистрация Пользователей",
    Access.BY_RESPONSIBLE: "регистрация Пользователей ответственным лицом с выдачей им учётных данных",
    Access.PER_COURSE: "определяется для каждого учебного курса отдельно",
}


@dataclass(frozen=True)
class Person:
    """The responsible, with the particulars that are known."""

    name: str
    post: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Link:
    title: str
    url: str = ""


@dataclass(frozen=True)
class CandidateFacts:
    """A similar category, course or open request."""

    title: str
    link: str
    score: int
    """Per cent."""
    source: str
    """Where it was found, in Russian: «реестр», «Moodle», «открытый запрос»."""


@dataclass(frozen=True)
class DeadlineFacts:
    """The deadline of the clause that the letter is about."""

    clause: Clause
    last_day: date
    remaining: str
    """«осталось 3 рабочих дня», «просрочено на 2 дня»: at the moment of writing."""
    explanation: str
    """One sentence, such as `Explanation.sentence`."""
    is_provisional: bool = False
    is_late: bool = False
    """The term had passed when the letter was written."""

    @property
    def clause_title(self) -> str:
        return PROVISIONS[self.clause].title

    @property
    def outside(self) -> str:
        """Why the term isn't the regulation's own; empty where it is."""
        return PROVISIONS[self.clause].outside


@dataclass(frozen=True)
class DecisionFacts:
    """The decision of clause 4.2."""

    outcome: Outcome
    decided_on: date
    ground: Ground | None = None
    missing: tuple[str, ...] = ()
    """In Russian, as `Item.russian`."""
    analogue: Link | None = None
    reason: str = ""
    late_by: str = ""
    """«на 2 рабочих дня»; empty when in time."""
    is_automatic: bool = False
    """The engine's own refusal of an incomplete request."""


@dataclass(frozen=True)
class LetterContext:
    """Everything that letters and documents tell of a request; what a notice doesn't need stays at
    its default."""

    facts: ClassVar[str] = "_base/facts.jinja"
    is_appointing: ClassVar[bool] = False
    """See `CourseLetter`."""

    number: str
    title: str
    """Name of the course, or of the category where no course is asked for; blank when not given."""
    wanted: Wanted
    subsystem_name: str
    agency_name: str
    recipient: Recipient
    received_on: date
    category_name: str = ""
    """The existing category or the new one; not needed where the category alone is asked for."""
    goal: str = ""
    learners: str = ""
    """Who the learners are, in words."""
    access: Access | None = None
    responsible: Person | None = None
    previous_number: str = ""
    """The refused request that this one follows."""
    outgoing_number: str = ""
    """The agency's own number and date of its letter."""
    outgoing_on: date | None = None
    deadline: DeadlineFacts | None = None
    old_last_day: date | None = None
    new_last_day: date | None = None
    moved_by: str = ""
    """The decree that moved the deadline."""
    rung_label: str = ""
    told: tuple[Recipient, ...] = ()
    """Who else has got an escalation of this clause; never who was only planned to get one."""
    decision: DecisionFacts | None = None
    order_received_on: date | None = None
    set_up_on: date | None = None
    set_up_late_by: str = ""
    contacts: tuple[str, ...] = ()
    """Particulars of the responsible to ask for, in Russian."""
    checklist: tuple[str, ...] = ()
    task_reason: str = ""
    obstacle: str = ""
    candidates: tuple[CandidateFacts, ...] = ()
    course_url: str = ""
    category_url: str = ""
    forgot_password_url: str = ""
    site_url: str = ""
    """The subsystem's own address; one of Appendix 1 has none."""
    operator_email: str = ""
    """Where the operator is asked for advice."""
    case_page: str = ""
    """See `CourseLetter`."""
    status_code: str = ""
    """By which anybody sees where the request stands; blank where there is none."""
    status_url: str = ""

    @property
    def label(self) -> str:
        """«Запрос № 2026-000123»"""
        return cases.label(self.number)

    @property
    def wanted_words(self) -> str:
        """What to create, in the genitive: «учебного курса «Основы» в категории «Медицина»»."""
        if self.wanted is Wanted.CATEGORY:
            return f"категории {_quoted(self.title)}"
        course = f"учебного курса {_quoted(self.title)}"
        if self.wanted is Wanted.CATEGORY_AND_COURSE:
            return f"категории {_quoted(self.category_name)} и {course}"
        return f"{course} в категории «{self.category_name}»" if self.category_name else course

    @property
    def told_words(self) -> str:
        """«рассматривающим, руководителю рассматривающих»"""
        return ", ".join(recipient.whom for recipient in self.told)

    @property
    def access_words(self) -> str:
        return _ACCESS[self.access] if self.access else ""


class About(Protocol):
    """What a letter is about."""

    facts: ClassVar[str]
    """The template of what it tells first."""


@dataclass(frozen=True)
class Rendered:
    subject: str
    """One line, at most 160 characters."""
    text: str
    html: str


def render(notice: Notice, context: About, *, subject: str = "", opening: Sequence[str] = ()) -> Rendered:
    """The letter of a notice.

    Args:
        notice: Which.
        context: What it tells.
        subject: In place of the template's; blank for that.
        opening: Paragraphs in place of the template's; none for those.

    Raises:
        jinja2.UndefinedError: the letter would print a fact that the context leaves out.
    """
    line = _one_line(subject) or _subject(notice, context)
    facts: dict[str, Any] = {
        "letter": context,
        "subject": _shortened(line, _SUBJECT_LENGTH),
        "opening": opening,
    }
    body = f"{notice}/body.jinja"
    text = _environment("text").get_template(body).render(facts)
    html = _environment("html").get_template(body).render(facts)
    return Rendered(facts["subject"], re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html)


def _subject(notice: Notice, context: About) -> str:
    return _one_line(_environment("text").get_template(f"{notice}/subject.txt").render(letter=context))


@cache
def _environment(kind: Literal["text", "html"]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([_LETTERS / "_base" / kind, _LETTERS]),
        autoescape=kind == "html",
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": russian.date_words,
        "indented": _indented,
        "no_capital": lambda label: label[:1].lower() + label[1:],
        "short": lambda title: _shortened(_one_line(title), _TITLE_IN_SUBJECT),
        "wrap": _wrapped,
    }
    # As globals the parts need no import in each letter.
    parts = vars(environment.get_template("parts.jinja").module)
    environment.globals |= {**parts, "refusal_rule": REFUSAL_RULE}
    return environment


def _printable(value: Any) -> Any:
    if value is None:
        raise UndefinedError("a letter prints a fact that its context leaves out")
    return value if isinstance(value, Markup) else clean(str(value))


def _quoted(name: str) -> str:
    return f"«{name.strip()}»" if name.strip() else "(наименование не указано)"


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _shortened(line: str, length: int) -> str:
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """A paragraph in lines; numbers with «№», clauses and dates aren't torn apart."""
    wrapper = textwrap.TextWrapper(_TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
    wrapper.initial_indent = indent if first is None else first
    wrapper.subsequent_indent = indent
    glued = _UNTORN.sub("\xa0", " ".join(re.split(r"[ \t\n]+", text.strip())))
    return wrapper.fill(glued).replace("\xa0", " ")


_UNTORN = re.compile(r"(?<=№) |(?<=п\.) | (?=\d\.\d)|(?<=\d) (?=[а-я])| (?=г\.)|(?<=[а-я]) (?=\d{4} г\.)")


def _indented(text: str) -> str:
    """What a person typed: line by line, and indented so that nothing in it passes for ours."""
    return "\n".join(_wrapped(line, "    ") if line.strip() else "" for line in text.strip().split("\n"))
