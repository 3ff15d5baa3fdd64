"""What learners reached: nothing that is kept back is shown as zero."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from clients.moodle import Learner, MoodleUnavailable, NotFound, State, Unseen
from clients.moodle import completion as completion_module
from clients.moodle import grades as grades_module
from devstack.moodle.rights import DEVSTACK_SERVICE, RECORDED_SERVICE
from tests.clients.conftest import ClientOf
from tests.clients.replay import SITE_INFO, RecordedMoodle, recording
from tests.clients.standin import Standin

_SERVICE_ROLE = 9
_OLD = {Unseen.COMPLETION, Unseen.PROGRESS, Unseen.LAST_ACCESS}  # what 2.8.5 keeps back
_33 = {Unseen.LAST_ACCESS}


async def _finished_course(standin: Standin) -> tuple[int, int, int]:
    """A course with a page and a graded quiz, both criteria; its id and the cmids."""
    course = await standin.course()
    page = await standin.activity(course, completion=1)
    quiz = await standin.activity(course, "quiz", completion=2, grademax=50.0)
    for cmid in (page, quiz):
        await standin.site.act("set_criterion", cmid=cmid)
    return course, page, quiz


async def _read(
    standin: Standin, course: int, people: Sequence[int], *, page: int = 100
) -> tuple[list[Learner], set[Unseen]]:
    learners: list[Learner] = []
    unseen: set[Unseen] = set()
    async for one in standin.moodle.read_results(course, people, standin.gate, page=page):
        learners += one.learners
        unseen |= one.unseen
    return learners, unseen


async def test_who_finished_who_began_and_who_did_not(standin: Standin) -> None:
    course, page, _ = await _finished_course(standin)
    people = await standin.people(4)
    finished, began, idle, left = people
    await standin.moodle.enrol_students(course, [finished, began, idle], standin.gate)
    await standin.site.act("finish_course", user_id=finished, course_id=course, share=0.9)
    await standin.site.act("complete_activity", user_id=began, cmid=page)

    learners, unseen = await _read(standin, course, people)

    assert [one.user_id for one in learners] == [finished, began, idle, left]
    if await standin.is_old():
        states = [State.IN_PROGRESS, State.UNKNOWN, State.UNKNOWN, State.LEFT]
        assert unseen == _OLD
    else:
        states = [State.COMPLETED, State.IN_PROGRESS, State.NOT_STARTED, State.LEFT]
        assert [one.progress for one in learners] == [1.0, 0.5, 0.0, None]
        assert learners[0].completed_on is not None
        is_33 = (await standin.moodle.site()).release.startswith("3.3")
        assert unseen == (_33 if is_33 else set())
        assert (learners[0].last_access or 0) > 0 or is_33
    assert [one.state for one in learners] == states
    assert [(one.grade, one.grade_max) for one in learners[1:]] == [(None, 50.0), (None, 50.0), (None, None)]
    assert (learners[0].grade, learners[0].grade_max) == (45.0, 50.0)
    assert learners[0].graded_on is not None
    assert all(one.completed_on is None for one in learners[1:])


async def test_pages_hold_no_more_than_was_asked_for(edu: Standin) -> None:
    course, _, _ = await _finished_course(edu)
    people = await edu.people(25)
    await edu.moodle.enrol_students(course, people, edu.gate)

    sizes = [len(one.learners) async for one in edu.moodle.read_results(course, people, edu.gate, page=10)]

    assert sizes == [10, 10, 5]
    assert await edu.calls("core_grades_get_grades") == 3 + 1  # and once to see what is graded


async def test_a_big_roll_is_read_in_pages(edu: Standin) -> None:
    course = await edu.course()
    people = await edu.people(1100)
    await edu.moodle.enrol_students(course, people, edu.gate)

    assert list(await edu.moodle.last_accesses(course, edu.gate)) == people


async def test_a_course_without_criteria_says_so(edu: Standin) -> None:
    course = await edu.course()
    page = await edu.activity(course, completion=1)
    people = await edu.people(2)
    await edu.moodle.enrol_students(course, people, edu.gate)
    await edu.site.act("complete_activity", user_id=people[0], cmid=page)

    learners, unseen = await _read(edu, course, people)

    assert unseen == {Unseen.CRITERIA}
    assert [(one.state, one.progress) for one in learners] == [
        (State.IN_PROGRESS, 1.0),
        (State.NOT_STARTED, 0.0),
    ]


async def test_a_course_that_tracks_nothing_says_so(edu: Standin) -> None:
    course = await edu.course()
    people = await edu.people(1)
    await edu.moodle.enrol_students(course, people, edu.gate)

    [learner], unseen = await _read(edu, course, people)

    assert unseen == {Unseen.CRITERIA, Unseen.PROGRESS}
    assert learner.progress is None


async def test_hidden_grades_are_no_zeros(standin: Standin) -> None:
    course, _, quiz = await _finished_course(standin)
    people = await standin.people(1)
    await standin.moodle.enrol_students(course, people, standin.gate)
    await standin.site.act("grade", user_id=people[0], cmid=quiz, value=40)
    await standin.site.act("hide_grades", course_id=course)

    [learner], unseen = await _read(standin, course, people)

    assert learner.grade is None
    assert Unseen.GRADES in unseen


@pytest.mark.parametrize(
    ("right", "kept_back"),
    [("moodle/grade:viewall", Unseen.GRADES), ("report/completion:view", Unseen.COMPLETION)],
)
async def test_a_right_that_lacks_is_told(right: str, kept_back: Unseen, edu: Standin) -> None:
    course, _, _ = await _finished_course(edu)
    people = await edu.people(1)
    await edu.moodle.enrol_students(course, people, edu.gate)
    await edu.site.act("finish_course", user_id=people[0], course_id=course)
    rights = [one for one in DEVSTACK_SERVICE if one != right]
    await edu.site.act("change_role", role_id=_SERVICE_ROLE, capabilities=rights)

    [learner], unseen = await _read(edu, course, people)

    assert kept_back in unseen
    expected = State.IN_PROGRESS if kept_back is Unseen.COMPLETION else State.COMPLETED
    assert learner.state is expected


async def test_activities_that_the_account_does_not_see_are_told(standin: Standin) -> None:
    course, _, _ = await _finished_course(standin)
    await standin.site.act("change_role", role_id=_SERVICE_ROLE, capabilities=RECORDED_SERVICE)

    _, unseen = await _read(standin, course, [1])

    assert Unseen.ACTIVITIES in unseen


async def test_who_is_suspended_or_deleted_has_left(edu: Standin) -> None:
    course, _, _ = await _finished_course(edu)
    people = await edu.people(3)
    await edu.moodle.enrol_students(course, people, edu.gate)
    await edu.moodle.suspend(course, people[0])
    await edu.site.call("core_user_delete_users", **{"userids[0]": people[1]})

    learners, _ = await _read(edu, course, people)

    assert [one.state for one in learners] == [State.LEFT, State.LEFT, State.NOT_STARTED]


# Faults


async def test_a_deleted_course_is_told(standin: Standin) -> None:
    course, _, _ = await _finished_course(standin)
    await standin.site.act("delete_course", course_id=course)

    with pytest.raises(NotFound):
        await _read(standin, course, [1])


async def test_a_course_that_is_deleted_while_it_is_read(edu: Standin) -> None:
    course, _, _ = await _finished_course(edu)
    people = await edu.people(4)
    await edu.moodle.enrol_students(course, people, edu.gate)

    pages = edu.moodle.read_results(course, people, edu.gate, page=2)
    await anext(pages)
    await edu.site.act("delete_course", course_id=course)

    with pytest.raises(NotFound):
        await anext(pages)


async def test_a_lost_answer_is_asked_for_again(standin: Standin) -> None:
    course, _, _ = await _finished_course(standin)
    people = await standin.people(10)
    await standin.moodle.enrol_students(course, people, standin.gate)
    await standin.moodle.site()
    for skip in (0, 3, 5):
        await standin.site.fault(kind="503", times=1, skip=skip)

    learners, _ = await _read(standin, course, people)

    assert [one.user_id for one in learners] == people


async def test_a_site_that_does_not_come_back_is_told(edu: Standin) -> None:
    course, _, _ = await _finished_course(edu)
    people = await edu.people(1)
    await edu.moodle.enrol_students(course, people, edu.gate)
    await edu.site.fault(kind="503", function="core_completion_get_course_completion_status")

    with pytest.raises(MoodleUnavailable):
        await _read(edu, course, people)


# What real sites answered


async def test_recorded_grades(any_moodle: RecordedMoodle, client_of: ClientOf, standin: Standin) -> None:
    any_moodle.play("core_grades_get_grades")

    grades = await client_of(any_moodle).course_grades(2, [5], standin.gate)

    assert grades is not None
    assert grades[5][:2] == (87.5, 100.0)


@pytest.mark.parametrize("release", ["3.3", "3.7.2"])
async def test_recorded_grades_after_39(
    release: str, standin: Standin, moodle: RecordedMoodle, client_of: ClientOf
) -> None:
    """Where only the report is left, it is asked for learner by learner."""
    site = recording(release, "site_info_ok").answer
    assert isinstance(site, dict)
    kept = [one for one in site["functions"] if one["name"] != grades_module.BATCH]
    moodle.forget(SITE_INFO)
    moodle.answer(SITE_INFO, {**site, "functions": kept})
    moodle.reply(grades_module.ITEMS, recording(release, "grade_items_one_user").reply)

    grades = await client_of(moodle).course_grades(2, [5], standin.gate)

    assert grades is not None
    assert grades[5][:2] == (87.5, 100.0)
    [form] = moodle.sent(grades_module.ITEMS)
    assert form["userid"] == "5"


async def test_recorded_completion(
    moodle: RecordedMoodle, moodle_33: RecordedMoodle, client_of: ClientOf, standin: Standin
) -> None:
    for site in (moodle, moodle_33):
        site.play("completion_before", "completion_after", "completion_not_enrolled")
        site.play("activities_completion_before", "activities_completion_after")
        client, gate = client_of(site), standin.gate

        before, after, absent = [await client.completion(2, 5, gate) for _ in range(3)]
        done = [await client.activities_done(2, 5, gate) for _ in range(2)]

        assert before == completion_module.Completed(False, False, None)
        assert after is not None
        assert (after.completed, after.any_met) == (True, True)
        assert (after.completed_on or 0) > 1_700_000_000
        assert absent is None
        assert done == [(0, 1), (1, 1)]
