"""The course page of the stand: what teachers and learners do in a real Moodle, by a button each."""

from collections.abc import Callable, Mapping
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from . import control
from .administration import Administrator
from .forms import field
from .pages import page
from .records import Course, Level, User
from .rest import base_url, sent_form
from .site import Site

_SHARE = 0.9
"""Of every grade, for a learner who has done all."""

_Act = Callable[[Administrator, Course], None]


def _add_materials(hand: Administrator, course: Course) -> None:
    lesson = hand.add_activity(course.id, "page", "Материалы", completion=1)
    hand.set_criterion(lesson.id)
    hand.add_activity(course.id, "quiz", "Итоговый тест", completion=1, grademax=100.0)


def _open_self_enrolment(hand: Administrator, course: Course) -> None:
    hand.open_enrolment(course.id)
    hand.change_settings(registerauth="email")


_ACTS: dict[str, tuple[str, _Act]] = {
    "materials": ("Добавить материалы и итоговый тест", _add_materials),
    "show": ("Показать курс", lambda hand, course: hand.change_course(course.id, visible=True)),
    "hide": ("Скрыть курс", lambda hand, course: hand.change_course(course.id, visible=False)),
    "open": ("Открыть самостоятельную регистрацию и запись", _open_self_enrolment),
}
_LEARNERS: dict[str, tuple[str, Callable[[Administrator, int, Course], None]]] = {
    "visit": ("открыл курс", lambda hand, user, course: hand.visit(user, course.id)),
    "finish": ("прошёл всё", lambda hand, user, course: hand.finish_course(user, course.id, _SHARE)),
}


async def course_page(request: Request, site: Site) -> Response:
    """The course, and the buttons; from a page of the stand alone."""
    number = request.query_params.get("id", "")
    course = site.db.courses.get(int(number)) if number.isdecimal() else None
    if course is None:
        return HTMLResponse("<h1>Курс не найден</h1>", status_code=404)
    if request.method == "POST":
        if request.headers.get("sec-fetch-site") != "same-origin" or not control.is_local(request):
            return control.forbidden()
        sent = await sent_form(request)
        _do(site, course, field(sent, "act") or "", field(sent, "user") or "")
        return RedirectResponse(f"{base_url(request, site)}/course/view.php?id={course.id}", 303)
    return page(course.fullname, _body(site, course))


def sign_in_page(request: Request, site: Site) -> Response:
    """The stand asks nobody for a password: whoever comes is shown the courses."""
    courses = f'<a href="{base_url(request, site)}/">к курсам</a>'
    return page(
        "Вход", f"<p>Это стенд: учётная запись и пароль приняты, входить в него незачем, {courses}.</p>"
    )


def _do(site: Site, course: Course, act: str, user: str) -> None:
    hand = Administrator(site)
    if act in _ACTS:
        _ACTS[act][1](hand, course)
    elif act in _LEARNERS and user.isdecimal() and int(user) in {one.id for one in _learners(site, course)}:
        _LEARNERS[act][1](hand, int(user), course)


def _learners(site: Site, course: Course) -> list[User]:
    """Who has the learner's role in it; the first hundred."""
    student = site.db.roles.where(shortname="student")[0]
    given = (one for one in site.db.role_assignments if one.place == (Level.COURSE, course.id))
    return [site.db.users.one(one.user_id) for one in given if one.role_id == student.id][:100]


def _body(site: Site, course: Course) -> str:
    modules = site.db.modules.where(course_id=course.id)
    items = "".join(f"<li>{escape(module.name)}</li>" for module in modules)
    people = "".join(
        f"<li>{escape(f'{one.lastname} {one.firstname}')} {_form(_LEARNERS, one.id)}</li>"
        for one in _learners(site, course)
    )
    return (
        f"<p>{escape(course.shortname)}: {'виден Пользователям' if course.visible else 'скрыт'}</p>"
        f"<ul>{items}</ul><h2>Стенд: что делают в Moodle</h2>{_form(_ACTS)}"
        f"<h2>Пользователи</h2><ul>{people or '<li>никто не записан</li>'}</ul>"
    )


def _form(acts: Mapping[str, tuple[str, object]], user: int = 0) -> str:
    buttons = " ".join(f'<button name="act" value="{key}">{told}</button>' for key, (told, _) in acts.items())
    return f'<form method="post"><input type="hidden" name="user" value="{user}">{buttons}</form>'
