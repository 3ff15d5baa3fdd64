"""The stand's course page: a newcomer makes a course ready and lets learners finish it, by buttons."""

import re

import aiohttp

from tests.moodle.standin_client import SiteClient


async def _press(edu: SiteClient, page: str, act: str, user: int = 0, site: str = "same-origin") -> int:
    form = {"act": act, "user": str(user)}
    async with edu.session.post(
        page, data=form, headers={"Sec-Fetch-Site": site}, allow_redirects=False
    ) as got:
        return got.status


async def test_a_course_is_filled_shown_opened_and_finished(edu: SiteClient) -> None:
    (category,) = await edu.call("core_course_create_categories", **{"categories[0][name]": "Стенд"})
    fields = {"fullname": "Курс", "shortname": "k-1", "categoryid": category["id"], "visible": 0}
    (course,) = await edu.call(
        "core_course_create_courses", **{f"courses[0][{name}]": value for name, value in fields.items()}
    )
    page = f"{edu.base}/course/view.php?id={course['id']}"

    for act in ("materials", "show", "open"):
        assert await _press(edu, page, act) == 303

    state = await edu.state()
    [shown] = [one for one in state["courses"] if one["id"] == course["id"]]
    names = [one["name"] for one in state["modules"] if one["course_id"] == course["id"]]
    assert (shown["visible"], names[-2:]) == (True, ["Материалы", "Итоговый тест"])
    (user,) = await edu.call("core_user_create_users", **_user())
    enrolment = {"roleid": 5, "userid": user["id"], "courseid": course["id"]}
    await edu.call("enrol_manual_enrol_users", **{f"enrolments[0][{k}]": v for k, v in enrolment.items()})
    assert await _press(edu, page, "finish", user["id"]) == 303
    state = await edu.state()
    assert [one["user_id"] for one in state["course_completions"]] == [user["id"]]
    async with edu.session.get(page) as got:
        assert re.search(r"Лесной Егор <form", await got.text())


async def test_another_site_presses_no_button_and_a_stranger_finishes_nothing(edu: SiteClient) -> None:
    page = f"{edu.base}/course/view.php?id=1"

    assert await _press(edu, page, "materials", site="cross-site") == 403
    assert await _press(edu, page, "finish", 2) == 303
    assert (await edu.state())["course_completions"] == []


async def test_the_way_in_says_that_there_is_nothing_to_sign_in_to(
    session: aiohttp.ClientSession, edu: SiteClient
) -> None:
    async with session.get(f"{edu.base}/login/index.php") as got:
        assert (got.status, "Это стенд" in await got.text()) == (200, True)


def _user() -> dict[str, str]:
    fields = {"username": "lesnoy", "firstname": "Егор", "lastname": "Лесной", "email": "l@example.org"}
    return {f"users[0][{name}]": value for name, value in {**fields, "password": "Parol-2026!"}.items()}
