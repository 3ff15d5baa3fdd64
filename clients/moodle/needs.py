"""What the service account needs, and why, in words for the operator who gives it."""

from __future__ import annotations

BY_FIELD = "core_course_get_courses_by_field"
UNENROL = "enrol_manual_unenrol_users"
COURSE_CREATOR = "moodle/role:assign (coursecreator)"
EDITING_TEACHER = "moodle/role:assign (editingteacher)"

NEEDED_FUNCTIONS = (
    "core_course_get_categories",
    "core_course_create_categories",
    "core_course_get_courses",
    "core_course_create_courses",
    "core_user_get_users",
    "core_user_get_users_by_field",
    "core_user_create_users",
    "core_enrol_get_enrolled_users",
    "enrol_manual_enrol_users",
    "core_role_assign_roles",
    "core_role_unassign_roles",
)

_ADD = "Добавьте функцию во внешнюю службу, к которой относится ключ."
_GRANT = "Дайте это право роли служебной учётной записи на уровне системы."

WHY = {
    "token": (
        "Moodle не принимает ключ веб-службы: проверьте, что веб-службы и протокол REST включены, "
        "ключ не просрочен и разрешён с этого адреса, учётная запись не заблокирована и имеет право "
        "webservice/rest:use."
    ),
    "core_course_get_categories": f"Без неё не найти категорию заявки. {_ADD}",
    "core_course_create_categories": f"Без неё не создать категорию (п. 4.3). {_ADD}",
    "core_course_get_courses": f"Без неё не найти аналогичные курсы (п. 4.2). {_ADD}",
    "core_course_create_courses": f"Без неё не создать курс (п. 4.3). {_ADD}",
    "core_user_get_users": f"Без неё не найти ответственное лицо по адресу почты (п. 4.3). {_ADD}",
    "core_user_get_users_by_field": f"Без неё не найти учётную запись по имени входа (п. 4.3). {_ADD}",
    "core_user_create_users": f"Без неё не создать учётную запись ответственного лица (п. 4.3). {_ADD}",
    "core_enrol_get_enrolled_users": f"Без неё не видно, кто уже назначен на курс (п. 4.3). {_ADD}",
    "enrol_manual_enrol_users": f"Без неё не назначить роль «учитель» на курс (п. 4.3). {_ADD}",
    "core_role_assign_roles": f"Без неё не дать право создавать курсы в категории (п. 4.3). {_ADD}",
    "core_role_unassign_roles": f"Без неё не снять права при смене ответственного лица (п. 4.8). {_ADD}",
    BY_FIELD: f"Без неё курс ищется просмотром всех курсов, это медленно. {_ADD}",
    UNENROL: (
        "Без неё отчислить с курса нельзя, вместо этого запись на курс приостанавливается (п. 4.8). "
        "В Moodle 2.8.5 такой функции нет; в новых версиях добавьте её во внешнюю службу."
    ),
    "auth_forcepasswordchange": (
        "Служебная учётная запись не видит ни одной категории. Обычно это значит, что от неё "
        "требуется сменить пароль: войдите под ней и смените его. Иначе ей не хватает права "
        "видеть категории."
    ),
    "moodle/course:view": (
        f"Видны не все курсы, и аналогичный курс можно пропустить (п. 4.2). {_GRANT} Если скрытые "
        "курсы не видны, нужно и право moodle/course:viewhiddencourses."
    ),
    "moodle/course:update": (
        f"Не видны номера курсов и то, скрыты ли они: созданный курс не найти вновь (п. 4.3). {_GRANT}"
    ),
    "moodle/user:viewdetails": f"Не видны учётные записи: не найти ответственное лицо (п. 4.3). {_GRANT}",
    "moodle/site:viewuseridentity": (
        "Поиск по адресу почты никого не находит, хотя учётная запись с проверочным адресом есть: "
        f"ответственному лицу создавалась бы вторая учётная запись (п. 4.3). {_GRANT} Адрес почты "
        "должен быть отмечен и в настройке «Показывать данные пользователя» (showuseridentity)."
    ),
    "moodle/user:viewalldetails": (
        f"Не видны имена входа: занятое имя обнаружится только отказом при создании учётной записи. {_GRANT}"
    ),
    "usernames": (
        "Эта версия Moodle показывает имена входа только администратору: занятое имя обнаружится "
        "отказом при создании учётной записи. Делать ничего не нужно."
    ),
    "moodle/category:manage": f"Без него не создать категорию и не найти её по номеру (п. 4.3). {_GRANT}",
    "moodle/course:create": f"Без него не создать курс (п. 4.3). {_GRANT}",
    "moodle/user:create": f"Без него не создать учётную запись ответственного лица (п. 4.3). {_GRANT}",
    COURSE_CREATOR: (
        "Нельзя назначить роль «создатель курса» в категории (п. 4.3). Дайте право moodle/role:assign, "
        "разрешите роли служебной учётной записи назначать эту роль и проверьте её номер в настройках."
    ),
    EDITING_TEACHER: (
        "Нельзя назначить роль «учитель» на курс (п. 4.3). Дайте право moodle/role:assign, разрешите "
        "роли служебной учётной записи назначать эту роль и проверьте её номер в настройках."
    ),
    "enrol/manual:enrol": f"Без него не записать учителя на курс (п. 4.3). {_GRANT}",
    "moodle/course:viewparticipants": f"Не видно, кто уже назначен на курс (п. 4.3). {_GRANT}",
}
