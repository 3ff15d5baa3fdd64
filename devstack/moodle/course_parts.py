"""What a course is made of: sections, activities, ways of enrolling, its gradebook; how they come and go."""

from typing import Any

from .database import Database, Table
from .records import Course, Gradebook, Module, Section
from .webservice import Call

# The blocks that a course of 2.8 starts with; each takes a context.
_BLOCKS_OF_2_8 = 4
_DISABLED_AT_FIRST = ("guest", "self")


def furnish(call: Call, course: Course) -> None:
    """What Moodle puts into a new course by itself."""
    add_enrol_instances(call.db, course)
    if call.release.number < (3, 0):
        # 2.8 makes the other sections, and the news forum, when somebody first opens the course.
        call.db.sections.add(course_id=course.id, number=0)
        for _ in range(_BLOCKS_OF_2_8):
            call.db.next_id("context")
        return
    add_sections(call, course)
    if course.newsitems > 0:
        general = call.db.sections.where(course_id=course.id, number=0)[0]
        add_module(call.db, general, "forum", "Announcements", now=call.now)


def add_enrol_instances(db: Database, course: Course) -> None:
    db.enrol_instances.add(course_id=course.id, type="manual", enabled=True)
    for enrol_type in _DISABLED_AT_FIRST:
        db.enrol_instances.add(course_id=course.id, type=enrol_type, enabled=False)


def add_sections(call: Call, course: Course) -> None:
    """Sections 0 to numsections, as far as they are not there."""
    have = {section.number for section in call.db.sections.where(course_id=course.id)}
    for number in range(course.numsections + 1):
        if number not in have:
            call.db.sections.add(course_id=course.id, number=number)


def section_of(db: Database, course_id: int, number: int) -> Section:
    found = db.sections.where(course_id=course_id, number=number)
    return found[0] if found else db.sections.add(course_id=course_id, number=number)


def add_module(
    db: Database,
    section: Section,
    modname: str,
    name: str,
    *,
    now: int,
    completion: int = 0,
    grademax: float | None = None,
) -> Module:
    if grademax is not None:
        gradebook_of(db, section.course_id)
    return db.modules.add(
        course_id=section.course_id,
        section_id=section.id,
        modname=modname,
        instance=db.next_id(f"instance of {modname}"),
        name=name,
        context_id=db.next_id("context"),
        completion=completion,
        grademax=grademax,
        gradeitem_id=db.next_id("grade item") if grademax is not None else 0,
        timemodified=now,
    )


def gradebook_of(db: Database, course_id: int) -> Gradebook:
    found = db.gradebooks.first(course_id=course_id)
    return found or db.gradebooks.add(course_id=course_id, item_id=db.next_id("grade item"))


def delete_parts(db: Database, course: Course) -> None:
    """Deletes the course with all that hangs on it. Moodle makes its gradebook first if there is none yet."""
    gradebook_of(db, course.id)
    for module in db.modules.where(course_id=course.id):
        for completion in db.activity_completions.where(module_id=module.id):
            db.activity_completions.remove(completion)
    for assignment in db.role_assignments.where(place=("course", course.id)):
        db.role_assignments.remove(assignment)
    tables: tuple[Table[Any], ...] = (
        db.enrolments,
        db.course_accesses,
        db.enrol_instances,
        db.modules,
        db.sections,
        db.grades,
        db.gradebooks,
        db.course_completions,
    )
    for table in tables:
        for row in table.where(course_id=course.id):
            table.remove(row)
    db.courses.remove(course)
