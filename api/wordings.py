"""Words of letters: shown with invented facts, tried, entered, by the API and by the page."""

from datetime import UTC, datetime
from difflib import ndiff

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from activities.course_examples import example
from api.auth import Caller
from api.errors import Problem
from api.invalid import FieldProblem
from api.schemas.wordings import (
    Change,
    DifferenceLine,
    LetterTried,
    TemplateItem,
    TemplateShown,
    VariableShown,
    WordingForm,
    WordingShown,
)
from models.letters import Notice
from models.tables import WordingRow
from models.wording import BLANK, ENGINES_SUBJECT, VARIABLES, Wording, WordingRejected, check, in_force

_CHANGES = {"  ": Change.SAME, "+ ": Change.ADDED, "- ": Change.REMOVED}


async def listed(session: AsyncSession) -> list[TemplateItem]:
    """Every kind of letter, in the order of the regulation."""
    last = select(func.max(col(WordingRow.id))).group_by(col(WordingRow.notice))
    rows = await session.scalars(select(WordingRow).where(col(WordingRow.id).in_(last)))
    words = {row.notice: _words(row) for row in rows}
    return [_item(notice, words.get(notice, BLANK)) for notice in Notice]


async def shown(session: AsyncSession, notice: Notice) -> TemplateShown:
    """A kind of letter as it stands."""
    query = select(WordingRow).where(col(WordingRow.notice) == notice.value)
    rows = (await session.scalars(query.order_by(col(WordingRow.id).desc()))).all()
    words = _words(rows[0]) if rows else BLANK
    return TemplateShown(
        notice=notice.value,
        name=notice.russian,
        wording=_shown(rows[0]) if any(words) else None,
        letter=tried(notice, words),
        variables=[VariableShown(name=name, meaning=meaning) for name, meaning in VARIABLES.items()],
        keeps_subject=notice in ENGINES_SUBJECT,
        history=[_shown(row) for row in rows],
    )


def tried(notice: Notice, words: Wording) -> LetterTried:
    """The letter with invented facts, beside the engine's."""
    own, changed = example(notice), example(notice, words)
    lines = ndiff(own.text.splitlines(), changed.text.splitlines())
    compared = [
        DifferenceLine(change=_CHANGES[line[:2]], line=line[2:]) for line in lines if line[:2] in _CHANGES
    ]
    return LetterTried(
        subject=changed.subject, text=changed.text, difference=compared if own != changed else []
    )


def checked(notice: Notice, form: WordingForm) -> Wording:
    """What was typed, tried on invented facts.

    Raises:
        Problem: It holds more than facts by name, or tells nothing.
    """
    wrong = [FieldProblem(field=name, detail=problem) for name, text in form if (problem := _wrong(text))]
    if form.subject and notice in ENGINES_SUBJECT:
        problem = "тему этого письма пишет система: в ней сказано, что произошло"
        wrong.append(FieldProblem(field="subject", detail=problem))
    words = Wording(form.subject, form.opening)
    if not wrong:
        letter = example(notice, words)
        own = example(notice)
        wrong = [
            FieldProblem(field=name, detail="на придуманных сведениях здесь пусто")
            for name, text, is_same in (
                ("subject", form.subject, letter.subject == own.subject),
                ("opening", form.opening, letter.text == example(notice, Wording(form.subject)).text),
            )
            if text and is_same
        ]
    if wrong:
        raise Problem("invalid", fields=wrong)
    return words


async def enter(session: AsyncSession, caller: Caller, notice: Notice, words: Wording) -> TemplateShown:
    """Put words in force for all letters written from now on, in the caller's transaction."""
    if words != await in_force(session, notice):
        session.add(
            WordingRow(
                notice=notice.value,
                subject=words.subject,
                opening=words.opening,
                entered_by=caller.actor,
                entered_by_name=caller.holder,
                entered_at=datetime.now(UTC),
            )
        )
        await session.flush()
    return await shown(session, notice)


def _wrong(text: str) -> str:
    try:
        check(text)
    except WordingRejected as rejected:
        return str(rejected)
    return ""


def _words(row: WordingRow) -> Wording:
    return Wording(row.subject, row.opening)


def _shown(row: WordingRow) -> WordingShown:
    return WordingShown(subject=row.subject, opening=row.opening, by=row.entered_by_name, at=row.entered_at)


def _item(notice: Notice, words: Wording) -> TemplateItem:
    subject = example(notice, words).subject
    return TemplateItem(notice=notice.value, name=notice.russian, subject=subject, changed=any(words))
