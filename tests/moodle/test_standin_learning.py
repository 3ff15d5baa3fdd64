"""What the stand-in does of a course's life beyond the recordings, by Moodle's documentation and source."""

import pytest

from tests.moodle.standin_client import SiteClient, user_fields

COMPLETION = "core_completion_get_course_completion_status"
PARTICIPANTS = "core_enrol_get_enrolled_users"


async def _learner(site: SiteClient, course_id: int = 2) -> int:
    (user,) = await site.call("core_user_create_users", **user_fields(1))
    row = {"roleid": 5, "userid": user["id"], "courseid": course_id}
    await site.call("enrol_manual_enrol_users", **{f"enrolments[0][{key}]": row[key] for key in row})
    return int(user["id"])


async def _accesses(site: SiteClient) -> list[int]:
    fields = {"options[0][name]": "userfields", "options[0][value]": "id,lastcourseaccess"}
    return [one["lastcourseaccess"] for one in await site.call(PARTICIPANTS, courseid=2, **fields)]


async def test_a_visit_shows_in_the_course_and_on_the_account(edu: SiteClient) -> None:
    learner = await _learner(edu)
    before = await _accesses(edu)
    await edu.act("visit", user_id=learner, course_id=2)

    (account,) = await edu.call("core_user_get_users_by_field", field="id", **{"values[0]": learner})
    assert before == [0]
    assert await _accesses(edu) == [account["firstaccess"]] == [account["lastaccess"]]


async def test_finishing_a_course_completes_it_with_a_grade(edu: SiteClient) -> None:
    learner = await _learner(edu)
    await edu.act("finish_course", user_id=learner, course_id=2, share=0.8)

    status = await edu.call(COMPLETION, courseid=2, userid=learner)
    (report,) = (await edu.call("gradereport_user_get_grade_items", courseid=2, userid=learner))["usergrades"]
    assert status["completionstatus"]["completed"]
    assert [item["graderaw"] for item in report["gradeitems"] if item["itemtype"] == "course"] == [80]


@pytest.mark.parametrize("function", ["gradereport_user_get_grade_items", "core_grades_get_grades"])
async def test_a_hidden_total_is_shown_only_with_a_right_of_its_own(edu: SiteClient, function: str) -> None:
    learner = await _learner(edu)
    await edu.act("finish_course", user_id=learner, course_id=2)
    await edu.act("hide_grades", course_id=2)

    of_one = {"userid": learner} if function.startswith("gradereport") else {"userids[0]": learner}
    answer = await edu.call(function, courseid=2, **of_one)

    if function.startswith("gradereport"):
        (total,) = [i for i in answer["usergrades"][0]["gradeitems"] if i["itemtype"] == "course"]
        assert (total["graderaw"], total["gradeishidden"]) == (None, True)
    else:
        assert (answer["items"][0]["grades"][0]["grade"], answer["items"][0]["hidden"]) == (None, 1)


async def test_completion_of_a_suspended_account_or_enrolment_is_refused(edu: SiteClient) -> None:
    learner = await _learner(edu)
    row = {"roleid": 5, "userid": learner, "courseid": 2, "suspend": 1}
    await edu.call("enrol_manual_enrol_users", **{f"enrolments[0][{key}]": row[key] for key in row})
    of_enrolment = await edu.call(COMPLETION, courseid=2, userid=learner)
    await edu.act("change_user", user_id=learner, suspended=True)
    of_account = await edu.call(COMPLETION, courseid=2, userid=learner)

    assert (of_enrolment["errorcode"], of_account["errorcode"]) == ("usernotenroled", "suspended")


async def test_a_course_deleted_by_hand_is_gone_with_all_in_it(edu: SiteClient) -> None:
    await _learner(edu)
    await edu.act("delete_course", course_id=2)

    answer = await edu.call(PARTICIPANTS, courseid=2)
    state = await edu.state()
    assert answer["errorcode"] == "invalidrecord"
    assert [e for e in state["enrolments"] if e["course_id"] == 2] == []


async def test_a_hidden_activity_stays_in_the_contents_of_who_may_see_it(edu: SiteClient) -> None:
    added = await edu.act("add_activity", course_id=2, modname="page", name="Памятка")
    await edu.act("change_activity", cmid=added["id"], visible=0)

    sections = await edu.call("core_course_get_contents", courseid=2)
    shown = {module["id"]: module["visible"] for section in sections for module in section["modules"]}
    assert shown[added["id"]] == 0
