"""A deadline accounts for itself."""

from datetime import date

from models.calendar import Amendment, WorkCalendar
from models.explanations import DayNote, explain
from models.regulation import CONSULTATION_TERM, REPLACEMENT_TERM, REVIEW_TERM, SETUP_TERM

OFFICIAL = WorkCalendar()


def test_a_calendar_term_that_ends_on_a_working_day() -> None:
    explanation = explain(REVIEW_TERM, date(2026, 4, 18), OFFICIAL)

    assert explanation.event == "Запрос поступил в Уполномоченный орган 18 апреля 2026 г."
    assert explanation.citation.startswith("п. 4.2 Регламента: «Уполномоченный орган рассматривает запрос")
    assert explanation.sentence == (
        "Срок 30 дней исчисляется с 19 апреля 2026 г. и заканчивается"
        " в понедельник, 18 мая 2026 г., в 24:00 по тюменскому времени."
    )
    assert explanation.days == (
        DayNote(
            day=date(2026, 4, 19),
            counted=True,
            why="1-й день срока: день, следующий за событием (ст. 191 ГК РФ)",
        ),
        DayNote(day=date(2026, 5, 18), counted=True, why="30-й день срока"),
    )


def test_a_calendar_term_moved_from_a_holiday_names_each_day_off() -> None:
    explanation = explain(REVIEW_TERM, date(2026, 4, 9), OFFICIAL)

    assert explanation.sentence == (
        "Срок 30 дней исчисляется с 10 апреля 2026 г.; его последний день, суббота, 9 мая 2026 г.,"
        " нерабочий (День Победы), поэтому срок заканчивается во вторник, 12 мая 2026 г.,"
        " в 24:00 по тюменскому времени."
    )
    assert explanation.days[1:] == (
        DayNote(day=date(2026, 5, 9), counted=True, why="30-й день срока, нерабочий: День Победы"),
        DayNote(day=date(2026, 5, 10), counted=False, why="воскресенье"),
        DayNote(day=date(2026, 5, 11), counted=False, why="перенос выходного (День Победы)"),
        DayNote(day=date(2026, 5, 12), counted=True, why="ближайший следующий рабочий день (ст. 193 ГК РФ)"),
    )


def test_a_working_term_names_each_skipped_day() -> None:
    explanation = explain(SETUP_TERM, date(2026, 4, 28), OFFICIAL)

    assert explanation.sentence == (
        "Срок 10 рабочих дней исчисляется с 29 апреля 2026 г., не считая 6 нерабочих дней,"
        " и заканчивается в четверг, 14 мая 2026 г., в 24:00 по тюменскому времени."
    )
    assert [(note.day.day, note.why) for note in explanation.days if not note.counted] == [
        (1, "Праздник Весны и Труда"),
        (2, "суббота"),
        (3, "воскресенье"),
        (9, "День Победы"),
        (10, "воскресенье"),
        (11, "перенос выходного (День Победы)"),
    ]
    assert explanation.days[-1].why == "10-й рабочий день"


def test_a_term_without_days_off_mentions_none() -> None:
    explanation = explain(REPLACEMENT_TERM, date(2024, 4, 22), OFFICIAL)

    assert explanation.sentence == (
        "Срок 5 рабочих дней исчисляется с 23 апреля 2024 г. и заканчивается в субботу, 27 апреля 2024 г.,"
        " в 24:00 по тюменскому времени."
    )


def test_a_provisional_term_says_so() -> None:
    explanation = explain(REVIEW_TERM, date(2027, 12, 1), OFFICIAL)

    assert explanation.sentence.endswith(
        "; дата предварительная: переносы выходных на 2028 г. ещё не утверждены."
    )


def test_a_day_off_by_decree_names_the_decree() -> None:
    amendment = Amendment(day=date(2026, 5, 18), working=False, decree="распоряжение № 1-р")

    explanation = explain(REVIEW_TERM, date(2026, 4, 18), WorkCalendar((amendment,)))

    assert "нерабочий (выходной по решению: распоряжение № 1-р)" in explanation.sentence


def test_a_term_that_the_regulation_does_not_set_says_so() -> None:
    explanation = explain(CONSULTATION_TERM, date(2026, 4, 30), OFFICIAL)

    assert explanation.citation.endswith("(срок ответа в Регламенте не установлен и задан настройкой)")


def test_a_term_in_which_art_193_is_off_is_not_moved() -> None:
    term = REVIEW_TERM.model_copy(update={"moves_from_day_off": False})

    explanation = explain(term, date(2026, 4, 9), OFFICIAL)

    assert explanation.sentence.endswith(
        "заканчивается в субботу, 9 мая 2026 г., в 24:00 по тюменскому времени."
    )
