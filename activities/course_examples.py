"""Invented facts for letters about courses (clauses 4.4-4.9), and an example of every letter."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from activities import certificate_letters
from activities.course_facts import PARTICULARS, CourseLetter
from activities.examples import FULL, ORDERED
from activities.rendering import Rendered
from activities.wording import Context, write
from models.enrolment import Stage as EnrolmentStage
from models.letters import Notice
from models.signup import Standing
from models.terms import Recipient
from models.trainings import Stage as TrainingStage
from models.wording import BLANK, Wording

LETTER = CourseLetter(
    number="consultation-12",
    title="Основы",
    subsystem_name="Проектное управление",
    agency_name="Департамент здравоохранения",
    recipient=Recipient.OPERATOR,
    course_url="",
    site_url="",
    forgot_password_url="",
    responsible=None,
    operator_email="operator@example.org",
    rung_label="за 1 рабочий день до срока",
)

ACCESSIBLE = replace(
    LETTER,
    course_url="https://edu.example/course/view.php?id=77",
    site_url="https://edu.example/",
    forgot_password_url="https://edu.example/login/forgot_password.php",
    responsible=FULL.responsible,
)

_TRAINING = {
    "training": "Основы, осень",
    "starts_on": date(2026, 12, 1),
    "ends_on": date(2026, 12, 20),
    "stage": TrainingStage.RUNNING.russian,
    "learners": 25,
    "begun": 20,
    "completed": 18,
    "shows_completion": True,
    "unseen": ["Оценки не видны."],
}

_LIST = {
    "filename": "список.xlsx",
    "why": "Это не таблица.",
    "plan": "создать — 3, записать — 4",
    "enrolled": 7,
    "slips": 2,
    "set_aside": 3,
    "aside": ["строка 4: нет имени", "строка 9: нет имени"],
}

_ENROLMENT = [
    {**_LIST, "stage": one.value, "stage_name": one.russian, **more}
    for one in EnrolmentStage
    for more in ({}, {"filename": "", "slips": 0, "set_aside": 0, "aside": []})
]

_REPLACED: dict[str, Any] = {
    "predecessor": "Иванова Мария Петровна",
    "powers_ended_on": date(2026, 11, 30),
    "is_informed": True,
    "has_successor": True,
    "things": [
        {"name": "учебный курс «Основы»", "url": "https://edu.example/course/view.php?id=77"},
        {"name": "категория «Медицина»", "url": ""},
    ],
}

_CERTIFICATION = {**_TRAINING, "document": "Свидетельство"}
_CERTIFICATE = {
    **_CERTIFICATION,
    "certificate": "72-2026-000123",
    "check_url": "https://sdo.example/certificates/K7QF-2M9X-4DRT",
}

MORE: Mapping[Notice, list[dict[str, Any]]] = {
    Notice.COURSE_READY: [
        {"is_checked": True, "warnings": []},
        {"is_checked": True, "warnings": ["Условия не заданы."]},
        {"is_checked": False, "warnings": []},
    ],
    Notice.QUESTION: [{"question": "Как добавить тест?", "answer": ""}],
    Notice.ANSWER: [{"question": "Как добавить тест?", "answer": "Кнопкой «Добавить»."}],
    Notice.TRAINING_SUMMARY: [_TRAINING, {**_TRAINING, "completed": None, "unseen": []}],
    Notice.COURSE_GONE: [_TRAINING],
    Notice.TRAINING_START: [_TRAINING],
    Notice.TRAINING_NOT_BEGUN: [_TRAINING],
    Notice.TRAINING_NOT_FINISHED: [_TRAINING],
    Notice.ENROLMENT_PLAN: _ENROLMENT,
    Notice.ENROLMENT_SUMMARY: _ENROLMENT,
    Notice.WAY_IN_SHUT: [
        {"lacks": ["Включите самостоятельную запись."], "is_unseen": unseen} for unseen in (False, True)
    ],
    Notice.SELF_REGISTRATION: [{"steps": ["Откройте сайт."], "needs_key": key} for key in (True, False)],
    Notice.CLAIM_CODE: [
        {
            "username": "ivanova",
            "code": "ABCD-EFGH",
            "last_day": date(2026, 12, 20),
            "claim_url": "https://sdo.example/claim#ABCD-EFGH",
            "claim_page": "https://sdo.example/claim",
        }
    ],
    Notice.SIGN_UP: [{**_TRAINING, "standing": one.value, "reason": "Мест больше нет."} for one in Standing],
    Notice.SIGN_UP_WAITING: [{**_TRAINING, "waiting": count} for count in (1, 21)],
    Notice.REPLACEMENT_OPENED: [_REPLACED, {**_REPLACED, "is_informed": False, "has_successor": False}],
    Notice.SUCCESSOR_APPOINTED: [_REPLACED],
    Notice.ACCEPTANCE_AWAITED: [_REPLACED],
    Notice.POWERS_ENDED: [{**_REPLACED, "successor": name} for name in ("Орлов Пётр Ильич", "")],
    Notice.REPLACEMENT_WITHDRAWN: [_REPLACED],
    Notice.REPLACEMENT_DONE: [
        {**_REPLACED, "open": open_ones} for open_ones in ([], ["Обучение № 7 «Осенний поток»"])
    ],
    Notice.CERTIFICATE: [_CERTIFICATE],
    Notice.CERTIFICATE_REPLACED: [{**_CERTIFICATE, "replaces": "72-2026-000098"}],
    Notice.CERTIFICATE_REVOKED: [
        {**_CERTIFICATE, "revoked_on": date(2026, 12, 28), "reason": "Документ выдан по ошибке."}
    ],
    Notice.CERTIFICATION_SUMMARY: [
        {**_CERTIFICATION, "given": 7, "delivered": 7, "others": []},
        {**_CERTIFICATION, "given": 7, "delivered": 5, "others": ["нет адреса — 2"]},
    ],
    Notice.REMINDER: [{}],
    Notice.ESCALATION: [{}],
    Notice.STEP_FAILED: [{}],
    Notice.DEADLINE_MOVED: [{}],
}

NUMBERS = {
    "train": "training-7",
    "sign_": "training-7",
    "enrol": "enrolment-8",
    "claim": "enrolment-8",
    "certi": "certification-9",
    "cours": "authoring-5",
    "repla": "replacement-3",
    "succe": "replacement-3",
    "accep": "replacement-3",
    "power": "replacement-3",
}
"""Of whose case a letter is, by the beginning of its notice."""

_WITHOUT_PAGE = frozenset(
    {
        Notice.TRAINING_START,
        Notice.TRAINING_NOT_BEGUN,
        Notice.TRAINING_NOT_FINISHED,
        Notice.CLAIM_CODE,
        Notice.SIGN_UP,
        Notice.POWERS_ENDED,
        *certificate_letters.HOLDERS,
    }
)
"""Whose readers do not sign in, or have no such page any more."""

_ORDERED = (
    Notice.ESCALATION,
    Notice.ORDER,
    Notice.MANUAL_SETUP,
    Notice.OBSTACLE,
    Notice.ACCESS,
    Notice.SETUP_DONE,
)


def example(notice: Notice, wording: Wording = BLANK) -> Rendered:
    """The letter with invented facts, in the engine's words or in others."""
    return write(notice, _facts(notice), wording)


def _facts(notice: Notice) -> Context:
    if notice in {*PARTICULARS, Notice.CLAIM_CODE}:
        number = NUMBERS.get(notice[:5], LETTER.number)
        page = "" if notice in _WITHOUT_PAGE else f"https://sdo.example/cases/{number}"
        return replace(ACCESSIBLE, number=number, case_page=page, more=MORE[notice][0])
    return ORDERED if notice in _ORDERED else FULL
