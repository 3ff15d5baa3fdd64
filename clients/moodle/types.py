"""What Moodle tells, as values. A field is `None` where a release or a right keeps it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, field_validator


@dataclass(frozen=True)
class Roles:
    """Role ids of a site; the defaults are those of a fresh Moodle, the same in all releases."""

    editing_teacher: int = 3
    course_creator: int = 2
    student: int = 5


class Ensured(NamedTuple):
    """Outcome of an `ensure_*`: what is there now, and whether this call made it."""

    id: int
    created: bool


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class SiteInfo(_Answer):
    """The site as the token sees it."""

    sitename: str
    release: str
    version: str
    user_id: int = Field(alias="userid")
    username: str
    functions: frozenset[str]

    @field_validator("functions", mode="before")
    @classmethod
    def _names(cls, value: object) -> object:
        if isinstance(value, list):
            return frozenset(item.get("name") if isinstance(item, dict) else item for item in value)
        return value

    @property
    def version_number(self) -> int:
        """Moodle's own ordering: 2014111005 is 2.8.5, 2017051500 is 3.3."""
        return int(self.version.partition(".")[0])

    def has(self, function: str) -> bool:
        """Whether the release has the function and the token's service lets it be called."""
        return function in self.functions


class Category(_Answer):
    id: int
    name: str
    idnumber: str | None = None
    parent_id: int = Field(alias="parent")
    course_count: int = Field(alias="coursecount", default=0)
    visible: bool | None = None


class Course(_Answer):
    """`idnumber`, `visible` and `completion_enabled` need `moodle/course:update`."""

    id: int
    fullname: str
    shortname: str
    idnumber: str | None = None
    category_id: int = Field(alias="categoryid")
    visible: bool | None = None
    completion_enabled: bool | None = Field(alias="enablecompletion", default=None)


class User(_Answer):
    """`username`, `auth`, `suspended`: by 2.8.5 to the owner only, later with `moodle/user:viewalldetails`.

    `first_access` is in seconds since 1970, 0 for an account that nobody has used yet.
    """

    id: int
    username: str | None = None
    email: str | None = None
    first_name: str | None = Field(alias="firstname", default=None)
    last_name: str | None = Field(alias="lastname", default=None)
    auth: str | None = None
    suspended: bool | None = None
    first_access: int | None = Field(alias="firstaccess", default=None)


class HeldRole(_Answer):
    id: int = Field(alias="roleid")
    shortname: str


class Participant(_Answer):
    """Somebody enrolled in a course. No roles: enrolled, but with no rights left."""

    id: int
    username: str | None = None
    full_name: str | None = Field(alias="fullname", default=None)
    email: str | None = None
    roles: tuple[HeldRole, ...] = ()

    @property
    def role_names(self) -> frozenset[str]:
        return frozenset(role.shortname for role in self.roles)

    def holds(self, role_id: int) -> bool:
        return any(role.id == role_id for role in self.roles)


class Created(_Answer):
    """A row of the answer of every `core_*_create_*`."""

    id: int


class FoundCourses(_Answer):
    courses: tuple[Course, ...]


class FoundUsers(_Answer):
    users: tuple[User, ...]
