"""Start-up check: can the service account do what clauses 4.1 to 4.3 need? (`life_check.py`: the others)

A list of allowed functions proves little: Moodle answers an account without a right with an empty
list as often as with an error. So each right is tried. Rights to look are tried by looking; rights
to change, by a call that Moodle has to refuse for another reason (an empty name, a short name or
username in use, a person who doesn't exist), after it has checked the right and before it has
changed anything. Which refusal proves the right was recorded from real sites.
"""

from __future__ import annotations

from clients.moodle.client import MoodleClient
from clients.moodle.errors import MoodleDenied, MoodleError, MoodleUnavailable
from clients.moodle.finding import NOBODY, Finding
from clients.moodle.life_check import missing_life_functions, missing_life_rights
from clients.moodle.needs import BY_FIELD, COURSE_CREATOR, EDITING_TEACHER, NEEDED_FUNCTIONS, UNENROL, WHY
from clients.moodle.transport import Params
from clients.moodle.types import Category, Course, Roles, SiteInfo

# The guest is on every Moodle, and shows its address only to those who may see other people's.
GUEST_EMAIL = "root@localhost"
_GUEST_USERNAME = "guest"

_SINCE_BY_FIELD = 2016120500  # Moodle 3.2
_SINCE_USERNAMES = 2017051500  # Moodle 3.3; 2.8.5 shows usernames to administrators only


async def check_account(client: MoodleClient, *, known_email: str = GUEST_EMAIL) -> list[Finding]:
    """Return what the service account lacks; an empty list means that all is proven.

    Args:
        client: Of the site to check.
        known_email: Of an account on the site other than the service's own.

    Raises:
        MoodleUnavailable: the site is out of reach, so nothing can be said.
    """
    try:
        site = await client.site(fresh=True)
    except MoodleDenied as denied:
        return [_finding("token", detail=denied.errorcode)]
    missing = _missing_functions(site)
    if any(finding.blocking for finding in missing):
        return missing
    return missing + await _Check(client, site, known_email).run()


def _missing_functions(site: SiteInfo) -> list[Finding]:
    findings = [_finding(function) for function in NEEDED_FUNCTIONS if not site.has(function)]
    if site.version_number >= _SINCE_BY_FIELD and not site.has(BY_FIELD):
        findings.append(_finding(BY_FIELD, blocking=False))
    if not site.has(UNENROL):
        findings.append(_finding(UNENROL, blocking=False))
    return findings + missing_life_functions(site)


class _Check:
    def __init__(self, client: MoodleClient, site: SiteInfo, known_email: str) -> None:
        self._client = client
        self._site = site
        self._known_email = known_email
        self._findings: list[Finding] = []

    async def run(self) -> list[Finding]:
        categories = await self._categories()
        if not categories:
            # Nothing else can be told from here: every other answer would be a consequence.
            return [_finding("auth_forcepasswordchange")]
        courses = await self._courses()
        await self._people()
        await self._creating(categories, courses)
        await self._rights(categories, [course for course in courses if course.category_id])
        return self._findings

    async def _categories(self) -> tuple[Category, ...]:
        try:
            return await self._client.categories()
        except MoodleDenied:
            return ()

    async def _courses(self) -> tuple[Course, ...]:
        try:
            courses = await self._client.courses_and_front_page()
        except MoodleDenied as denied:
            self._missing("moodle/course:view", detail=denied.errorcode)
            return ()
        if not courses:
            self._missing("moodle/course:view")
        if any(course.idnumber is None or course.visible is None for course in courses):
            self._missing("moodle/course:update")
        return courses

    async def _people(self) -> None:
        try:
            by_email = await self._client.find_user_by_email(self._known_email)
            by_username = await self._client.find_user_by_username(_GUEST_USERNAME)
        except MoodleDenied as denied:
            self._missing("moodle/user:viewdetails", detail=denied.errorcode)
            return
        if by_email is None:
            self._missing("moodle/site:viewuseridentity")
        if by_username is None:
            shows = self._site.version_number >= _SINCE_USERNAMES
            self._missing("moodle/user:viewalldetails" if shows else "usernames", blocking=False)

    async def _creating(self, categories: tuple[Category, ...], courses: tuple[Course, ...]) -> None:
        nameless: Params = {"categories": [{"name": "", "parent": 0}]}
        await self._try(
            "moodle/category:manage", "core_course_create_categories", nameless, "categorynamerequired"
        )
        taken_name: Params = {"users": [_person(self._site.username)]}
        await self._try("moodle/user:create", "core_user_create_users", taken_name, "invalidparameter")
        for front_page in (course for course in courses if not course.category_id):
            row: Params = {"fullname": "-", "shortname": front_page.shortname, "categoryid": categories[0].id}
            taken: Params = {"courses": [row]}
            await self._try("moodle/course:create", "core_course_create_courses", taken, "shortnametaken")

    async def _rights(self, categories: tuple[Category, ...], courses: list[Course]) -> None:
        roles: Roles = self._client.roles
        creator = _role_for_nobody(roles.course_creator, "coursecat", categories[0].id)
        await self._try(COURSE_CREATOR, "core_role_assign_roles", creator, "codingerror")
        if not courses:
            return  # a fresh site: there is no course yet to try it in
        course_id = courses[0].id
        teacher = _role_for_nobody(roles.editing_teacher, "course", course_id)
        await self._try(EDITING_TEACHER, "core_role_assign_roles", teacher, "codingerror")
        row: Params = {"roleid": NOBODY, "userid": self._site.user_id, "courseid": course_id}
        no_role: Params = {"enrolments": [row]}
        await self._try(
            "enrol/manual:enrol", "enrol_manual_enrol_users", no_role, "wsusercannotassign", "wsnoinstance"
        )
        if await self._participants(course_id):
            self._findings += await missing_life_rights(self._client, course_id)

    async def _participants(self, course_id: int) -> bool:
        try:
            await self._client.enrolled(course_id, limit=1)
        except MoodleDenied as denied:
            self._missing("moodle/course:viewparticipants", detail=denied.errorcode)
            return False
        return True

    async def _try(self, needed: str, function: str, params: Params, *proofs: str) -> None:
        refusal: MoodleError | None = await self._client.refusal(function, params)
        if isinstance(refusal, MoodleUnavailable):
            raise refusal
        if refusal is None or refusal.errorcode not in proofs:
            self._missing(needed, detail=refusal.errorcode if refusal else "accepted")

    def _missing(self, needed: str, *, detail: str = "", blocking: bool = True) -> None:
        self._findings.append(_finding(needed, detail=detail, blocking=blocking))


def _finding(needed: str, *, detail: str = "", blocking: bool = True) -> Finding:
    why = f"{WHY[needed]} Ответ Moodle: {detail}." if detail else WHY[needed]
    return Finding(needed, why, blocking)


def _person(username: str) -> Params:
    # Everything but the username is good, else Moodle would refuse before it looks at the right.
    return {
        "username": username,
        "firstname": "-",
        "lastname": "-",
        "email": "check@example.invalid",
        "password": "Aa1-Aa1-Aa1-",
    }


def _role_for_nobody(role_id: int, level: str, instance_id: int) -> Params:
    row: Params = {"roleid": role_id, "userid": NOBODY, "contextlevel": level, "instanceid": instance_id}
    return {"assignments": [row]}
