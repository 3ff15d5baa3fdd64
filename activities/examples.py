"""Invented facts for letters and documents of requests: a case with everything, and one with the least.

What the administrator's preview shows, and what the tests of letters render.
"""

from dataclasses import replace
from datetime import date

from activities.rendering import (
    CandidateFacts,
    DeadlineFacts,
    DecisionFacts,
    LetterContext,
    Link,
    Person,
)
from models.decisions import Ground, Outcome
from models.requests import Access, Wanted
from models.terms import Clause, Recipient

MINIMAL = LetterContext(
    number="2026-000123",
    title="Первая помощь",
    wanted=Wanted.COURSE,
    subsystem_name="Единая платформа",
    agency_name="Департамент здравоохранения Тюменской области",
    recipient=Recipient.AGENCY,
    received_on=date(2026, 11, 24),
)

REVIEW_DEADLINE = DeadlineFacts(
    clause=Clause.REVIEW,
    last_day=date(2026, 12, 24),
    remaining="осталось 3 рабочих дня",
    explanation=(
        "Срок 30 дней считается с 25 ноября 2026 г. и заканчивается в четверг, 24 декабря 2026 г.,"
        " в 24:00 по тюменскому времени."
    ),
)

SETUP_DEADLINE = DeadlineFacts(
    clause=Clause.SETUP,
    last_day=date(2026, 12, 23),
    remaining="просрочено на 2 рабочих дня",
    is_late=True,
    explanation=(
        "Срок 10 рабочих дней считается с 10 декабря 2026 г. без 4 выходных и заканчивается в среду,"
        " 23 декабря 2026 г., в 24:00 по тюменскому времени."
    ),
)

REFUSED = DecisionFacts(
    outcome=Outcome.REFUSED,
    decided_on=date(2026, 12, 9),
    ground=Ground.INCOMPLETE,
    missing=(
        "перечень Пользователей учебного курса",
        "порядок доступа Пользователей к учебному курсу (пункт 4.5)",
    ),
    reason="В запросе сказано «для всех желающих».\nУкажите, каким работникам предназначен курс.",
)

ANALOGUE = replace(
    REFUSED,
    ground=Ground.ANALOGUE,
    missing=(),
    analogue=Link("Оказание первой помощи", "https://edu.example/course/view.php?id=42"),
)

FULL = replace(
    MINIMAL,
    category_name="Медицина",
    goal="Научить работников учреждений оказывать первую помощь",
    learners="Работники подведомственных медицинских организаций",
    access=Access.BY_RESPONSIBLE,
    responsible=Person(
        name="Иванова Мария Петровна",
        post="главный специалист",
        email="ivanova@zdrav.example",
        phone="+7 3452 00-00-00",
    ),
    previous_number="2026-000101",
    outgoing_number="01-15/1234",
    outgoing_on=date(2026, 11, 20),
    deadline=REVIEW_DEADLINE,
    old_last_day=date(2026, 12, 22),
    new_last_day=date(2026, 12, 24),
    moved_by="постановление Правительства РФ от 1 декабря 2026 г. № 1",
    rung_label="за 3 рабочих дня до срока",
    told=(Recipient.REVIEWER, Recipient.SUPERVISOR),
    decision=REFUSED,
    order_received_on=date(2026, 12, 9),
    set_up_on=date(2026, 12, 21),
    set_up_late_by="на 2 рабочих дня",
    contacts=("должность", "телефон"),
    checklist=("курс создан (скрытая оболочка)", "учётная запись ответственного лица есть"),
    task_reason="у подсистемы нет веб-сервисов, работа выполняется вручную",
    obstacle="Сервер Moodle на обслуживании до пятницы.",
    candidates=(
        CandidateFacts("Оказание первой помощи", "https://edu.example/course/view.php?id=42", 87, "реестр"),
    ),
    course_url="https://edu.example/course/view.php?id=77",
    category_url="https://edu.example/course/index.php?categoryid=7",
    forgot_password_url="https://edu.example/login/forgot_password.php",
    site_url="https://edu.example",
    operator_email="help@citto.example",
    case_page="https://seo.example/cases/2026-000123",
    status_code="K7QF-2M9X-4DRT",
    status_url="https://seo.example/status?number=2026-000123&code=K7QF-2M9X-4DRT",
)

APPROVED = DecisionFacts(outcome=Outcome.APPROVED, decided_on=date(2026, 12, 9))

ORDERED = replace(
    FULL,
    recipient=Recipient.OPERATOR,
    deadline=SETUP_DEADLINE,
    decision=APPROVED,
)
