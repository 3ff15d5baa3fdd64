"""Documents of a case as PDF: the refusal of clause 4.2 and the request to the operator of 4.2-4.3.

`reports/typst.py` sets them from `templates/documents`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from activities.rendering import REFUSAL_RULE, DecisionFacts, LetterContext, Person
from models import russian
from models.decisions import Ground
from models.lines import clean
from models.regulation import PROVISIONS
from models.terms import Clause
from reports import typst


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
    content = typst.pdf(DocumentKind.REFUSAL, title, facts, dated=decision.decided_on)
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
    content = typst.pdf(DocumentKind.ORDER, title, facts, dated=received_on)
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
