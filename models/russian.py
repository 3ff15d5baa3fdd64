"""Russian as people read it: counts, dates, weekdays, how much of a term is left."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
_TYUMEN = ZoneInfo("Asia/Yekaterinburg")
_WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
_ON_WEEKDAYS = (
    "в понедельник",
    "во вторник",
    "в среду",
    "в четверг",
    "в пятницу",
    "в субботу",
    "в воскресенье",
)


def plural(n: int, one: str, few: str, many: str) -> str:
    """The form of a noun that goes with a number.

    Args:
        n: The number; its sign doesn't matter.
        one: The form for 1, 21, 101 («день»).
        few: The form for 2-4, 22-24 («дня»).
        many: The form for 0, 5-20, 25-30 («дней»).

    Returns:
        The form alone, without the number.
    """
    last_two = abs(n) % 100
    if 11 <= last_two <= 14:
        return many
    last = last_two % 10
    if last == 1:
        return one
    return few if 2 <= last <= 4 else many


def days(n: int, *, working: bool = False) -> str:
    """A number of days: «3 дня», «10 рабочих дней». Reads as nominative and as accusative."""
    if working:
        return f"{n} {plural(n, 'рабочий день', 'рабочих дня', 'рабочих дней')}"
    return f"{n} {plural(n, 'день', 'дня', 'дней')}"


def left(n: int, *, working: bool = False) -> str:
    """What is left of a term: «осталось 3 рабочих дня»; zero is «сегодня последний день»."""
    if n == 0:
        return "сегодня последний день"
    verb = plural(n, "остался", "осталось", "осталось")
    return f"{verb} {days(n, working=working)}"


def by_how_much(n: int, *, working: bool = False) -> str:
    """By how much a term is exceeded: «на 2 дня», to follow «просрочено», «с опозданием».

    Zero happens with working days only: the term ended on a Friday and it is Saturday now.
    """
    if n == 0:
        return f"менее чем на {days(1, working=working)}"
    return f"на {days(n, working=working)}"


def overdue(n: int, *, working: bool = False) -> str:
    """«просрочено на 2 дня»"""
    return f"просрочено {by_how_much(n, working=working)}"


def ordinal(n: int) -> str:
    """«30-й»: a masculine ordinal, as with «день»."""
    return f"{n}-й"


def date_words(day: date) -> str:
    """«24 декабря 2026 г.»"""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} г."


def moment(at: datetime) -> str:
    """«24 декабря 2026 г., 09:05 (тюменское время)», whatever the moment's own zone."""
    local = at.astimezone(_TYUMEN)
    return f"{date_words(local.date())}, {local:%H:%M} (тюменское время)"


def weekday(day: date) -> str:
    """«суббота»"""
    return _WEEKDAYS[day.weekday()]


def on_weekday(day: date) -> str:
    """«в субботу», «во вторник»"""
    return _ON_WEEKDAYS[day.weekday()]


def period(first: date, last: date) -> str:
    """«1–20 декабря 2026 г.», «28 ноября – 20 декабря 2026 г.», «20 декабря 2026 г.», both days inclusive."""
    end = date_words(last)
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    begin = date_words(first)
    if first.year == last.year:
        begin = begin.removesuffix(f" {first.year} г.")
    return f"{begin} – {end}"


def academic_hours(n: int) -> str:
    """«36 академических часов»"""
    return f"{n} {plural(n, 'академический час', 'академических часа', 'академических часов')}"
