"""What the recordings lack and the stand-in does by Moodle's documentation, or as seen on a live 4.5."""

from tests.moodle.standin_client import SiteClient, user_fields

CREATE = "core_user_create_users"
UPDATE = "core_user_update_users"


async def test_a_chosen_password_replaces_the_old_one_and_clears_the_flag(edu: SiteClient) -> None:
    flag = {"users[0][preferences][0][type]": "auth_forcepasswordchange"}
    (user,) = await edu.call(CREATE, **user_fields(1), **flag, **{"users[0][preferences][0][value]": 1})

    answer = await edu.call(
        UPDATE,
        **{"users[0][id]": user["id"], "users[0][password]": "New-Pa55w0rd"},
        **flag,
        **{"users[0][preferences][0][value]": 0},
    )

    kept = next(u for u in (await edu.state())["users"] if u["id"] == user["id"])
    assert answer is None
    assert kept["preferences"] == {"auth_forcepasswordchange": "0"}
    assert await edu.signs_in("u1", "New-Pa55w0rd")


async def test_a_password_of_another_directory_is_accepted_and_not_changed(edu: SiteClient) -> None:
    (user,) = await edu.call(CREATE, **user_fields(1) | {"users[0][auth]": "oauth2"})

    answer = await edu.call(UPDATE, **{"users[0][id]": user["id"], "users[0][password]": "New-Pa55w0rd"})

    assert answer is None
    assert not await edu.signs_in("u1", "New-Pa55w0rd")


async def test_a_password_against_the_policy_changes_nobody(edu: SiteClient) -> None:
    first, second = await edu.call(CREATE, **user_fields(1, 2))

    answer = await edu.call(
        UPDATE,
        **{"users[0][id]": first["id"], "users[0][firstname]": "Пётр"},
        **{"users[1][id]": second["id"], "users[1][password]": "123"},
    )

    names = {u["username"]: u["firstname"] for u in (await edu.state())["users"]}
    assert answer["exception"] == "moodle_exception"
    assert names["u1"] == "Иван"


async def test_a_role_without_enrolment_survives_unenrolment(edu: SiteClient) -> None:
    (user,) = await edu.call(CREATE, **user_fields(1))
    assignment = {"roleid": 3, "userid": user["id"], "contextlevel": "course", "instanceid": 2}
    await edu.call("core_role_assign_roles", **{f"assignments[0][{k}]": v for k, v in assignment.items()})

    await edu.call(
        "enrol_manual_unenrol_users",
        **{"enrolments[0][userid]": user["id"], "enrolments[0][courseid]": 2},
    )

    held = [a for a in (await edu.state())["role_assignments"] if a["user_id"] == user["id"]]
    assert [a["role_id"] for a in held] == [3]


async def test_who_came_alone_is_not_unenrolled_by_hand(edu: SiteClient) -> None:
    (user,) = await edu.call(CREATE, **user_fields(1))
    await edu.act("open_enrolment", course_id=2)
    await edu.act("enrol_oneself", user_id=user["id"], course_id=2)

    answer = await edu.call(
        "enrol_manual_unenrol_users",
        **{"enrolments[0][userid]": user["id"], "enrolments[0][courseid]": 2},
    )

    assert answer is None
    enrolled = await edu.call("core_enrol_get_enrolled_users", courseid=2)
    assert [person["username"] for person in enrolled] == ["u1"]


async def test_a_category_role_shows_through_a_capability_of_enrolled_people_only(edu: SiteClient) -> None:
    (user,) = await edu.call(CREATE, **user_fields(1))
    assignment = {"roleid": 2, "userid": user["id"], "contextlevel": "coursecat", "instanceid": 2}
    await edu.call("core_role_assign_roles", **{f"assignments[0][{k}]": v for k, v in assignment.items()})
    asked = {
        "coursecapabilities[0][courseid]": 2,
        "coursecapabilities[0][capabilities][0]": "moodle/course:create",
    }

    (before,) = await edu.call("core_enrol_get_enrolled_users_with_capability", **asked)
    enrolment = {"roleid": 5, "userid": user["id"], "courseid": 2}
    await edu.call("enrol_manual_enrol_users", **{f"enrolments[0][{k}]": v for k, v in enrolment.items()})
    (after,) = await edu.call("core_enrol_get_enrolled_users_with_capability", **asked)

    assert before["users"] == []
    assert [person["username"] for person in after["users"]] == ["u1"]


async def test_a_learner_completes_a_course_and_is_graded(edu: SiteClient) -> None:
    (user,) = await edu.call(CREATE, **user_fields(1))
    enrolment = {"roleid": 5, "userid": user["id"], "courseid": 2}
    await edu.call("enrol_manual_enrol_users", **{f"enrolments[0][{k}]": v for k, v in enrolment.items()})
    modules = {m["modname"]: m["id"] for m in (await edu.state())["modules"] if m["course_id"] == 2}

    await edu.act("complete_activity", user_id=user["id"], cmid=modules["page"])
    await edu.act("complete_activity", user_id=user["id"], cmid=modules["quiz"])
    await edu.act("grade", user_id=user["id"], cmid=modules["quiz"], value=91)

    of_learner = {"courseid": 2, "userid": user["id"]}
    status = await edu.call("core_completion_get_course_completion_status", **of_learner)
    grades = await edu.call("gradereport_user_get_grade_items", **of_learner)
    items = grades["usergrades"][0]["gradeitems"]
    assert status["completionstatus"]["completed"] is True
    assert [(item["itemtype"], item["graderaw"]) for item in items] == [("mod", 91), ("course", 91)]


async def test_deleting_a_person_leaves_nothing_of_them(edu: SiteClient) -> None:
    (user,) = await edu.call(CREATE, **user_fields(1))
    enrolment = {"roleid": 5, "userid": user["id"], "courseid": 2}
    await edu.call("enrol_manual_enrol_users", **{f"enrolments[0][{k}]": v for k, v in enrolment.items()})

    answer = await edu.call("core_user_delete_users", **{"userids[0]": user["id"]})

    state = await edu.state()
    assert answer is None
    assert not [e for e in state["enrolments"] if e["user_id"] == user["id"]]
    assert "u1" not in [u["username"] for u in state["users"]]


async def test_deleting_a_category_moves_its_courses_up_or_deletes_them(edu: SiteClient) -> None:
    named = {"categories[0][name]": "Временная", "categories[0][parent]": 2}
    (moved_from,) = await edu.call("core_course_create_categories", **named)
    course = {"fullname": "Курс", "shortname": "vr", "categoryid": moved_from["id"]}
    await edu.call("core_course_create_courses", **{f"courses[0][{k}]": v for k, v in course.items()})

    await edu.call("core_course_delete_categories", **{"categories[0][id]": moved_from["id"]})

    kept = next(c for c in (await edu.state())["courses"] if c["shortname"] == "vr")
    assert kept["category_id"] == 2


async def test_a_function_that_the_stand_in_lacks_says_so(edu: SiteClient) -> None:
    answer = await edu.call("core_cohort_get_cohorts")

    assert answer["errorcode"] == "notinstandin"
