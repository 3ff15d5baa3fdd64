"""The Moodles that the engine works in, by subsystem."""

from dataclasses import dataclass

import aiohttp

from clients.moodle import MoodleClient, Roles
from models.settings import Settings


@dataclass(frozen=True)
class Site:
    """One subsystem's Moodle, and the addresses that people open in it."""

    url: str
    moodle: MoodleClient

    def course_url(self, course_id: int) -> str:
        return f"{self.url}/course/view.php?id={course_id}"

    def category_url(self, category_id: int) -> str:
        return f"{self.url}/course/index.php?categoryid={category_id}"

    @property
    def forgot_password_url(self) -> str:
        return f"{self.url}/login/forgot_password.php"


Sites = dict[str, Site]
"""By code of subsystem; one that has no web service is not here."""


def connect(settings: Settings, session: aiohttp.ClientSession) -> Sites:
    """The sites of the settings, over a session that the caller closes."""
    return {
        code: Site(
            url=site.url.rstrip("/"),
            moodle=MoodleClient(
                session,
                site.url,
                site.token.get_secret_value(),
                timeout=settings.moodle_timeout,
                roles=Roles(
                    editing_teacher=site.teacher_role,
                    course_creator=site.course_creator_role,
                    student=site.student_role,
                ),
            ),
        )
        for code, site in settings.moodle_sites.items()
    }
