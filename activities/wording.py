"""Letters in the words in force: the administrator's where there are any, the engine's else."""

import re

import structlog
from jinja2 import TemplateError

from activities.course_facts import CourseLetter
from activities.rendering import LetterContext, Rendered, render
from models import russian
from models.letters import Notice
from models.wording import ENGINES_SUBJECT, Wording, fill

log = structlog.get_logger()

Context = LetterContext | CourseLetter


def write(notice: Notice, context: Context, wording: Wording) -> Rendered:
    """The letter of a notice. Words that can't be filled in, or come out blank, are the engine's own.

    Raises:
        jinja2.UndefinedError: the letter would print a fact that the context leaves out.
    """
    if not any(wording):
        return render(notice, context)
    try:
        known = facts(context)
        subject, opening = (fill(text, known) for text in wording)
    except (TemplateError, SyntaxError, RecursionError):
        # Accepted by another version: the letter has to go all the same.
        log.warning("a letter's own words can't be read", notice=notice.value)
        return render(notice, context)
    if notice in ENGINES_SUBJECT:
        subject = ""
    return render(notice, context, subject=subject, opening=_paragraphs(opening))


def facts(context: Context) -> dict[str, str]:
    """A value for each of `models.wording.VARIABLES`."""
    more = context.more if isinstance(context, CourseLetter) else {}
    return {
        "дело": context.label,
        "номер": context.number,
        "название": context.title,
        "организация": context.agency_name,
        "подсистема": context.subsystem_name,
        "адресат": context.recipient.russian,
        "срок": russian.date_words(context.deadline.last_day) if context.deadline else "",
        "остаток": context.deadline.remaining if context.deadline else "",
        "ответственный": context.responsible.name if context.responsible else "",
        "курс": context.course_url,
        "обучение": str(more.get("training") or ""),
    }


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if one.strip())
