"""What people do in a Moodle through its pages, for which there is no web service.

Worlds, tests and the control route build on it: content of courses, learners' progress, settings, rights.
"""

from typing import Any

from .access import Access, Context, course_context
from .completion import aggregate, completion_of
from .course_parts import add_module, delete_parts, furnish, gradebook_of, section_of
from .enrolments import enrolment_of
from .gradebook import grade_of
from .passwords import hash_password
from .records import Category, Course, EnrolInstance, Level, Module, Role, Token, User
from .roles import assign
from .site import Site
from .webservice import Call


class Administrator:
    def __init__(self, site: Site) -> None:
        self.site = site
        self.db = site.db

    def _call(self) -> Call:
        access = Access(self.db, self.site.release, self.db.users.one(2), now=self.site.now)
        return Call(self.db, self.site.release, access, base_url="", now=self.site.now)

    def change_settings(self, **changes: Any) -> None:
        with self.db.transaction():
            self.db.settings.change(self.site.settings, **changes)

    def add_user(self, username: str, firstname: str, lastname: str, email: str, **more: Any) -> User:
        with self.db.transaction():
            return self.db.users.add(
                username=username,
                firstname=firstname,
                lastname=lastname,
                email=email,
                password=hash_password(more.pop("password", "")),
                context_id=self.db.next_id("context"),
                timecreated=self.site.now,
                **more,
            )

    def change_user(self, user_id: int, **changes: Any) -> None:
        with self.db.transaction():
            self.db.users.change(self.db.users.one(user_id), **changes)

    def set_preference(self, user_id: int, name: str, value: str) -> None:
        preferences = self.db.users.one(user_id).preferences | {name: value}
        self.change_user(user_id, preferences=preferences)

    def add_token(self, user_id: int, value: str, service: str, functions: list[str]) -> Token:
        with self.db.transaction():
            return self.db.tokens.add(value=value, user_id=user_id, service=service, functions=functions)

    def change_token(self, known_as: str, **changes: Any) -> None:
        with self.db.transaction():
            token = self.db.tokens.where(value=known_as)[0]
            self.db.tokens.change(token, **changes)

    def change_role(self, role_id: int, **changes: Any) -> Role:
        with self.db.transaction():
            return self.db.roles.change(self.db.roles.one(role_id), **changes)

    def give_role(self, role_id: int, user_id: int, level: str = Level.SYSTEM, instance_id: int = 0) -> None:
        with self.db.transaction():
            assign(self.db, role_id, user_id, Context(Level(level), instance_id))

    def add_category(self, name: str, *, parent: int = 0, idnumber: str | None = None) -> Category:
        with self.db.transaction():
            return self.db.categories.add(
                name=name,
                parent=parent,
                idnumber=idnumber,
                context_id=self.db.next_id("context"),
                timemodified=self.site.now,
            )

    def add_course(self, category_id: int, fullname: str, shortname: str, **more: Any) -> Course:
        with self.db.transaction():
            ranks = [course.rank for course in self.db.courses.where(category_id=category_id)]
            course = self.db.courses.add(
                category_id=category_id,
                fullname=fullname,
                shortname=shortname,
                rank=min(ranks, default=0) - 1,
                context_id=self.db.next_id("context"),
                timecreated=self.site.now,
                timemodified=self.site.now,
                created_by=2,
                **more,
            )
            furnish(self._call(), course)
            return course

    def delete_course(self, course_id: int) -> None:
        with self.db.transaction():
            delete_parts(self.db, self.db.courses.one(course_id))

    def change_course(self, course_id: int, **changes: Any) -> None:
        with self.db.transaction():
            self.db.courses.change(self.db.courses.one(course_id), **changes)

    def add_activity(
        self,
        course_id: int,
        modname: str,
        name: str,
        *,
        section: int = 1,
        completion: int = 0,
        grademax: float | None = None,
    ) -> Module:
        with self.db.transaction():
            where = section_of(self.db, course_id, section)
            return add_module(
                self.db, where, modname, name, now=self.site.now, completion=completion, grademax=grademax
            )

    def change_activity(self, cmid: int, **changes: Any) -> None:
        """Say ``visible=0``."""
        with self.db.transaction():
            self.db.modules.change(self.db.modules.one(cmid), **changes)

    def hide_grades(self, course_id: int, *, hidden: bool = True) -> None:
        with self.db.transaction():
            self.db.gradebooks.change(gradebook_of(self.db, course_id), hidden=hidden)

    def set_criterion(self, cmid: int, *, required: bool = True) -> None:
        """Makes the completion of the activity a condition of completing the course."""
        with self.db.transaction():
            self.db.modules.change(self.db.modules.one(cmid), is_criterion=required)

    def open_enrolment(
        self, course_id: int, type: str = "self", *, enabled: bool = True, password: str = ""
    ) -> EnrolInstance:
        with self.db.transaction():
            instance = self.db.enrol_instances.where(course_id=course_id, type=type)[0]
            return self.db.enrol_instances.change(instance, enabled=enabled, password=password)

    def remove_enrolment_method(self, course_id: int, type: str) -> None:
        with self.db.transaction():
            for instance in self.db.enrol_instances.where(course_id=course_id, type=type):
                self.db.enrol_instances.remove(instance)

    def add_teacher(self, course_id: int, user_id: int, role_id: int = 3) -> None:
        """Somebody is enrolled by hand with a role."""
        with self.db.transaction():
            instance = self.db.enrol_instances.where(course_id=course_id, type="manual")[0]
            self.db.enrolments.add(
                instance_id=instance.id, course_id=course_id, user_id=user_id, timestart=self.site.now
            )
            assign(self.db, role_id, user_id, course_context(course_id))

    def enrol_oneself(self, user_id: int, course_id: int) -> None:
        """A learner comes in by the open way of self-enrolment."""
        with self.db.transaction():
            instance = self.db.enrol_instances.where(course_id=course_id, type="self")[0]
            if enrolment_of(self._call(), instance, user_id) is None:
                self.db.enrolments.add(
                    instance_id=instance.id, course_id=course_id, user_id=user_id, timestart=self.site.now
                )
            student = self.db.roles.where(shortname="student")[0]
            assign(self.db, student.id, user_id, course_context(course_id))

    def visit(self, user_id: int, course_id: int) -> None:
        """The learner opens the course."""
        with self.db.transaction():
            now, user = self.site.now, self.db.users.one(user_id)
            self.db.users.change(user, firstaccess=user.firstaccess or now, lastaccess=now)
            before = self.db.course_accesses.first(user_id=user_id, course_id=course_id)
            if before:
                self.db.course_accesses.change(before, timeaccess=now)
            else:
                self.db.course_accesses.add(user_id=user_id, course_id=course_id, timeaccess=now)

    def finish_course(self, user_id: int, course_id: int, share: float = 1.0) -> None:
        """The learner does all that is tracked, and gets that share of every grade."""
        self.visit(user_id, course_id)
        for module in self.db.modules.where(course_id=course_id):
            if module.grademax is not None:
                self.grade(user_id, module.id, module.grademax * share)
            if module.completion:
                self.complete_activity(user_id, module.id)

    def complete_activity(self, user_id: int, cmid: int, *, state: int = 1) -> None:
        """The learner finishes the activity; the course is completed with its last criterion."""
        with self.db.transaction():
            module = self.db.modules.one(cmid)
            done = completion_of(self.db, module, user_id)
            if done is None:
                done = self.db.activity_completions.add(
                    module_id=cmid, user_id=user_id, state=state, timecompleted=self.site.now
                )
            self.db.activity_completions.change(done, state=state, timecompleted=self.site.now)
            aggregate(self.db, module.course_id, user_id, self.site.now)

    def grade(self, user_id: int, cmid: int, value: float, *, graded_by: int = 2) -> None:
        with self.db.transaction():
            module = self.db.modules.one(cmid)
            now = self.site.now
            fields = {"value": value, "graded_by": graded_by, "dategraded": now, "overridden": now}
            grade = grade_of(self.db, module, user_id)
            if grade:
                self.db.grades.change(grade, **fields)
                return
            self.db.grades.add(module_id=cmid, course_id=module.course_id, user_id=user_id, **fields)
