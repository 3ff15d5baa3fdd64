"""From a term and the day of an event to the instants that follow: deadline, reminders, escalations.

Law: a term runs from the day after the event (Civil Code, art. 191), a last day that is off moves to
the next working day (193), and the term ends at 24:00 of its last day (194), in Asia/Yekaterinburg.
The calendar is an argument: activities compute, workflows only carry the result.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from models import russian
from models.calendar import WorkCalendar
from models.lateness import Lateness, days_between, late_since
from models.message import Message
from models.rungs import Rung, RungKind
from models.terms import Clause, Escalation, Reminder, Term, Unit

LOCAL_ZONE = ZoneInfo("Asia/Yekaterinburg")
_LETTERS_GO_AT = time(9, tzinfo=LOCAL_ZONE)


class Deadline(Message):
    """When a case is due and who hears about it. Crosses Temporal.

    Attributes:
        clause: The clause whose term it is.
        unit: What the term counts, and so what is left and what is late.
        started_on: The local date of the event; the term runs from the day after.
        last_day: The last day on which one is in time, art. 193 applied.
        due_at: The end of the last day, 00:00 of the next in Asia/Yekaterinburg: exactly then is late.
        provisional: Whether the term touches a year whose transfers aren't decided yet.
        rungs: The ladder in order of time.
        repeat_every: Working days between repetitions of the last rung, to the same recipients.
        hand_over_at: When a machine's work becomes a person's task, 09:00 on a working day.
        pace: See `Term`; the rung is repeated after one more step.
    """

    clause: Clause
    unit: Unit
    started_on: date
    last_day: date
    due_at: AwareDatetime
    provisional: bool
    rungs: tuple[Rung, ...]
    repeat_every: int
    hand_over_at: AwareDatetime | None = None
    pace: timedelta | None = None

    def is_late(self, at: datetime) -> bool:
        """Whether the moment is late: the deadline's own instant is, a microsecond earlier isn't."""
        return at >= self.due_at

    def goes_again(self, rung: Rung, moved_at: datetime) -> bool:
        """Whether a rung that has gone goes once more, by this deadline given to a case at a moment.

        An escalation does when the case is not overdue any more: should it become so again, they
        begin anew. A reminder doesn't: its reader knows.
        """
        return rung.kind is RungKind.ESCALATION and not self.is_late(moved_at)


def local_date(at: datetime) -> date:
    """The date in Asia/Yekaterinburg at a moment.

    Raises:
        ValueError: The moment has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(LOCAL_ZONE).date()


def compute(term: Term, started_on: date, calendar: WorkCalendar) -> Deadline:
    """The deadline of a term and the ladder around it.

    Args:
        term: The rule.
        started_on: The local date of the event, not counted itself. See `local_date`.
        calendar: Which days are working days.

    Returns:
        The deadline; nothing in it depends on today, so rungs may already be past.

    Raises:
        TypeError: `started_on` is a moment, whose date would depend on the time zone.
    """
    if isinstance(started_on, datetime):
        raise TypeError("a term starts on a date: take local_date() of the moment")
    last_day = find_last_day(term, started_on, calendar)
    return Deadline(
        clause=term.clause,
        unit=term.unit,
        started_on=started_on,
        last_day=last_day,
        due_at=end_of(last_day),
        provisional=not calendar.confirms(started_on, last_day),
        rungs=_ladder(term, last_day, calendar),
        repeat_every=term.repeat_every,
        hand_over_at=_hand_over(term, last_day, calendar),
    )


def postponed(deadline: Deadline, now: datetime, calendar: WorkCalendar) -> Deadline:
    """The deadline of a case that is overdue when it begins, or is moved: what is past goes next morning.

    Escalations are letters of a working morning like all others; those that meet on one are the
    highest's alone.
    """
    morning = _next_morning(now, calendar)
    rungs = tuple(
        rung.model_copy(update={"at": morning})
        if rung.kind is RungKind.ESCALATION and rung.at <= now
        else rung
        for rung in deadline.rungs
    )
    return deadline.model_copy(update={"rungs": rungs})


def hastened(deadline: Deadline, start: datetime, pace: timedelta) -> Deadline:
    """The same ladder gone through from a moment on: one step of `pace` from each instant to the next."""
    instants = sorted({deadline.due_at, *(rung.at for rung in deadline.rungs)})
    become = {instant: start + ordinal * pace for ordinal, instant in enumerate(instants, 1)}
    due_at = become[deadline.due_at]
    return deadline.model_copy(
        update={
            "last_day": local_date(due_at - timedelta(microseconds=1)),
            "due_at": due_at,
            "rungs": tuple(rung.model_copy(update={"at": become[rung.at]}) for rung in deadline.rungs),
            "hand_over_at": None,
            "pace": pace,
        }
    )


def find_nominal_last_day(term: Term, started_on: date, calendar: WorkCalendar) -> date:
    """The day that the count itself ends on, before art. 193 moves it, or the one that a person set."""
    if term.last_day is not None:
        return term.last_day
    if term.unit.is_working:
        return calendar.add_working_days(started_on, term.amount)
    return started_on + timedelta(days=term.amount)


def find_last_day(term: Term, started_on: date, calendar: WorkCalendar) -> date:
    """The last day on which one is in time: the nominal one, moved off a day off by art. 193."""
    nominal = find_nominal_last_day(term, started_on, calendar)
    moves = term.moves_from_day_off and term.last_day is None
    return calendar.next_working_day(nominal) if moves else nominal


def next_repeat(after: datetime, every: int, calendar: WorkCalendar) -> datetime:
    """When the last rung is repeated: 09:00 local time, `every` working days after the day of `after`.

    Raises:
        ValueError: `after` has no time zone.
    """
    return morning_of(calendar.add_working_days(local_date(after), every))


def lateness(deadline: Deadline, at: datetime, calendar: WorkCalendar) -> Lateness | None:
    """By how much a moment is late, in the term's own unit; None when it is in time.

    Days begun are counted: at 00:00 after the last day it is one day late already, except that in
    working days a Saturday after a Friday deadline is late by less than one.
    """
    if not deadline.is_late(at):
        return None
    return late_since(deadline.last_day, local_date(at), deadline.unit, calendar)


class Standing(NamedTuple):
    """How a term stands at a moment.

    Attributes:
        days_left: In its own unit; less than zero when it is late. Zero on the last day, and in working
            days also on the days off that follow it.
        words: One phrase for lists and letters: «осталось 3 рабочих дня», «просрочено на 2 дня».
    """

    days_left: int
    words: str


def stand(last_day: date, due_at: datetime, unit: Unit, at: datetime, calendar: WorkCalendar) -> Standing:
    """How a term that ends on a day, and is late from an instant on, stands at a moment."""
    today = local_date(at)
    if at >= due_at:
        late = days_between(last_day, today, unit, calendar)
        return Standing(-late, russian.overdue(late, working=unit.is_working))
    left = days_between(today, last_day, unit, calendar)
    return Standing(left, russian.left(left, working=unit.is_working))


def standing(deadline: Deadline, at: datetime, calendar: WorkCalendar) -> str:
    """The words of `stand`."""
    return stand(deadline.last_day, deadline.due_at, deadline.unit, at, calendar).words


def days_left(deadline: Deadline, at: datetime, calendar: WorkCalendar) -> int:
    """The days of `stand`."""
    return stand(deadline.last_day, deadline.due_at, deadline.unit, at, calendar).days_left


def _ladder(term: Term, last_day: date, calendar: WorkCalendar) -> tuple[Rung, ...]:
    reminders = [
        (RungKind.REMINDER, _reminder_day(step, last_day, calendar), step.to, reminder_label(step))
        for step in term.reminders
    ]
    first_late_day = calendar.next_working_day(last_day + timedelta(days=1))
    escalations = [
        (
            RungKind.ESCALATION,
            calendar.add_working_days(first_late_day, step.after),
            step.to,
            escalation_label(step),
        )
        for step in term.escalations
    ]
    return tuple(
        Rung(ordinal=ordinal, kind=kind, at=morning_of(day), to=to, label=label)
        for ordinal, (kind, day, to, label) in enumerate(reminders + escalations)
    )


def _reminder_day(reminder: Reminder, last_day: date, calendar: WorkCalendar) -> date:
    if reminder.unit.is_working and reminder.before:
        return calendar.add_working_days(last_day, -reminder.before)
    # A letter that comes after the day it was meant for would be no reminder: so the day before.
    return calendar.previous_working_day(last_day - timedelta(days=reminder.before))


def _hand_over(term: Term, last_day: date, calendar: WorkCalendar) -> datetime | None:
    if term.hand_over_before is None:
        return None
    return morning_of(calendar.add_working_days(last_day, -term.hand_over_before))


def reminder_label(reminder: Reminder) -> str:
    """«за 3 рабочих дня до срока»"""
    if reminder.before == 0:
        return "последний день срока"
    return f"за {russian.days(reminder.before, working=reminder.unit.is_working)} до срока"


def escalation_label(escalation: Escalation) -> str:
    """«срок истёк», «после срока прошло 3 рабочих дня»"""
    if escalation.after == 0:
        return "срок истёк"
    passed = russian.plural(escalation.after, "прошёл", "прошло", "прошло")
    return f"после срока {passed} {russian.days(escalation.after, working=True)}"


def _next_morning(now: datetime, calendar: WorkCalendar) -> datetime:
    """The first 09:00 of a working day after a moment."""
    today = local_date(now)
    this_morning = morning_of(calendar.next_working_day(today))
    return this_morning if this_morning > now else morning_of(calendar.add_working_days(today, 1))


def morning_of(day: date) -> datetime:
    """09:00 in Asia/Yekaterinburg: when letters go."""
    return datetime.combine(day, _LETTERS_GO_AT)


def end_of(day: date) -> datetime:
    """24:00 in Asia/Yekaterinburg: the first instant that is not of the day any more."""
    return datetime.combine(day + timedelta(days=1), time(0, tzinfo=LOCAL_ZONE))
