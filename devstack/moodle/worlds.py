"""What a site holds when it is served for the first time."""

from collections.abc import Callable

from .administration import Administrator
from .rights import DEVSTACK_SERVICE, SERVICE, add_roles
from .site import Site

SERVICE_NAME = "seo_engine"
SERVICE_USERNAME = "wsseo"

# Builds a site around the token of its service account.
World = Callable[[Site, str], None]

# Contexts that a fresh Moodle has before the first account made by people; most of them are blocks.
_FRESH_CONTEXTS = 17

_APPENDIX_1 = (
    'Курсы в рамках программы "Расширяя горизонты"',
    "Государственные служащие",
    "Кадровый резерв",
    "Медицина",
    'АИС "Электронная школа Тюменской области"',
    'АИС "Система взаимодействия экстренных оперативных служб при вызовах по единому номеру "112"',
    "ИТ-диктант",
    'Элективный профориентационный курс "Перспектива"',
    "Обучение граждан предпенсионного возраста",
)


def fresh(
    site: Site,
    token: str,
    *,
    sitename: str,
    shortname: str,
    service: list[str] = DEVSTACK_SERVICE,
    admin_email: str = "admin@example.invalid",
) -> Administrator:
    """A Moodle just installed, with the service account that its operator made for the engine."""
    admin = Administrator(site)
    with site.db.transaction():
        site.db.settings.add(sitename=sitename, shortname=shortname, theme_revision=site.now)
    add_roles(site.db, service)
    site.db.next_id("context")  # the system's own
    with site.db.transaction():
        site.db.courses.add(
            category_id=0,
            fullname=sitename,
            shortname=shortname,
            context_id=site.db.next_id("context"),
            rank=0,
            format="site",
            newsitems=3,
            numsections=1,
            enablecompletion=0,
            timecreated=site.now,
            timemodified=site.now,
        )
    admin.add_category("Miscellaneous")
    admin.add_user("guest", "Guest user", " ", "root@localhost")
    admin.add_user("admin", "Admin", "User", admin_email)
    site.db.sequences["context"] = _FRESH_CONTEXTS
    account = admin.add_user(SERVICE_USERNAME, "WS", SERVICE_USERNAME, f"{SERVICE_USERNAME}@example.invalid")
    admin.set_preference(account.id, "auth_manual_passwordupdatetime", str(site.now))
    admin.give_role(SERVICE, account.id)
    admin.add_token(account.id, token, SERVICE_NAME, list(site.release.functions))
    return admin


def _russian(site: Site, token: str, sitename: str, shortname: str) -> Administrator:
    admin = fresh(site, token, sitename=sitename, shortname=shortname)
    admin.change_settings(languages=["en", "ru"], lang="ru")
    return admin


def _finished_course(admin: Administrator, category_id: int, fullname: str, shortname: str) -> None:
    """A course that learners can complete: something to read, and a test that is graded."""
    course = admin.add_course(category_id, fullname, shortname, numsections=3)
    page = admin.add_activity(course.id, "page", "Материалы курса", completion=1)
    quiz = admin.add_activity(course.id, "quiz", "Итоговый тест", section=2, completion=2, grademax=100.0)
    admin.set_criterion(page.id)
    admin.set_criterion(quiz.id)


def edu(site: Site, token: str) -> None:
    """The united platform: the nine categories of Appendix 1, and courses to find analogues among."""
    admin = _russian(site, token, "Единая платформа СЭО ТО", "edu")
    by_number = [admin.add_category(name).id for name in _APPENDIX_1]
    for place, fullname, shortname in (
        (1, "Основы компьютерной грамотности", "rg-gramotnost"),
        (2, "Противодействие коррупции на государственной гражданской службе", "gs-korrupciya"),
        (2, "Охрана труда для руководителей и специалистов", "gs-ohrana-truda"),
        (3, "Подготовка к тестированию кадрового резерва", "kr-test"),
        (4, "Оказание первой помощи до прибытия медицинского работника", "med-pervaya-pomoshch"),
        (5, "Работа учителя в электронном журнале", "esh-zhurnal"),
        (9, "Цифровые навыки для граждан предпенсионного возраста", "pp-cifra"),
    ):
        _finished_course(admin, by_number[place - 1], fullname, shortname)


def eledu(site: Site, token: str) -> None:
    """Избирком."""
    admin = _russian(site, token, "Обучение участников избирательного процесса", "eledu")
    category = admin.add_category("Участковые избирательные комиссии")
    _finished_course(admin, category.id, "Подготовка членов участковых комиссий", "uik-osnovy")


def eiok(site: Site, token: str) -> None:
    """ЭИОК."""
    admin = _russian(site, token, "Единый информационно-обучающий комплекс", "eiok")
    category = admin.add_category("Гражданская оборона и защита населения")
    _finished_course(admin, category.id, "Гражданская оборона: действия населения", "go-naselenie")
    _finished_course(admin, category.id, "Пожарная безопасность в быту", "pozhar-byt")
