"""Who may do what where: contexts, capabilities, and the checks that every function begins with."""

from collections.abc import Iterator
from dataclasses import dataclass

from .database import Database
from .errors import InvalidParameter, LoginRequired, MoodleError, NoPermission
from .records import Course, Level, Module, Role, User
from .releases import MOODLE_3_3, MOODLE_3_7, Release

# Activities that have no "view" capability: everybody in the course sees them.
_ALWAYS_SEEN = frozenset({"forum", "label"})

_CAPABILITY_NAMES = {
    "moodle/category:manage": "Manage categories",
    "moodle/course:create": "Create courses",
    "moodle/course:update": "Update course settings",
    "moodle/user:create": "Create users",
    "moodle/user:update": "Update user profiles",
    "moodle/user:delete": "Delete users",
    "moodle/user:viewdetails": "View user profiles",
    "moodle/role:assign": "Assign roles to users",
    "moodle/course:viewparticipants": "View participants",
    "moodle/course:enrolreview": "Review course enrolments",
    "enrol/manual:enrol": "Enrol users",
    "enrol/manual:unenrol": "Unenrol users from the course",
    "moodle/grade:viewall": "View grades of other users",
    "report/completion:view": "View course completion report",
}


@dataclass(frozen=True)
class Context:
    level: Level
    instance_id: int = 0


SYSTEM = Context(Level.SYSTEM)


def category_context(category_id: int) -> Context:
    return Context(Level.CATEGORY, category_id)


def course_context(course_id: int) -> Context:
    return Context(Level.COURSE, course_id)


@dataclass(frozen=True)
class Access:
    """What one account may do on one site, at one moment."""

    db: Database
    release: Release
    user: User
    must_change_password: bool = False
    denied: frozenset[str] = frozenset()
    now: int = 0

    @property
    def is_admin(self) -> bool:
        return self.user.id in self.db.settings.one(1).admins

    def can(self, capability: str, context: Context = SYSTEM) -> bool:
        if capability in self.denied:
            return False
        if self.is_admin:
            return True
        return any(capability in role.capabilities for role in self._roles_on_path(context))

    def require(self, capability: str, context: Context = SYSTEM) -> None:
        if not self.can(capability, context):
            ending = "." if self.release >= MOODLE_3_7 else ""
            name = _CAPABILITY_NAMES.get(capability, capability)
            message = f"Sorry, but you do not currently have permissions to do that ({name}){ending}"
            raise NoPermission("nopermissions", message)

    def assignable_roles(self, context: Context) -> set[int]:
        """Roles that the account may give there: its role's allow-assign matrix cut by the roles' levels."""
        allowed = {
            role_id
            for role in self._roles_on_path(context)
            if "moodle/role:assign" in role.capabilities
            for role_id in role.may_assign
        }
        return {
            role.id
            for role in self.db.roles
            if context.level in role.levels and (self.is_admin or role.id in allowed)
        }

    def sees_module(self, module: Module) -> bool:
        """Without mod/assign:view and its like an activity is simply not there, and no error tells so."""
        context = course_context(module.course_id)
        if not module.visible and not self.can("moodle/course:viewhiddenactivities", context):
            return False
        return module.modname in _ALWAYS_SEEN or self.can(f"mod/{module.modname}:view", context)

    def may_enter(self, course: Course) -> bool:
        context = course_context(course.id)
        if not course.visible and not self.can("moodle/course:viewhiddencourses", context):
            return False
        enrolments = self.db.enrolments.where(user_id=self.user.id, course_id=course.id)
        if course.id == 1 or self.can("moodle/course:view", context):
            return True
        return any(e.is_active(self.now) for e in enrolments)

    def validate(self, context: Context | None) -> None:
        """Moodle's validate_context: the context exists and the account may act in it."""
        if context is None or not exists(self.db, context):
            raise InvalidParameter("Context does not exist")
        in_course = context.level in (Level.COURSE, Level.MODULE)
        # 2.8 asks for a login, and so for a changed password, in courses only.
        if self.must_change_password and (in_course or self.release >= MOODLE_3_3):
            raise MoodleError("forcepasswordchangenotice", "error/forcepasswordchangenotice")
        if in_course and not self.may_enter(self.db.courses.one(course_of(self.db, context))):
            raise LoginRequired

    def validate_course(self, course_id: int) -> None:
        """As validate, with the wrapping that the reading functions of courses give to a refusal."""
        try:
            self.validate(course_context(course_id))
        except MoodleError as error:
            message = (
                f"You cannot execute functions in the course context (course id:{course_id}). "
                f"The context error message was: {error.message}"
            )
            raise MoodleError("errorcoursecontextnotvalid", message) from None

    def _roles_on_path(self, context: Context) -> Iterator[Role]:
        path = {(c.level, c.instance_id) for c in path_of(self.db, context)}
        yield from self.db.roles.where(shortname="user")
        for assignment in self.db.role_assignments.where(user_id=self.user.id):
            if assignment.place in path:
                yield self.db.roles.one(assignment.role_id)


def exists(db: Database, context: Context) -> bool:
    match context.level:
        case Level.SYSTEM:
            return True
        case Level.CATEGORY:
            return db.categories.get(context.instance_id) is not None
        case Level.COURSE:
            return db.courses.get(context.instance_id) is not None
        case Level.MODULE:
            return db.modules.get(context.instance_id) is not None
        case Level.USER:
            return db.users.get(context.instance_id) is not None


def course_of(db: Database, context: Context) -> int:
    """The id of the course that the context is or lies in; 0 outside of courses."""
    if context.level is Level.MODULE:
        return db.modules.one(context.instance_id).course_id
    return context.instance_id if context.level is Level.COURSE else 0


def path_of(db: Database, context: Context) -> list[Context]:
    """The context and everything above it, up to the system."""
    path = [context]
    category_id = context.instance_id if context.level is Level.CATEGORY else 0
    course = db.courses.get(course_of(db, context))
    if course is not None:
        category_id = course.category_id
        path += [course_context(course.id), category_context(category_id)]
    while category_id and (category := db.categories.get(category_id)):
        category_id = category.parent
        path.append(category_context(category_id))
    return [*path, SYSTEM]
