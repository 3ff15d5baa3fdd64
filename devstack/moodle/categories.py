"""Course categories: a tree whose order Moodle numbers depth first."""

from typing import Any

from .access import SYSTEM, Context, category_context
from .database import Database
from .errors import MoodleError
from .params import Multiple, Need, P, Single, Value, default, optional
from .records import Category
from .releases import MOODLE_3_3, MOODLE_3_7
from .webservice import Args, Call, webservice

_STEP = 10_000
_NAME_MAX_CHARS = 255
# Criteria that everybody may search by; all others ask for moodle/category:manage.
_OPEN_CRITERIA = ("id", "ids", "name", "parent")
_KEPT_CRITERIA = ("idnumber", "visible", "theme")


def children(db: Database, parent: int) -> list[Category]:
    return db.categories.where(parent=parent)


def sort_orders(db: Database) -> dict[int, int]:
    """10000, 20000, ... in the order of a walk through the tree."""
    orders: dict[int, int] = {}

    def walk(parent: int) -> None:
        for category in children(db, parent):
            orders[category.id] = (len(orders) + 1) * _STEP
            walk(category.id)

    walk(0)
    return orders


def lineage(db: Database, category: Category) -> list[int]:
    """Ids from the root down to the category."""
    above = db.categories.get(category.parent) if category.parent else None
    return [*(lineage(db, above) if above else []), category.id]


def _parent_context(call: Call, parent: int) -> Context:
    if parent and call.db.categories.get(parent) is None:
        raise MoodleError("unknowcategory", "Category not known!")
    return category_context(parent) if parent else SYSTEM


def _check(call: Call, name: str | None, idnumber: str | None, own_id: int = 0) -> None:
    if name == "":
        raise MoodleError("categorynamerequired", "Category name is required")
    if name and len(name) > _NAME_MAX_CHARS:
        raise MoodleError("categorytoolong", "Category name too long")
    taken = call.db.categories.where(idnumber=idnumber) if idnumber else []
    if any(category.id != own_id for category in taken):
        raise MoodleError("categoryidnumbertaken", "ID number is already used for another category")


@webservice(
    "core_course_create_categories",
    {
        "categories": Multiple(
            Single(
                {
                    "name": Value(P.TEXT),
                    "parent": default(P.INT, 0),
                    "idnumber": optional(P.RAW),
                    "description": optional(P.RAW),
                    "descriptionformat": default(P.INT, 1),
                    "theme": optional(P.PLUGIN),
                }
            )
        )
    },
)
def create_categories(call: Call, args: Args) -> list[dict[str, Any]]:
    return [_create(call, given) for given in args["categories"]]


def _create(call: Call, given: Args) -> dict[str, Any]:
    context = _parent_context(call, given["parent"])
    call.access.validate(context)
    call.access.require("moodle/category:manage", context)
    _check(call, given["name"], given.get("idnumber"))
    category = call.db.categories.add(
        **given,
        context_id=call.db.next_id("context"),
        timemodified=call.now,
    )
    return {"id": category.id, "name": category.name}


@webservice(
    "core_course_update_categories",
    {
        "categories": Multiple(
            Single(
                {
                    "id": Value(P.INT),
                    "name": optional(P.TEXT),
                    "idnumber": optional(P.RAW),
                    "parent": optional(P.INT),
                    "description": optional(P.RAW),
                    "descriptionformat": default(P.INT, 1),
                    "theme": optional(P.PLUGIN),
                }
            )
        )
    },
)
def update_categories(call: Call, args: Args) -> None:
    for given in args["categories"]:
        category = _known(call, given["id"])
        call.access.validate(category_context(category.id))
        call.access.require("moodle/category:manage", category_context(category.id))
        _check(call, given.get("name"), given.get("idnumber"), own_id=category.id)
        _parent_context(call, given.get("parent", 0))
        changes = {key: value for key, value in given.items() if key != "id"}
        call.db.categories.change(category, **changes, timemodified=call.now)


def _known(call: Call, category_id: int) -> Category:
    category = call.db.categories.get(category_id)
    if category is None:
        raise MoodleError("unknowncategory", "Unknown category!")
    return category


@webservice(
    "core_course_get_categories",
    {
        "criteria": Multiple(Single({"key": Value(P.ALPHA), "value": Value(P.RAW)}), Need.DEFAULT, []),
        "addsubcategories": default(P.BOOL, True),
    },
)
def get_categories(call: Call, args: Args) -> list[dict[str, Any]]:
    """A category in which the caller may not act is silently left out."""
    _check_criteria(call, args["criteria"])
    found = [category for category in call.db.categories if _meets_all(category, args["criteria"])]
    chosen = {category.id: category for category in found}
    if args["addsubcategories"] and args["criteria"]:
        for category in found:
            chosen |= {below.id: below for below in _descendants(call.db, category)}
    orders = sort_orders(call.db)
    shown = [category for category in chosen.values() if _is_open(call, category)]
    return [_described(call, c, orders[c.id]) for c in sorted(shown, key=lambda c: orders[c.id])]


def _check_criteria(call: Call, criteria: list[Args]) -> None:
    keeper = call.access.can("moodle/category:manage")
    for key in (item["key"] for item in criteria):
        if key not in _OPEN_CRITERIA and not (keeper and key in _KEPT_CRITERIA):
            raise MoodleError("criteriaerror", "Missing permissions to search on a criterion.")


def _meets_all(category: Category, criteria: list[Args]) -> bool:
    return all(_meets(category, item["key"], item["value"]) for item in criteria)


def _meets(category: Category, key: str, wanted: str) -> bool:
    if key == "ids":
        return str(category.id) in wanted.split(",")
    return str(getattr(category, key)) == wanted


def _descendants(db: Database, category: Category) -> list[Category]:
    below = children(db, category.id)
    return below + [deeper for child in below for deeper in _descendants(db, child)]


def _is_open(call: Call, category: Category) -> bool:
    context = category_context(category.id)
    try:
        call.access.validate(context)
    except MoodleError:
        return False
    return bool(category.visible) or call.access.can("moodle/category:viewhiddencategories", context)


def _described(call: Call, category: Category, sortorder: int) -> dict[str, Any]:
    ids = lineage(call.db, category)
    shown: dict[str, Any] = {
        "id": category.id,
        "name": call.shown(category.name) if call.release >= MOODLE_3_3 else category.name,
        "description": category.description,
        "descriptionformat": category.descriptionformat,
        "parent": category.parent,
        "sortorder": sortorder,
        "coursecount": len(call.db.courses.where(category_id=category.id)),
        "depth": len(ids),
        "path": "/" + "/".join(map(str, ids)),
    }
    if call.access.can("moodle/category:manage", category_context(category.id)):
        no_theme = "" if call.release >= MOODLE_3_7 else None
        shown |= {
            "idnumber": category.idnumber,
            "visible": category.visible,
            "visibleold": category.visible,
            "timemodified": category.timemodified,
            "theme": category.theme or no_theme,
        }
    return shown
