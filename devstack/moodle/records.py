"""The rows of a site: frozen, so that a rolled-back call just puts the old ones back."""

from dataclasses import dataclass, field
from enum import StrEnum

DAY = 24 * 3600


@dataclass(frozen=True)
class Row:
    id: int


class Level(StrEnum):
    SYSTEM = "system"
    CATEGORY = "coursecat"
    COURSE = "course"
    MODULE = "module"
    USER = "user"


@dataclass(frozen=True)
class Settings(Row):
    """What an administrator sets for the whole site; there is one such row."""

    sitename: str = "Moodle"
    shortname: str = "moodle"
    lang: str = "en"
    languages: list[str] = field(default_factory=lambda: ["en"])
    auths: list[str] = field(default_factory=lambda: ["manual", "email", "nologin", "oauth2", "ldap"])
    registerauth: str = ""
    maintenance: bool = False
    webservices: bool = True
    rest: bool = True
    debugging: bool = False
    theme_revision: int = 0
    admins: list[int] = field(default_factory=lambda: [2])


@dataclass(frozen=True)
class User(Row):
    username: str
    firstname: str
    lastname: str
    email: str
    context_id: int
    auth: str = "manual"
    idnumber: str = ""
    lang: str = "en"
    timezone: str = "99"
    theme: str = ""
    mailformat: int = 1
    maildisplay: int = 2
    department: str = ""
    institution: str = ""
    city: str = ""
    country: str = ""
    description: str = ""
    suspended: bool = False
    confirmed: bool = True
    password: str = ""
    preferences: dict[str, str] = field(default_factory=dict)
    firstaccess: int = 0
    lastaccess: int = 0
    timecreated: int = 0

    @property
    def email_folded(self) -> str:
        return self.email.lower()

    @property
    def fullname(self) -> str:
        return f"{self.firstname} {self.lastname}"

    @property
    def must_change_password(self) -> bool:
        return self.preferences.get("auth_forcepasswordchange", "0") not in ("", "0")


@dataclass(frozen=True)
class Token(Row):
    value: str
    user_id: int
    service: str
    functions: list[str]
    valid_until: int = 0
    only_from: str = ""


@dataclass(frozen=True)
class Role(Row):
    shortname: str
    capabilities: list[str]
    levels: list[str]
    may_assign: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class RoleAssignment(Row):
    role_id: int
    user_id: int
    level: str
    instance_id: int

    @property
    def place(self) -> tuple[str, int]:
        return self.level, self.instance_id


@dataclass(frozen=True)
class Category(Row):
    name: str
    parent: int
    context_id: int
    idnumber: str | None = None
    description: str = ""
    descriptionformat: int = 1
    visible: int = 1
    theme: str | None = None
    timemodified: int = 0


@dataclass(frozen=True)
class Course(Row):
    category_id: int
    fullname: str
    shortname: str
    context_id: int
    rank: int
    idnumber: str = ""
    summary: str = ""
    summaryformat: int = 1
    format: str = "topics"
    showgrades: int = 1
    newsitems: int = 5
    startdate: int = 0
    enddate: int = 0
    numsections: int = 0
    maxbytes: int = 0
    showreports: int = 0
    visible: int = 1
    hiddensections: int = 0
    coursedisplay: int = 0
    groupmode: int = 0
    groupmodeforce: int = 0
    defaultgroupingid: int = 0
    enablecompletion: int = 1
    completionnotify: int = 0
    lang: str = ""
    theme: str = ""
    timecreated: int = 0
    timemodified: int = 0
    created_by: int = 0


@dataclass(frozen=True)
class Section(Row):
    course_id: int
    number: int
    name: str = ""
    summary: str = ""
    visible: int = 1


@dataclass(frozen=True)
class Module(Row):
    """An activity or a resource of a course; its id is the ``cmid``."""

    course_id: int
    section_id: int
    modname: str
    instance: int
    name: str
    context_id: int
    visible: int = 1
    completion: int = 0
    grademax: float | None = None
    gradeitem_id: int = 0
    is_criterion: bool = False
    timemodified: int = 0


@dataclass(frozen=True)
class EnrolInstance(Row):
    course_id: int
    type: str
    enabled: bool
    password: str = ""


@dataclass(frozen=True)
class Enrolment(Row):
    instance_id: int
    course_id: int
    user_id: int
    suspended: bool = False
    timestart: int = 0
    timeend: int = 0

    def is_active(self, now: int) -> bool:
        return not self.suspended and self.timestart <= now and (self.timeend == 0 or self.timeend > now)


@dataclass(frozen=True)
class CourseAccess(Row):
    course_id: int
    user_id: int
    timeaccess: int


@dataclass(frozen=True)
class ActivityCompletion(Row):
    module_id: int
    user_id: int
    state: int
    timecompleted: int
    overrideby: int | None = None


@dataclass(frozen=True)
class CourseCompletion(Row):
    course_id: int
    user_id: int
    timecompleted: int


@dataclass(frozen=True)
class Gradebook(Row):
    """A course's grade category together with its total; Moodle makes both when it first needs them."""

    course_id: int
    item_id: int
    hidden: bool = False


@dataclass(frozen=True)
class Grade(Row):
    module_id: int
    course_id: int
    user_id: int
    value: float
    graded_by: int
    dategraded: int
    overridden: int = 0
