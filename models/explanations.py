"""Why a deadline is what it is: the event, the clause, and every day that was skipped."""

from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from models import russian
from models.calendar import WorkCalendar
from models.deadlines import find_last_day, find_nominal_last_day
from models.regulation import PROVISIONS, Provision
from models.terms import Clause, Term

_DAY = timedelta(days=1)


class DayNote(BaseModel):
    """A day of a term and what it was in the count.

    Attributes:
        day: The day.
        counted: Whether it is one of the term's days, the moved last day included.
        why: «2-й рабочий день», «воскресенье», «перенос выходного (День Победы)».
    """

    model_config = ConfigDict(frozen=True)

    day: date
    counted: bool
    why: str


class Explanation(BaseModel):
    """An account of a deadline for people; kept in Postgres, never in a workflow.

    Attributes:
        clause: The clause.
        event: What set the term going, with its date.
        citation: The clause in the regulation's words; where the term isn't the regulation's, it
            says so.
        days: For working days every day of the term. For calendar days the first and the last one,
            and each day that art. 193 moved the last one across.
        sentence: All of it in one plain sentence.
    """

    model_config = ConfigDict(frozen=True)

    clause: Clause
    event: str
    citation: str
    days: tuple[DayNote, ...]
    sentence: str


def explain(term: Term, started_on: date, calendar: WorkCalendar) -> Explanation:
    """Account for the deadline that `deadlines.compute` gives for the same arguments.

    Args:
        term: The rule; its clause must be one that has a term.
        started_on: The local date of the event, not counted itself (Civil Code, art. 191).
        calendar: The calendar that the deadline was computed by.
    """
    provision = PROVISIONS[term.clause]
    if term.last_day is not None:
        return _set_by_a_person(term.last_day, provision, started_on)
    count = _count_working_days if term.unit.is_working else _count_calendar_days
    return Explanation(
        clause=term.clause,
        event=f"{provision.event} {russian.date_words(started_on)}",
        citation=_citation(provision),
        days=(*count(term, started_on, calendar), *_moved(term, started_on, calendar)),
        sentence=_sentence(term, started_on, calendar),
    )


def _set_by_a_person(last_day: date, provision: Provision, started_on: date) -> Explanation:
    return Explanation(
        clause=provision.clause,
        event=f"{provision.event} {russian.date_words(started_on)}",
        citation=_citation(provision),
        days=(DayNote(day=last_day, counted=True, why="день назначен"),),
        sentence=f"Срок назначен {russian.date_words(started_on)}: {_on(last_day)} до 24:00"
        " по тюменскому времени.",
    )


def _citation(provision: Provision) -> str:
    if provision.outside:
        return f"{provision.citation} ({provision.outside})"
    return provision.citation


def _count_working_days(term: Term, started_on: date, calendar: WorkCalendar) -> list[DayNote]:
    notes: list[DayNote] = []
    number, day = 0, started_on
    while number < term.amount:
        day += _DAY
        if calendar.is_working(day):
            number += 1
            notes.append(DayNote(day=day, counted=True, why=f"{russian.ordinal(number)} рабочий день"))
        else:
            notes.append(DayNote(day=day, counted=False, why=calendar.why_off(day)))
    return notes


def _count_calendar_days(term: Term, started_on: date, calendar: WorkCalendar) -> list[DayNote]:
    last_day = started_on + timedelta(days=term.amount)
    off = "" if calendar.is_working(last_day) else f", нерабочий: {calendar.why_off(last_day)}"
    last = DayNote(day=last_day, counted=True, why=f"{russian.ordinal(term.amount)} день срока{off}")
    if term.amount == 1:
        return [last]
    first = "1-й день срока: день, следующий за событием (ст. 191 ГК РФ)"
    return [DayNote(day=started_on + _DAY, counted=True, why=first), last]


def _moved(term: Term, started_on: date, calendar: WorkCalendar) -> list[DayNote]:
    nominal = find_nominal_last_day(term, started_on, calendar)
    last_day = find_last_day(term, started_on, calendar)
    if nominal == last_day:
        return []
    crossed = [nominal + timedelta(days=n) for n in range(1, (last_day - nominal).days)]
    return [
        *(DayNote(day=day, counted=False, why=calendar.why_off(day)) for day in crossed),
        DayNote(day=last_day, counted=True, why="ближайший следующий рабочий день (ст. 193 ГК РФ)"),
    ]


def _sentence(term: Term, started_on: date, calendar: WorkCalendar) -> str:
    length = russian.days(term.amount, working=term.unit.is_working)
    begins = f"Срок {length} исчисляется с {russian.date_words(started_on + _DAY)}"
    nominal = find_nominal_last_day(term, started_on, calendar)
    last_day = find_last_day(term, started_on, calendar)
    ends = f"заканчивается {_on(last_day)} в 24:00 по тюменскому времени"
    if nominal == last_day:
        middle = f"{_skipped(term, started_on, last_day)} и {ends}"
    else:
        middle = (
            f"; его последний день, {russian.weekday(nominal)}, {russian.date_words(nominal)},"
            f" нерабочий ({calendar.why_off(nominal)}), поэтому срок {ends}"
        )
    return f"{begins}{middle}{_provisional(started_on, last_day, calendar)}."


def _on(day: date) -> str:
    return f"{russian.on_weekday(day)}, {russian.date_words(day)},"


def _skipped(term: Term, started_on: date, last_day: date) -> str:
    skipped = (last_day - started_on).days - term.amount
    if skipped == 0:
        return ""
    noun = russian.plural(skipped, "нерабочего дня", "нерабочих дней", "нерабочих дней")
    return f", не считая {skipped} {noun},"


def _provisional(started_on: date, last_day: date, calendar: WorkCalendar) -> str:
    years = [
        str(year)
        for year in range(started_on.year, last_day.year + 1)
        if year not in calendar.confirmed_years
    ]
    if not years:
        return ""
    return f"; дата предварительная: переносы выходных на {', '.join(years)} г. ещё не утверждены"
