"""Every type of problem that the API answers, in one table: its status, and its words for people.

The type is for machines and stays; the words may change.
"""

from typing import NamedTuple

from models import certificates, enrolment, replacement, signup, trainings
from models.authoring import AuthoringRejection
from models.consultation import ConsultationRejection
from models.decisions import Rejection
from models.setup import SetupRejection


class Kind(NamedTuple):
    """A line of the table."""

    status: int
    title: str


_REJECTIONS: dict[Rejection | SetupRejection, int] = {
    Rejection.ALREADY_DECIDED: 409,
    Rejection.NOT_READY: 409,
    Rejection.OUTCOME_UNKNOWN: 422,
    Rejection.GROUND_MISSING: 422,
    Rejection.GROUND_NOT_ALLOWED: 422,
    Rejection.MISSING_NOT_NAMED: 422,
    Rejection.ANALOGUE_NOT_NAMED: 422,
    Rejection.REASON_MISSING: 422,
    Rejection.WHY_NOT_ANALOGUE_MISSING: 422,
    SetupRejection.DONE_BY_ENGINE: 409,
    SetupRejection.ALREADY_CONFIRMED: 409,
    SetupRejection.NOT_ON_CHECKLIST: 422,
    SetupRejection.ORDER_DATE_KNOWN: 409,
    SetupRejection.ORDER_DATE_LATE: 409,
    SetupRejection.ORDER_DATE_IMPOSSIBLE: 422,
    SetupRejection.MADE_BY_HAND: 409,
    SetupRejection.NOTHING_TO_RETRY: 409,
}
"""What the rules reject, in the rules' own words."""

_REPLACEMENT = {
    replacement.Rejection.END_IMPOSSIBLE: 422,
    replacement.Rejection.SUCCESSOR_IS_PREDECESSOR: 422,
    replacement.Rejection.NOT_THE_SUCCESSOR: 422,
}

_DATES = {trainings.Rejection.ALREADY_OVER: 409}

_UNFIT = {certificates.Rejection.UNKNOWN_PARTICIPANT, certificates.Rejection.NAME_UNFIT}

TABLE: dict[str, Kind] = {
    "unauthenticated": Kind(401, "Нужен действующий ключ доступа."),
    "forbidden": Kind(403, "Эта роль не выполняет такое действие."),
    "foreign-form": Kind(
        403, "Форма устарела или отправлена не с нашей страницы: откройте страницу заново и повторите."
    ),
    "not-all-assigned": Kind(409, "Назначены не все запросы."),
    "sign-in-failed": Kind(403, "Поставщик входа не подтвердил, кто вы. Войдите ещё раз."),
    "no-role": Kind(
        403, "У вашей учётной записи нет роли или организации в СЭО ТО: обратитесь к администратору."
    ),
    "rate-limited": Kind(429, "Слишком много обращений: повторите через Retry-After секунд."),
    "not-found": Kind(404, "Не найдено."),
    "method-not-allowed": Kind(405, "Такое действие по этому адресу не предусмотрено."),
    "too-large": Kind(413, "Тело запроса больше 1 МиБ."),
    "invalid": Kind(422, "Данные заполнены неверно."),
    "idempotency-key-missing": Kind(
        400, "Нужен заголовок Idempotency-Key: от 1 до 200 печатных латинских символов."
    ),
    "idempotency-key-reused": Kind(422, "С этим Idempotency-Key уже отправлено другое."),
    "in-flight": Kind(409, "Такой же запрос сейчас выполняется, повторите позже."),
    "unknown-subsystem": Kind(422, "Такой подсистемы в СЭО ТО нет."),
    "unknown-category": Kind(422, "Такой категории в подсистеме нет."),
    "category-missing": Kind(422, "Укажите категорию, в которой создать курс."),
    "unknown-organisation": Kind(422, "Такой организации нет."),
    "unknown-previous": Kind(422, "Отклонённого запроса с таким номером у вашей организации нет."),
    "organisation-without-address": Kind(
        409, "У организации не указаны адреса для писем: администратору нужно их внести."
    ),
    "unknown-draft": Kind(422, "Такого черновика у вас нет: он подан или удалён."),
    "too-many-drafts": Kind(409, "Черновиков слишком много: удалите ненужные."),
    "too-many-filters": Kind(409, "Сохранённых отборов слишком много: удалите ненужные."),
    "already-claimed": Kind(409, "Запрос уже взял в работу другой сотрудник."),
    "not-assignable": Kind(422, "Этому сотруднику вы назначить запрос не можете."),
    "not-claimed": Kind(409, "Запрос не взят вами в работу."),
    "stage-passed": Kind(409, "Этот этап дела уже пройден."),
    **{rejection.value: Kind(status, rejection.russian) for rejection, status in _REJECTIONS.items()},
    "unknown-analogue": Kind(422, "Среди найденных аналогов такого нет."),
    "contacts-given": Kind(
        409,
        "Адрес электронной почты ответственного лица уже внесён. Исправить его можно, пока учётной записи нет"
        " у системы и письма на него не доходят; другое ответственное лицо — по п. 4.8.",
    ),
    "letter-without-address": Kind(
        409, "Отправить письмо некуда: сначала внесите адрес ответственного лица."
    ),
    "day-amended-already": Kind(409, "Этот день уже изменён: сначала отмените это изменение."),
    "day-unchanged": Kind(409, "Этот день и без того такой: изменять нечего."),
    "amendment-not-in-force": Kind(409, "Это изменение календаря уже отменено."),
    "own-key": Kind(409, "Свой ключ отзывает другой администратор."),
    "task-closed": Kind(409, "Задача уже закрыта."),
    "not-closable": Kind(409, "Эту задачу закроет её шаг: подтвердите работу или повторите его."),
    **{one.value: Kind(_DATES.get(one, 422), one.russian) for one in trainings.Rejection},
    **{one.value: Kind(_REPLACEMENT.get(one, 409), one.russian) for one in replacement.Rejection},
    "owner-not-named": Kind(
        422, "Лицо отвечает за курсы нескольких Владельцев: укажите, чьи полномочия прекращаются."
    ),
    AuthoringRejection.ALREADY_READY.value: Kind(409, AuthoringRejection.ALREADY_READY.russian),
    AuthoringRejection.PLANNED_DATE_PAST.value: Kind(422, AuthoringRejection.PLANNED_DATE_PAST.russian),
    AuthoringRejection.MOODLE_AWAY.value: Kind(503, AuthoringRejection.MOODLE_AWAY.russian),
    ConsultationRejection.CLOSED.value: Kind(409, ConsultationRejection.CLOSED.russian),
    **{one.value: Kind(409, one.russian) for one in signup.Rejection if one.value != "reason-missing"},
    "register-unchanged": Kind(409, "В реестре так и записано: изменять нечего."),
    "nobody-accepted": Kind(409, "Принятых заявок, которых ещё нет ни в одном списке, нет."),
    **{one.value: Kind(422 if one in _UNFIT else 409, one.russian) for one in certificates.Rejection},
    "unknown-list": Kind(422, "Такого списка Пользователей у этого курса нет."),
    "results-are-imported": Kind(409, "Подсистема без веб-сервисов: загрузите результаты файлом."),
    "results-are-read": Kind(409, "Результаты этого курса система читает сама, файл не нужен."),
    "unknown-training": Kind(422, "Такого обучения у этого курса нет."),
    "no-web-services": Kind(
        409, "Подсистема этого курса без веб-сервисов: Пользователей в ней регистрирует Оператор."
    ),
    **{one.value: Kind(409, one.russian) for one in enrolment.Rejection},
    "file-unreadable": Kind(422, "Файл прочитать нельзя, из него ничего не принято."),
    "course-without-address": Kind(409, "У курса нет адреса: Пользователям некуда обратиться."),
    "no-instruction-yet": Kind(409, "Инструкции пока нет: самостоятельная запись ещё не открыта."),
    "nobody-to-give-codes": Kind(
        409, "Код выдать некому: пароль уже выбран, или учётная запись создана не здесь."
    ),
    "slips-given": Kind(
        409, "Эти листки уже выданы, коды в них повторить нельзя. С новым Idempotency-Key будут новые коды."
    ),
    "no-signing-key": Kind(
        409, "Подписать файл дела нечем: администратору нужно задать ключ SEO_SIGNING_KEY."
    ),
    "outcome-unknown": Kind(
        503, "Ответа пока нет, но действие может быть выполнено: повторите с тем же Idempotency-Key."
    ),
    "unavailable": Kind(503, "Сервис временно недоступен, повторите позже."),
    "internal": Kind(500, "Непредвиденная ошибка; она записана и будет разобрана."),
}

OF_PAGES = ("foreign-form", "not-all-assigned", "sign-in-failed", "no-role")
"""What only pages answer."""

RETRY_AFTER_SECONDS = {
    "outcome-unknown": 5,
    "unavailable": 5,
    "moodle-away": 30,
    "in-flight": 5,
    "not-ready": 2,
    "rate-limited": 1,
}
"""When to try again; other problems don't go away by waiting."""
