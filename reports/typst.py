"""Sets a PDF from a template of `templates/documents` and from facts.

What people typed reaches Typst as data, never as source, so nothing in it is executed or read as markup.
The same facts give the same bytes: the only date that a PDF carries is that of the fact it tells of.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import typst

from models.lines import clean

_DOCUMENTS = Path(__file__).parent.parent / "templates" / "documents"


def pdf(template: str, title: str, facts: Mapping[str, Any], *, dated: date, is_tagged: bool = True) -> bytes:
    """Set `templates/documents/<template>.typ`. Safe in threads.

    Args:
        template: Which one.
        title: The PDF's own title; the template has it as `facts.title`.
        facts: What the template prints: text, numbers, lists and dictionaries of them.
        dated: The date of what the document tells of.
        is_tagged: Whether a screen reader can follow it; a table of thousands is three times as big for it.
    """
    document = _printable({"title": title, **facts})
    return typst.compile(
        _DOCUMENTS / f"{template}.typ",
        root=_DOCUMENTS,
        # Fonts of the machine would make the same document differ from one machine to another.
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"facts": json.dumps(document, ensure_ascii=False)},
        timestamp=datetime.combine(dated, time(), tzinfo=UTC),
        pdf_tags=is_tagged,
    )


def forget() -> None:
    """Free the memory that big documents took: call it after each.

    Typst keeps what it has worked out for as long as ten more documents, 150 KB a slip.
    """
    for _ in range(_KEPT_FOR):
        typst.compile(b"", font_paths=_fonts(), ignore_system_fonts=True)


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


_KEPT_FOR = 12
# Typst breaks addresses at slashes and names at hyphens by itself, and e-mail addresses stay whole.
_TOO_LONG = re.compile(r"[^\s/-]{41,}")


def _breakable(word: re.Match[str]) -> str:
    return re.sub(r".{20}(?=.)", "\\g<0>\u200b", word.group())
