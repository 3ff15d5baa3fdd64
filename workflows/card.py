"""What operators see of a case in the Temporal UI: a small card, and the search attributes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate

from models import cases
from models.cases import Case, Shown
from models.deadlines import local_date
from models.letters import Letter
from models.terms import Clause, Recipient

CLAUSE = SearchAttributeKey.for_keyword("SeoClause")
STAGE = SearchAttributeKey.for_keyword("SeoStage")
NUMBER = SearchAttributeKey.for_keyword("SeoNumber")
AGENCY = SearchAttributeKey.for_keyword("SeoAgency")
WAITS_FOR = SearchAttributeKey.for_keyword("SeoWaitsFor")
DUE_AT = SearchAttributeKey.for_datetime("SeoDueAt")
OVERDUE = SearchAttributeKey.for_bool("SeoOverdue")


def show(
    case: Case,
    clause: Clause,
    stage: Shown,
    *,
    waits_for: str,
    due_at: datetime | None = None,
    is_overdue: bool = False,
    more: str = "",
) -> None:
    """Bring the card and the search attributes up to date.

    Args:
        case: The case.
        clause: The clause that is running.
        stage: Where it stands.
        waits_for: Who has to act: a kind of recipient, or `engine`.
        due_at: The deadline, aware; None where there is no term.
        is_overdue: Whether the term has passed.
        more: A line of its own, such as how far a long step is.
    """
    attributes: list[SearchAttributeUpdate[Any]] = [
        CLAUSE.value_set(clause.value),
        STAGE.value_set(stage.value),
        NUMBER.value_set(case.number),
        AGENCY.value_set(case.agency),
        WAITS_FOR.value_set(waits_for),
    ]
    if due_at is not None:
        attributes += [DUE_AT.value_set(due_at), OVERDUE.value_set(is_overdue)]
    elif not waits_for:  # no term runs any more
        attributes += [DUE_AT.value_unset(), OVERDUE.value_unset()]
    workflow.upsert_search_attributes(attributes)
    card = _card(case, clause, stage, waits_for, due_at, is_overdue)
    workflow.set_current_details(f"{card}\n- {more}" if more else card)


def show_letter(letter: Letter) -> None:
    """The card of a letter on its way."""
    workflow.upsert_search_attributes([NUMBER.value_set(letter.number)])
    workflow.set_current_details(
        f"**Письмо: {cases.label(letter.number)}**\n\n"
        f"- О чём: {letter.notice.russian}\n- Кому: {letter.to.whom}"
    )


def show_work(number: str, what: str) -> None:
    """The card of work on a case beside its clauses."""
    workflow.upsert_search_attributes([NUMBER.value_set(number)])
    workflow.set_current_details(f"**{cases.label(number)}**\n\n- {what}")


@contextmanager
def waiting_for_operator() -> Iterator[None]:
    """While a failed step waits to be mended, the workflow is among those that wait for the operator."""
    shown = workflow.info().typed_search_attributes.get(WAITS_FOR)
    # A second step that fails meanwhile is mended together with the first, which restores what was shown.
    if shown == Recipient.OPERATOR:
        yield
        return
    workflow.upsert_search_attributes([WAITS_FOR.value_set(Recipient.OPERATOR)])
    yield
    restored = WAITS_FOR.value_unset() if shown is None else WAITS_FOR.value_set(shown)
    workflow.upsert_search_attributes([restored])


def _card(
    case: Case, clause: Clause, stage: Shown, waits_for: str, due_at: datetime | None, is_overdue: bool
) -> str:
    lines = [
        f"**{cases.label(case.number)}**: {case.title}",
        f"{case.agency_name}",
        "",
        f"- Пункт Регламента: {clause.value}",
        f"- Стадия: {stage.russian}",
        f"- Ждём: {_WAITED_FOR.get(waits_for, waits_for)}" if waits_for else "- Никого не ждём",
    ]
    if due_at is not None:
        passed = " — **срок прошёл**" if is_overdue else ""
        # It ends at 24:00, which clocks call 00:00 of the next day, and people don't.
        last_day = local_date(due_at - timedelta(microseconds=1))
        lines.append(f"- Срок: до {last_day:%d.%m.%Y} включительно{passed}")
    return "\n".join(lines)


_WAITED_FOR = {
    "review": "решения по п. 4.2",
    "setup": "исполнения по п. 4.3",
    "engine": "систему",
    Recipient.REVIEWER: "рассматривающих",
    Recipient.OPERATOR: "Оператора",
    Recipient.RESPONSIBLE: "ответственное лицо",
    Recipient.OWNER: "Владельца",
}
