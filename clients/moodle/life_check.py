"""Start-up check of what clauses 4.4 to 4.8 need, by trying it in one course as `check.py` does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from clients.moodle import life_needs as needs
from clients.moodle.client import MoodleClient
from clients.moodle.errors import FunctionMissing, MoodleError, MoodleRefused, MoodleUnavailable
from clients.moodle.finding import NOBODY, Finding
from clients.moodle.transport import Params
from clients.moodle.types import SiteInfo


def missing_life_functions(site: SiteInfo) -> list[Finding]:
    missing = {name: need for name, need in needs.FUNCTIONS.items() if not site.has(name)}
    if not site.has(needs.GRADES) and not site.has(needs.GRADE_REPORT):
        missing[needs.GRADES] = needs.GRADES_NEED
    return [
        Finding(name, needs.function_why(need, site.version_number), blocking=False)
        for name, need in missing.items()
    ]


async def missing_life_rights(client: MoodleClient, course_id: int) -> list[Finding]:
    """What lacks, as far as this course shows it. Changes nothing.

    Raises:
        MoodleUnavailable: nothing can be said.
    """
    check = _LifeCheck(client, course_id)
    await check.run()
    return check.findings


class _LifeCheck:
    def __init__(self, client: MoodleClient, course_id: int) -> None:
        self.findings: list[Finding] = []
        self._client = client
        self._course_id = course_id

    async def run(self) -> None:
        client, course_id = self._client, self._course_id
        await self._look(
            needs.ENROL_REVIEW, lambda: client.enrolled_ids(course_id, start=NOBODY, only_active=True)
        )
        await self._look(needs.GRADES_VIEW, lambda: client.graded_activities(course_id))
        await self._look(needs.COMPLETION_VIEW, lambda: client.look_at_completion(course_id))
        await self._look(needs.ACTIVITIES_VIEW, self._activities)
        nobody = {"roleid": client.roles.student, "userid": NOBODY}
        role: Params = {"assignments": [{**nobody, "contextlevel": "course", "instanceid": course_id}]}
        await self._try(needs.STUDENT, "core_role_assign_roles", role, "codingerror")
        # Since 3.3 an unknown person is passed over without a word, after the right was checked.
        changed: Params = {"users": [{"id": NOBODY, "firstname": "-"}]}
        await self._try(needs.USER_UPDATE, needs.UPDATE_USERS, changed, "invaliduser", "")

    async def _look(self, needed: str, look: Callable[[], Awaitable[object]]) -> None:
        try:
            await look()
        except (MoodleRefused, FunctionMissing):
            return  # refused for another reason, after the right was checked; or named already
        except MoodleUnavailable:
            raise
        except MoodleError as error:
            self._missing(needed, error.errorcode)

    async def _activities(self) -> None:
        contents = await self._client.contents(self._course_id)
        if await self._client.unseen_activities(self._course_id, contents):
            self._missing(needs.ACTIVITIES_VIEW)

    async def _try(self, needed: str, function: str, params: Params, *proofs: str) -> None:
        if not (await self._client.site()).has(function):
            return
        refusal = await self._client.refusal(function, params)
        if isinstance(refusal, MoodleUnavailable):
            raise refusal
        code = refusal.errorcode if refusal else ""
        if code not in proofs:
            self._missing(needed, code)

    def _missing(self, needed: str, detail: str = "") -> None:
        why = needs.right_why(needs.RIGHTS[needed], detail)
        self.findings.append(Finding(needed, why, blocking=False))
