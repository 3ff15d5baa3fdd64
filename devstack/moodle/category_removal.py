"""Deleting categories; by Moodle's documentation, not recorded."""

from .access import category_context
from .categories import children
from .course_parts import delete_parts
from .errors import MoodleError
from .params import Multiple, P, Single, Value, default, optional
from .records import Category, Level
from .webservice import Args, Call, webservice


@webservice(
    "core_course_delete_categories",
    {
        "categories": Multiple(
            Single({"id": Value(P.INT), "newparent": optional(P.INT), "recursive": default(P.BOOL, False)})
        )
    },
)
def delete_categories(call: Call, args: Args) -> None:
    """With ``recursive`` all inside goes too; without it moves to ``newparent``, or to the category above."""
    for given in args["categories"]:
        category = call.db.categories.get(given["id"])
        if category is None:
            raise MoodleError("unknowncategory", "Unknown category!")
        call.access.validate(category_context(category.id))
        call.access.require("moodle/category:manage", category_context(category.id))
        if given["recursive"]:
            _delete_all(call, category)
        else:
            _move_content(call, category, given.get("newparent", category.parent))
        _remove(call, category)


def _delete_all(call: Call, category: Category) -> None:
    for course in call.db.courses.where(category_id=category.id):
        delete_parts(call.db, course)
    for below in children(call.db, category.id):
        _delete_all(call, below)
        _remove(call, below)


def _remove(call: Call, category: Category) -> None:
    for assignment in call.db.role_assignments.where(place=(str(Level.CATEGORY), category.id)):
        call.db.role_assignments.remove(assignment)
    call.db.categories.remove(category)


def _move_content(call: Call, category: Category, new_parent: int) -> None:
    courses = call.db.courses.where(category_id=category.id)
    if new_parent and call.db.categories.get(new_parent) is None:
        raise MoodleError("unknowcategory", "Category not known!")
    if courses and not new_parent:
        raise MoodleError("movecategorycontentstoroot", "Courses can not be moved to the top level")
    for course in courses:
        call.db.courses.change(course, category_id=new_parent)
    for below in children(call.db, category.id):
        call.db.categories.change(below, parent=new_parent)
