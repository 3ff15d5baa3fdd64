"""Documents of a case as PDF: the refusal of clause 4.2 and the request to the operator of 4.2-4.3.

Typst sets them from `templates/documents`. What people typed reaches it as data, never as source, so
nothing in it is executed or read as markup. The same facts give the same bytes: the only date that a
PDF carries is that of the fact it tells of.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import typst

from activities.rendering import REFUSAL_RULE, DecisionFacts, LetterContext, Person, clean
from models import russian
from models.decisions import Ground
from models.regulation import PROVISIONS
from models.terms import Clause

_DOCUMENTS = Path(__file__).parent.parent / "templates" / "documents"


class DocumentKind(StrEnum):
    """A kind of document; each has a Typst template with this name."""

    REFUSAL = "refusal"
    """To the agency: the refusal of clause 4.2."""
    ORDER = "order"
    """To the operator: the request to do the work of clause 4.3."""


@dataclass(frozen=True)
class Typeset:
    title: str
    filename: str
    """Latin letters only: it goes through mail and HTTP headers."""
    media_type: str
    content: bytes


def typeset(kind: DocumentKind, context: LetterContext) -> Typeset:
    """A document of a case. Pure, and safe in threads.

    Raises:
        ValueError: the context lacks the decision, or the date on which the order was received.
    """
    match kind:
        case DocumentKind.REFUSAL:
            return _refusal(context)
        case DocumentKind.ORDER:
            return _order(context)


def _refusal(context: LetterContext) -> Typeset:
    decision = context.decision
    if decision is None:
        raise ValueError("a refusal needs its decision")
    facts = _case(context) | {
        "decided_on": russian.date_words(decision.decided_on),
        "rule": REFUSAL_RULE,
        "is_outside": decision.ground is Ground.OTHER,
        "is_automatic": decision.is_automatic,
        "missing": decision.missing,
        "analogue": _analogue(decision),
        "reason": _lines(decision.reason),
    }
    title = f"Отказ по запросу № {context.number}"
    content = _compile(DocumentKind.REFUSAL, title, facts, dated=decision.decided_on)
    return Typeset(title, f"otkaz-{context.number}.pdf", "application/pdf", content)


def _order(context: LetterContext) -> Typeset:
    received_on = context.order_received_on
    if received_on is None:
        raise ValueError("a request to the operator needs the date on which it was received")
    decision, deadline = context.decision, context.deadline
    if deadline and deadline.clause is not Clause.SETUP:
        deadline = None
    facts = _case(context) | {
        "decided_on": russian.date_words(decision.decided_on) if decision else "",
        "order_received_on": russian.date_words(received_on),
        "rule": PROVISIONS[Clause.SETUP].quote,
        "responsible": _particulars(context.responsible),
        "access": context.access_words,
        "goal": context.goal,
        "learners": context.learners,
        "last_day": russian.date_words(deadline.last_day) if deadline else "",
        "is_provisional": deadline is not None and deadline.is_provisional,
        "why_then": deadline.explanation if deadline else "",
        "checklist": context.checklist,
    }
    title = f"Запрос Оператору на выполнение работ по запросу № {context.number}"
    content = _compile(DocumentKind.ORDER, title, facts, dated=received_on)
    return Typeset(title, f"zapros-operatoru-{context.number}.pdf", "application/pdf", content)


def _case(context: LetterContext) -> dict[str, Any]:
    """What every document says of its request."""
    outgoing_on = context.outgoing_on
    return {
        "number": context.number,
        "wanted": context.wanted_words,
        "agency": context.agency_name,
        "subsystem": context.subsystem_name,
        "has_category": context.wanted.has_category,
        "has_course": context.wanted.has_course,
        "category": context.category_name if context.wanted.has_course else context.title,
        "course": context.title if context.wanted.has_course else "",
        "received_on": russian.date_words(context.received_on),
        "outgoing_number": context.outgoing_number,
        "outgoing_on": russian.date_words(outgoing_on) if outgoing_on else "",
        "previous": context.previous_number,
    }


def _analogue(decision: DecisionFacts) -> dict[str, str] | None:
    analogue = decision.analogue
    return {"title": analogue.title, "url": analogue.url} if analogue else None


def _particulars(person: Person | None) -> list[str]:
    if person is None:
        return []
    return [line for line in (person.name, person.post, person.email, person.phone) if line]


def _lines(text: str) -> list[str]:
    """Lines of a text that somebody typed; each is a paragraph, so that a long one flows over pages."""
    return [line for line in clean(text).split("\n") if line.strip()]


def _compile(kind: DocumentKind, title: str, facts: dict[str, Any], *, dated: date) -> bytes:
    document = _printable({"title": title, **facts})
    return typst.compile(
        _DOCUMENTS / f"{kind}.typ",
        root=_DOCUMENTS,
        # Fonts of the machine would make the same document differ from one machine to another.
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(document, ensure_ascii=False)},
        timestamp=datetime.combine(dated, time(), tzinfo=UTC),
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def _printable(value: Any) -> Any:
    """Facts without control characters, and with places to break in a word too long for a line."""
    match value:
        case str():
            return _TOO_LONG.sub(_breakable, clean(value))
        case dict():
            return {key: _printable(item) for key, item in value.items()}
        case list() | tuple():
            return [_printable(item) for item in value]
        case _:
            return value


# Typst breaks addresses at their slashes by itself, and e-mail addresses stay whole.
_TOO_LONG = re.compile(r"[^\s/]{41,}")


def _breakable(word: re.Match[str]) -> str:
    return re.sub(r".{20}(?=.)", "\\g<0>\u200b", word.group())
