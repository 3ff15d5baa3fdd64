"""Records the histories that `test_replay.py` replays: `python -m tests.histories.record`.

Record anew whenever a workflow changes on purpose before it has gone live. Once cases run
somewhere, change it by `workflow.patched` instead, and keep the histories as they are.
"""

import asyncio
import json
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from socket import gethostname
from typing import Any

from temporalio.client import WorkflowHandle

from models import ids
from models.exit import leave
from models.letters import LetterState, Notice
from models.tables import Course
from models.terms import Clause, Recipient
from tests import certificates, claims
from tests.engine import Engine
from tests.workflows import (
    canaries,
    courses,
    enrolments,
    reconciling,
    replacements,
    self_registrations,
    trainings,
    words,
)

FOLDER = Path(__file__).parent


async def record() -> None:
    """Live through one finished and one half-way case of everything."""
    with tempfile.TemporaryDirectory(prefix="seo-") as folder:
        async with Engine.running(Path(folder)) as engine:
            await _half_way_request_and_review(engine)
            await _finished_request_review_and_setup(engine)
            await _half_way_setup(engine)
            await _half_way_delivery(engine)
            await _amendments(engine)
            await _authoring(engine)
            await _consultation(engine)
            await _trainings(engine)
            await _lists(engine)
            await _codes(engine)
            await _self_registrations(engine)
            await _replacements(engine)
            await _certifications(engine)
            await _reconciliations(engine)
            await _canaries(engine)


async def _half_way_request_and_review(engine: Engine) -> None:
    """Overdue, escalated, and nobody has decided."""
    number = await engine.file(
        course_name="Курс, который ждёт решения", responsible={"name": "Тестова В. П."}
    )
    review = await words.reviewing(engine, number)
    await engine.skip(review, to=(await words.ladder(engine, number))[-1].planned_at)
    await words.signal(engine, number, "бред")
    await words.journaled(engine, number, "Сигнал с решением не принят")
    await engine.until_waiting(review)
    await _save("request_half_way", engine.request(number))
    await _save("review_half_way", review)


async def _finished_request_review_and_setup(engine: Engine) -> None:
    number = await engine.file(
        wanted="category_and_course",
        category=None,
        category_name="Категория, которая создана",
        course_name="Курс, который создан",
    )
    await words.reviewing(engine, number)
    await engine.approve(number)
    await words.closed(engine, number)
    order = await words.letter(engine, number, Notice.ORDER, Recipient.OPERATOR)
    await _save("request_finished", engine.request(number), is_finished=True)
    await _save("review_finished", engine.review(number), is_finished=True)
    await _save("setup_finished", engine.setup(number), is_finished=True)
    delivery = engine.client.get_workflow_handle(ids.delivery_id(order.key))
    await _save("delivery_finished", delivery, is_finished=True)


async def _half_way_setup(engine: Engine) -> None:
    """By hand: reminded once, half of it ticked off."""
    number = await engine.file(subsystem="local", category=None, course_name="Курс, который настраивают")
    await engine.approve(number)
    setup = await engine.setting_up(number)
    await words.letter(engine, number, Notice.MANUAL_SETUP, Recipient.OPERATOR)
    await engine.skip(setup, to=(await words.ladder(engine, number, Clause.SETUP))[0].planned_at)
    body = {"done": ["course"]}
    response = await engine.post("operator", f"/requests/{number}/setup/confirmation", body)
    assert response.status_code == 200, response.text
    await words.journaled(engine, number, "Выполнено вручную")
    await engine.until_waiting(setup)
    await _save("setup_half_way", setup)


async def _half_way_delivery(engine: Engine) -> None:
    await engine.mail.down()
    number = await engine.file(course_name="Курс, о котором не написать", goal="")
    await words.closed(engine, number)
    refusal = await words.letter(engine, number, Notice.REFUSAL, Recipient.AGENCY, LetterState.WRITTEN)
    delivery = engine.client.get_workflow_handle(ids.delivery_id(refusal.key))
    await words.attempted(engine, delivery, 1)
    await _save("delivery_half_way", delivery)
    await engine.mail.start()


async def _amendments(engine: Engine) -> None:
    number = await engine.file(course_name="Курс, срок которого переносят")
    review = await words.reviewing(engine, number)
    last_day = (await words.deadline(engine, number)).last_day
    is_moved = f"number = '{number}' AND step ~ '^review/moved-[0-9]+$'"
    async with words.refusing(engine, "journal", is_moved):
        amended = await words.amend(engine, last_day, working=False)
        task = await words.task(engine, number, "review/moved-")
        amendment = engine.client.get_workflow_handle(ids.amendment_id(amended["id"]))
        await _save("amendment_half_way", amendment)
    await words.try_again(engine, task)
    await _save("amendment_finished", amendment, is_finished=True)
    await engine.skip(review, to=await words.due_at(engine, number) + timedelta(hours=1))
    await words.withdraw(engine, number)
    await words.closed(engine, number)
    await _save("review_moved_and_withdrawn", review, is_finished=True)


async def _authoring(engine: Engine) -> None:
    """Planned and reminded of once; then moved, and ready."""
    course = await trainings.course_of_its_own(engine)
    authoring = await courses.building(engine, course)
    await _plan(engine, course, days=10)
    await engine.skipper.fast_forward(authoring, timedelta(days=9, hours=12))
    await engine.until_waiting(authoring)
    await _save("authoring_half_way", authoring)
    await _plan(engine, course, days=30)
    await courses.furnish(engine, course)
    response = await engine.post("responsible", f"/courses/{course.id}/authoring/readiness")
    assert response.json()["state"]["code"] == "ready", response.text
    await _save("authoring_finished", authoring, is_finished=True)


async def _plan(engine: Engine, course: Course, *, days: int) -> None:
    form = {"planned_on": str(words.local_today() + timedelta(days=days))}
    response = await engine.post("responsible", f"/courses/{course.id}/authoring/plan", form)
    assert response.status_code == 200, response.text
    await courses.building(engine, course)


async def _consultation(engine: Engine) -> None:
    """Overdue and escalated; then answered, and closed by itself."""
    consultation = await courses.asked(engine)
    await engine.skipper.fast_forward(consultation, timedelta(days=10))
    await engine.until_waiting(consultation)
    await _save("consultation_half_way", consultation)
    answer = {"text": "Ограничьте доступ группой."}
    response = await engine.post("operator", f"/consultations/{consultation.id}/answers", answer)
    assert response.status_code == 200, response.text
    await engine.until_waiting(consultation)
    await engine.skipper.fast_forward(consultation, timedelta(days=31))
    await _save("consultation_finished", consultation, is_finished=True)


async def _trainings(engine: Engine) -> None:
    """One in its midst, prolonged; one at its end."""
    course = await trainings.course_of_its_own(engine)
    await trainings.learner(engine, course, "Обучаемов")
    number = (await trainings.opened(engine, course))["number"]
    training = engine.client.get_workflow_handle(number)
    await engine.until_waiting(training)
    await engine.skipper.fast_forward(training, timedelta(days=10))
    form = {"ends_on": str(words.local_today() + timedelta(days=30))}
    response = await engine.post("agency", f"/trainings/{number}/prolongation", form)
    assert response.status_code == 200, response.text
    await words.journaled(engine, number, "Обучение продлено")
    await engine.until_waiting(training)
    await _save("training_half_way", training)
    await engine.skipper.fast_forward(training, timedelta(days=22))
    await _save("training_finished", training, is_finished=True)


async def _lists(engine: Engine) -> None:
    """Planned, with a reminder gone, and registered to the end."""
    course = await trainings.course_of_its_own(engine)
    lines = [*enrolments.people(2), enrolments.person("Кривых", "кривой")]
    number = await enrolments.planned(engine, course, enrolments.table(lines))
    waiting = enrolments.handle(engine, number)
    await engine.skip(waiting, to=(await words.ladder(engine, number, Clause.ENROLMENT))[0].planned_at)
    await _save("enrolment_half_way", waiting)
    await enrolments.confirm(engine, number)
    await _save("enrolment_finished", waiting, is_finished=True)


async def _codes(engine: Engine) -> None:
    """Sent anew while the mail server is away, and once it is back."""
    some = await claims.a_list(engine)
    await engine.mail.down()
    response = await engine.post("responsible", f"/enrolments/{some.number}/codes")
    assert response.status_code == 200, response.text
    codes = await claims.sending(engine, some.number)
    await words.attempted(engine, codes, 1)
    await _save("codes_half_way", codes)
    await engine.mail.start()
    await _save("codes_finished", codes, is_finished=True)


async def _self_registrations(engine: Engine) -> None:
    """Waiting for somebody to switch it on, and open."""
    course = await trainings.course_of_its_own(engine)
    number, waiting = await self_registrations.shut(engine, course)
    await engine.skipper.fast_forward(waiting, timedelta(days=2))
    await _save("self_registration_half_way", waiting)
    await self_registrations.lets_register(engine)
    await self_registrations.lets_enrol(engine, course)
    await engine.moodle_act("change_course", course_id=course.moodle_id, visible=True)
    response = await engine.post("responsible", f"/enrolments/{number}/check")
    assert response.status_code == 200, response.text
    await _save("self_registration_finished", waiting, is_finished=True)


async def _replacements(engine: Engine) -> None:
    """One that nobody has been appointed in, escalated; one at its end."""
    held = await replacements.held(engine)
    number = await replacements.reported(engine, held.person, words.local_today())
    vacant = await replacements.waiting(engine, number)
    await engine.skip(vacant, to=(await words.ladder(engine, number, Clause.REPLACEMENT))[-1].planned_at)
    await words.journaled(engine, number, "Права сняты")
    await engine.until_waiting(vacant)
    await _save("replacement_half_way", vacant)
    new = replacements.successor()["email"]
    number = await replacements.awaiting_acceptance(engine, new)
    await replacements.finish(engine, number, new)
    await _save("replacement_finished", engine.client.get_workflow_handle(number), is_finished=True)


async def _certifications(engine: Engine) -> None:
    """Numbered while the mail server is away, and sent once it is back."""
    training = await certificates.over(engine, certificates.person("Получателев"))
    await engine.mail.down()
    number = (await certificates.decide(engine, training))["number"]
    certification = engine.client.get_workflow_handle(number)
    await words.attempted(engine, certification, 1)
    await _save("certification_half_way", certification)
    await engine.mail.start()
    await engine.skipper.fast_forward(certification, timedelta(hours=1))
    await _save("certification_finished", certification, is_finished=True)
    [document] = await certificates.given(engine, number)
    await engine.mail.down()
    letter = await certificates.revised(engine, document["number"], "revocation", reason="Ошибка")
    await words.attempted(engine, letter, 1)
    await _save("certificate_letter_half_way", letter)
    await engine.mail.start()
    await _save("certificate_letter_finished", letter, is_finished=True)


async def _reconciliations(engine: Engine) -> None:
    """While Moodle is away, and once it is back: a course is adopted, and one that differs is told."""
    held = await replacements.held(engine)
    await engine.moodle_act("change_course", course_id=held.course.moodle_id, fullname="Курс с другим именем")
    await engine.moodle_fault("503", function="core_course_get_categories")
    night = await reconciling.begun(engine, skipping=False)
    await words.attempted(engine, night, 1)
    await _save("reconciliation_half_way", night)
    await engine.moodle_heals()
    await _save("reconciliation_finished", night, is_finished=True)


async def _canaries(engine: Engine) -> None:
    """In the midst of the review's ladder, and at its end."""
    async with canaries.hastened(engine) as quick:
        canary = await canaries.start(quick)
        await canaries.opened(quick, canary)
        await _save("canary_half_way", canary)
        await _save("canary_finished", canary, is_finished=True)


async def _save(name: str, handle: WorkflowHandle[Any, Any], *, is_finished: bool = False) -> None:
    if is_finished:
        await handle.result()
    history = await handle.fetch_history()
    told = json.dumps(_anonymous(history.to_json_dict()), ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(told.replace(gethostname(), "recorder") + "\n")
    sys.stdout.write(f"{name}: событий — {len(history.events)}\n")


def _anonymous(told: Any) -> Any:
    """Without the machine that it was recorded on: no paths, no process."""
    if isinstance(told, list):
        return [_anonymous(one) for one in told]
    if isinstance(told, dict):
        kept = {key: _anonymous(value) for key, value in told.items() if key != "stackTrace"}
        return {**kept, "identity": "recorder"} if "identity" in kept else kept
    return told


if __name__ == "__main__":
    asyncio.run(record())
    leave(0)
