"""The regulation v3.0 (2019): what its clauses say, and every term of the engine.

A running case keeps the term it was started with; a new version of the regulation is a new file of
this kind, never an edit of terms under cases that run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.terms import Clause, Escalation, Recipient, Reminder, Term, Unit

VERSION = "3.0"


@dataclass(frozen=True)
class Provision:
    """A clause as it is cited to people.

    Attributes:
        clause: The clause.
        title: A short title, ours: the regulation's clauses have none.
        quote: The regulation's own words, its lists run into one line, omissions marked «…».
        event: What sets the clause's term going, in the past tense, a date to follow; empty where
            the clause has no term.
        outside: Why the term isn't the regulation's own; empty where it is.
    """

    clause: Clause
    title: str
    quote: str
    event: str = ""
    outside: str = ""

    @property
    def citation(self) -> str:
        """«п. 4.2 Регламента: «…»»"""
        return f"п. {self.clause} Регламента: «{self.quote}»"


_PROVISIONS = (
    Provision(
        Clause.REQUEST,
        "Запрос на создание категории и (или) учебного курса",
        "Исполнительный орган государственной власти Тюменской области или государственное учреждение"
        " при необходимости создания категории и/или учебного курса направляет письменный запрос в"
        " Уполномоченный орган с указанием следующей информации: цель и наименование учебного курса;"
        " перечень Пользователей учебного курса; порядок доступа Пользователей к учебному курсу в"
        " соответствии с пунктом 4.5 настоящего Положения; ответственное лицо (учитель) для работы в"
        " СЭО ТО.",
    ),
    Provision(
        Clause.REVIEW,
        "Рассмотрение запроса и решение",
        "Уполномоченный орган рассматривает запрос и принимает решение о создании категории и /или"
        " учебного курса в течение 30 дней со дня поступления запроса.",
        event="Запрос поступил в Уполномоченный орган",
    ),
    Provision(
        Clause.SETUP,
        "Настройка роли «учитель» Оператором",
        "Оператор не позднее 10 рабочих дней с даты поступления запроса настраивает в СЭО ТО указанному"
        " ответственному лицу роль «учитель» с предоставлением полных прав на формирование учебных"
        " курсов, а также обеспечивает консультативную поддержку в использовании функционала СЭО ТО.",
        event="Запрос Уполномоченного органа поступил Оператору",
    ),
    Provision(
        Clause.CONSULTATION,
        "Консультативная поддержка ответственного лица",
        "Оператор … обеспечивает консультативную поддержку в использовании функционала СЭО ТО.",
        event="Вопрос ответственного лица поступил Оператору",
        outside="срок ответа в Регламенте не установлен и задан настройкой",
    ),
    Provision(
        Clause.AUTHORING,
        "Формирование учебного курса",
        "После получения доступа ответственное лицо, при консультационной поддержке со стороны"
        " Оператора, осуществляет формирование учебного курса в СЭО ТО и настройку прав доступа для"
        " Пользователей.",
        event="Готовность курса запланирована",
        outside="срок в Регламенте не установлен; дату назначает ответственное лицо или Владелец",
    ),
    Provision(
        Clause.ENROLMENT,
        "Доступ Пользователей к учебному курсу",
        "Доступ к прохождению учебного курса, содержащегося в СЭО ТО, предоставляется Пользователям"
        " после самостоятельной регистрации либо после регистрации Пользователей ответственным лицом с"
        " дальнейшей выдачей Пользователям учетных данных для входа в СЭО ТО.",
        event="План регистрации составлен",
        outside="срок подтверждения плана в Регламенте не установлен и задан системой",
    ),
    Provision(
        Clause.TRAINING,
        "Информирование Пользователей и прохождение обучения",
        "Владелец учебного курса осуществляет информирование Пользователей и организует прохождение"
        " обучения в СЭО ТО.",
    ),
    Provision(
        Clause.RESULTS,
        "Результаты прохождения учебного курса",
        "Результаты прохождения учебного курса пользователями доступны ответственному лицу для анализа"
        " и выгрузки в форме отчета из СЭО ТО.",
    ),
    Provision(
        Clause.REPLACEMENT,
        "Смена ответственного лица",
        "При смене ответственного лица Владелец учебного курса информирует Оператора в течение 5"
        " рабочих дней со дня прекращения полномочий ответственного лица и обеспечивает назначение"
        " нового ответственного лица.",
        event="Полномочия ответственного лица прекратились",
    ),
    Provision(
        Clause.CERTIFICATION,
        "Документ по результатам обучения",
        "По решению Владельца курса Пользователям по результатам обучения/тестирования в СЭО ТО"
        " выдается сертификат либо иной документ, подтверждающий уровень знаний Пользователя.",
    ),
)

PROVISIONS: Mapping[Clause, Provision] = MappingProxyType({p.clause: p for p in _PROVISIONS})

REVIEW_TERM = Term(
    clause=Clause.REVIEW,
    amount=30,
    unit=Unit.CALENDAR_DAYS,
    reminders=(
        # 7 working days are some 10 calendar ones; in working days the ladder stays in order
        # even where the New Year holidays stand just before the deadline.
        Reminder(before=7, to=(Recipient.REVIEWER,)),
        Reminder(before=3, to=(Recipient.REVIEWER,)),
        Reminder(before=1, to=(Recipient.REVIEWER,)),
    ),
    escalations=(
        Escalation(after=0, to=(Recipient.SUPERVISOR, Recipient.REVIEWER)),
        Escalation(after=3, to=(Recipient.AUTHORITY_HEAD, Recipient.SUPERVISOR)),
    ),
)

SETUP_TERM = Term(
    clause=Clause.SETUP,
    amount=10,
    unit=Unit.WORKING_DAYS,
    reminders=(
        Reminder(before=5, to=(Recipient.OPERATOR,)),
        Reminder(before=2, to=(Recipient.OPERATOR,)),
    ),
    escalations=(
        Escalation(after=0, to=(Recipient.OPERATOR_HEAD, Recipient.OPERATOR)),
        Escalation(after=2, to=(Recipient.AUTHORITY_HEAD, Recipient.AUTHORITY, Recipient.OPERATOR_HEAD)),
    ),
    hand_over_before=3,
)

CONSULTATION_TERM = Term(
    clause=Clause.CONSULTATION,
    amount=2,
    unit=Unit.WORKING_DAYS,
    reminders=(Reminder(before=1, to=(Recipient.OPERATOR,)),),
    escalations=(Escalation(after=0, to=(Recipient.OPERATOR_HEAD, Recipient.OPERATOR)),),
)

AUTHORING_TERM = Term(
    clause=Clause.AUTHORING,
    amount=1,
    unit=Unit.WORKING_DAYS,
    reminders=(
        Reminder(before=3, to=(Recipient.RESPONSIBLE,)),
        Reminder(before=0, to=(Recipient.RESPONSIBLE,)),
    ),
    escalations=(Escalation(after=0, to=(Recipient.OWNER, Recipient.OPERATOR)),),
)
"""A ladder only: its last day is always set by people, `AUTHORING_TERM.until(day)`; nothing is counted."""

ENROLMENT_TERM = Term(
    clause=Clause.ENROLMENT,
    amount=10,
    unit=Unit.WORKING_DAYS,
    reminders=(
        Reminder(before=5, to=(Recipient.RESPONSIBLE,)),
        Reminder(before=1, to=(Recipient.RESPONSIBLE,)),
    ),
)
"""The engine's own: how long the plan of a registration may wait for its confirmation, and then lapses."""

REPLACEMENT_TERM = Term(
    clause=Clause.REPLACEMENT,
    amount=5,
    unit=Unit.WORKING_DAYS,
    reminders=(
        Reminder(before=2, to=(Recipient.OWNER,)),
        Reminder(before=1, to=(Recipient.OWNER,)),
    ),
    escalations=(
        Escalation(
            after=0,
            to=(Recipient.OWNER_HEAD, Recipient.OWNER, Recipient.OPERATOR, Recipient.AUTHORITY),
        ),
    ),
)

TERMS: Mapping[Clause, Term] = MappingProxyType(
    {term.clause: term for term in (REVIEW_TERM, SETUP_TERM, CONSULTATION_TERM, REPLACEMENT_TERM)}
)

LADDERS: tuple[Term, ...] = (
    REVIEW_TERM,
    SETUP_TERM,
    CONSULTATION_TERM,
    AUTHORING_TERM,
    ENROLMENT_TERM,
    REPLACEMENT_TERM,
)
"""Every ladder of letters in force, in order of the clauses."""

CONCERNED: Mapping[Clause, tuple[Recipient, ...]] = MappingProxyType(
    {
        Clause.REVIEW: (Recipient.AGENCY, Recipient.REVIEWER),
        Clause.SETUP: (Recipient.AGENCY, Recipient.OPERATOR),
        Clause.CONSULTATION: (Recipient.RESPONSIBLE, Recipient.OPERATOR),
        Clause.AUTHORING: (Recipient.OWNER, Recipient.RESPONSIBLE),
        Clause.ENROLMENT: (Recipient.OWNER, Recipient.RESPONSIBLE),
        Clause.REPLACEMENT: (Recipient.OWNER, Recipient.OPERATOR),
    }
)
"""Who waits for the end of a term and who works against it: both hear that it has moved."""
