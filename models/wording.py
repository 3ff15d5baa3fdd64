"""The administrator's own words in a letter: its subject and its opening, in place of the engine's.

Only facts by name and whether they are known: `{{ название }}`, `{% if срок %}…{% endif %}`. No other part of
Jinja is let in, so that what was accepted can neither read anything else nor fail or grow with a letter.
Pure but for `in_force`.
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from models.letters import Notice
from models.tables import WordingRow

VARIABLES: Mapping[str, str] = MappingProxyType(
    {
        "дело": "«Запрос № 2026-000123», «Обучение № 17»",
        "номер": "номер дела",
        "название": "название курса или категории",
        "организация": "инициатор запроса или Владелец курса",
        "подсистема": "подсистема СЭО ТО; может быть пусто",
        "адресат": "кому письмо: «рассматривающие», «Оператор»",
        "срок": "последний день срока: «24 декабря 2026 г.»; может быть пусто",
        "остаток": "«осталось 3 рабочих дня»; может быть пусто",
        "ответственный": "имя ответственного лица; может быть пусто",
        "курс": "адрес курса в Moodle; может быть пусто",
        "обучение": "название обучения; может быть пусто",
    }
)
"""What may be named, and what it is."""

ENGINES_SUBJECT = frozenset(
    {
        Notice.SIGN_UP,
        Notice.ENROLMENT_PLAN,
        Notice.ENROLMENT_SUMMARY,
        Notice.TRAINING_SUMMARY,
        Notice.STEP_FAILED,
    }
)
"""Letters whose subject tells which of several things has come about: it stays the engine's."""

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
)
_JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
_JINJA.globals.clear()
_JINJA.filters.clear()
_JINJA.tests.clear()


class Wording(NamedTuple):
    """A subject and an opening; a blank one leaves the engine's."""

    subject: str = ""
    opening: str = ""
    """Paragraphs with a blank line between them."""


BLANK = Wording()
"""The engine's own words throughout."""


class WordingRejected(ValueError):
    """It can't be filled in; the text is for people."""


async def in_force(session: AsyncSession, notice: Notice) -> Wording:
    """The administrator's words; blank where they are the engine's."""
    query = select(WordingRow).where(col(WordingRow.notice) == notice.value)
    row = (await session.scalars(query.order_by(col(WordingRow.id).desc()).limit(1))).first()
    return Wording(row.subject, row.opening) if row else BLANK


def check(text: str) -> None:
    """Whether it holds nothing but facts by name.

    Raises:
        WordingRejected: It says in Russian what is wrong.
    """
    try:
        for node in _JINJA.parse(text).iter_child_nodes():
            _check(node)
        fill(text, dict.fromkeys(VARIABLES, ""))
    except TemplateSyntaxError as error:
        where = f"строка {error.lineno}"
        raise WordingRejected(
            f"{where}: не читается; сведение — {{{{ название }}}}, условие — {{% if срок %}} … {{% endif %}}"
        ) from None
    except (SyntaxError, RecursionError):  # of the Python that Jinja makes of it
        raise WordingRejected("слишком много условий друг в друге") from None


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The words with their facts.

    Args:
        text: What `check` has accepted.
        facts: A value for each of `VARIABLES`; blank where it is not known.

    Raises:
        TemplateError, SyntaxError, RecursionError: It was never checked.
    """
    return _template(text).render(facts)


@lru_cache(maxsize=200)
def _template(text: str) -> Template:
    return _JINJA.from_string(text)


def _check(node: nodes.Node) -> None:
    if not isinstance(node, _ALLOWED):
        raise WordingRejected("можно только имена {{ … }} и условия {% if … %} из имён, not, and, or")
    if isinstance(node, nodes.Name) and node.name not in VARIABLES:
        raise WordingRejected(f"такого имени нет: {node.name}; есть: {', '.join(VARIABLES)}")
    for child in node.iter_child_nodes():
        _check(child)
