"""Clause 4.2 - analogues: what exists already under a similar name.

An analogue that exists obliges to refuse, so the reviewer sees the likely ones with a score, and
approving past one at or above `THRESHOLD` needs a reason. Similar open requests are shown and are no
ground for anything.
"""

from collections.abc import Iterable
from enum import StrEnum

from rapidfuzz import fuzz

from models.message import Message
from models.names import Name, normalise

THRESHOLD = 90
"""At or above it names are the same but for spelling, order, endings or the year."""

SHOWN_FROM = 60
"""Below it a likeness is chance: «Пожарная безопасность», «Информационная безопасность» score 60-70."""

_SAME_WORD = 80
"""Stems at or above it are one word misspelt: «Медецина»; «Реанимация», «Организация» score 71."""

_SHORTEST_WORD = 4
_CONTAINED = 0.88
_OTHER_NUMBER = 85
_OTHER_YEAR = 95


class Kind(StrEnum):
    """What a candidate is."""

    CATEGORY = "category"
    COURSE = "course"
    REQUEST = "request"


class Source(StrEnum):
    """Where a candidate was found, the surest first."""

    REGISTER = "register"
    MOODLE = "moodle"
    OPEN_REQUEST = "open_request"


_SUREST_FIRST = tuple(Source)


class Known(Message):
    """Something that exists, or is asked for, to compare a title with."""

    kind: Kind
    ref: str
    """Ours: a number in the register, an id in a Moodle, a request's number."""
    title: str
    link: str = ""
    source: Source


class Candidate(Known):
    """A likely analogue."""

    score: int
    """0 to 100."""
    note: str = ""
    """What differs though the names are alike, in Russian: a year, a number."""

    @property
    def needs_reason(self) -> bool:
        """Whether approving past it needs «почему не аналогична»: it exists, and is as good as the same."""
        return self.score >= THRESHOLD and self.source is not Source.OPEN_REQUEST


def rank(title: str, catalogue: Iterable[Known], limit: int = 10) -> tuple[Candidate, ...]:
    """The likeliest analogues of a title, the likeliest first.

    Args:
        title: The name in the request.
        catalogue: What to compare with; it may hold the request itself only if the caller wants it.
        limit: How many at most.

    Returns:
        Candidates scoring `SHOWN_FROM` or more that share a word; equal ones in order of source, then
        title.
    """
    asked = normalise(title)
    scored = ((score(asked, normalise(known.title)), known) for known in catalogue)
    likely = [
        (points, known)
        for points, known in scored
        if points >= SHOWN_FROM and (points >= THRESHOLD or _share_a_word(asked, normalise(known.title)))
    ]
    likely.sort(key=lambda pair: (-pair[0], _SUREST_FIRST.index(pair[1].source), pair[1].title))
    return tuple(
        Candidate(**known.model_dump(), score=points, note=_difference(asked, normalise(known.title)))
        for points, known in likely[:limit]
    )


def score(one: Name, other: Name) -> int:
    """How alike two names are, 0 to 100.

    The words are compared in alphabetical order, so order doesn't matter, and once more written
    together («ИТ-диктант», «ИТдиктант»). A name contained in the other («Охрана труда» in «Охрана
    труда для руководителей») gets 88 at least: worth a look, and an obstacle only where the rest is
    a small part of it. Different numbers (part 1 and part 2, 44-ФЗ and 223-ФЗ) make different
    courses, at most 85. Different years are editions of one course, at most 95.
    """
    alike = max(
        fuzz.token_sort_ratio(one.words, other.words, score_cutoff=SHOWN_FROM),
        fuzz.ratio(one.words.replace(" ", ""), other.words.replace(" ", ""), score_cutoff=SHOWN_FROM),
        fuzz.token_set_ratio(one.words, other.words, score_cutoff=SHOWN_FROM) * _CONTAINED,
    )
    if one.numbers != other.numbers:
        alike = min(alike, _OTHER_NUMBER)
    if one.years != other.years:
        alike = min(alike, _OTHER_YEAR)
    # Down, never up: 89.6 is below the threshold and must not look as if it were on it.
    return int(alike)


def _share_a_word(one: Name, other: Name) -> bool:
    """Scores compare letters, and words that have nothing in common share many of them."""
    return any(_is_same_word(left, right) for left in one.words.split() for right in other.words.split())


def _is_same_word(left: str, right: str) -> bool:
    """The same, misspelt, or a part of the other: «электробезопасность», «безопасность»."""
    if left == right:
        return True
    if min(len(left), len(right)) < _SHORTEST_WORD:
        return False
    return left in right or right in left or fuzz.ratio(left, right) >= _SAME_WORD


def _difference(asked: Name, found: Name) -> str:
    notes = []
    if asked.years != found.years:
        notes.append(f"год: в запросе {_listed(asked.years)}, здесь {_listed(found.years)}")
    if asked.numbers != found.numbers:
        notes.append(f"номер: в запросе {_listed(asked.numbers)}, здесь {_listed(found.numbers)}")
    return "; ".join(notes)


def _listed(values: frozenset[str]) -> str:
    return ", ".join(sorted(values)) or "не указан"
