"""What is inside a course, as the caller sees it."""

from typing import Any

from .completion import completion_of
from .errors import MissingRecord
from .params import P, Value, options
from .records import Course, Module, Section
from .releases import MOODLE_3_3, MOODLE_3_7
from .webservice import Args, Call, webservice

_PLURALS = {
    "assign": "Assignments",
    "forum": "Forums",
    "page": "Pages",
    "quiz": "Quizzes",
    "resource": "Files",
    "url": "URLs",
    "label": "Labels",
    "book": "Books",
}


@webservice("core_course_get_contents", {"courseid": Value(P.INT), "options": options()})
def get_contents(call: Call, args: Args) -> list[dict[str, Any]]:
    course = call.db.courses.get(args["courseid"])
    if course is None:
        debuginfo = missing_course_query(args["courseid"])
        raise MissingRecord("invalidrecord", call.no_record("course"), debuginfo)
    call.access.validate_course(course.id)
    # 2.8 takes options and passes them over.
    chosen = {o["name"]: o["value"] for o in args["options"]} if call.release >= MOODLE_3_3 else {}
    sections = sorted(call.db.sections.where(course_id=course.id), key=lambda section: section.number)
    return [
        _section(call, course, section, chosen)
        for section in sections
        if chosen.get("sectionid", str(section.id)) == str(section.id)
        and chosen.get("sectionnumber", str(section.number)) == str(section.number)
    ]


def missing_course_query(course_id: int) -> str:
    """What a site with debugging on tells of a course that is not there: its own SQL."""
    return f"SELECT * FROM {{course}} WHERE id = ?\n[array (\n  0 => {course_id},\n)]"


def _section(call: Call, course: Course, section: Section, chosen: dict[str, str]) -> dict[str, Any]:
    modules = [m for m in call.db.modules.where(section_id=section.id) if call.access.sees_module(m)]
    if chosen.get("excludemodules") in ("1", "true"):
        modules = []
    shown: dict[str, Any] = {
        "id": section.id,
        "name": section.name or ("General" if section.number == 0 else f"Topic {section.number}"),
        "visible": section.visible,
        "summary": section.summary,
        "summaryformat": 1,
        "modules": [_module(call, course, module, chosen) for module in modules],
    }
    if call.release >= MOODLE_3_3:
        shown |= {"section": section.number, "hiddenbynumsections": 0, "uservisible": True}
    return shown


def _module(call: Call, course: Course, module: Module, chosen: dict[str, str]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": module.id,
        "name": call.shown(module.name),
        "instance": module.instance,
        "visible": module.visible,
        "modicon": call.icon_url(module.modname),
        "modname": module.modname,
        "modplural": _PLURALS.get(module.modname, module.modname),
        "indent": 0,
    }
    if module.modname != "label":
        shown["url"] = module_url(call, module)
    if call.release >= MOODLE_3_3:
        shown |= {"uservisible": True, "visibleoncoursepage": 1, "availability": None}
    if call.release >= MOODLE_3_7:
        shown |= _shown_since_3_7(call, module)
    if module.modname == "page":
        shown |= _files(call, module, exclude=chosen.get("excludecontents") in ("1", "true"))
    return shown


def module_url(call: Call, module: Module) -> str:
    return f"{call.base_url}/mod/{module.modname}/view.php?id={module.id}"


def _shown_since_3_7(call: Call, module: Module) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "onclick": "",
        "afterlink": None,
        "customdata": '""',
        "completion": module.completion,
    }
    if module.completion:
        # The state is the caller's own, not any learner's.
        done = completion_of(call.db, module, call.user.id)
        shown["completiondata"] = {
            "state": done.state if done else 0,
            "timecompleted": done.timecompleted if done else 0,
            "overrideby": done.overrideby if done else None,
            "valueused": False,
        }
    return shown


def _files(call: Call, module: Module, *, exclude: bool) -> dict[str, Any]:
    path = f"{module.context_id}/mod_page/content/index.html?forcedownload=1"
    file = {
        "type": "file",
        "filename": "index.html",
        "filepath": "/",
        "filesize": 0,
        "fileurl": f"{call.base_url}/webservice/pluginfile.php/{path}",
        "timecreated": None,
        "timemodified": module.timemodified,
        "sortorder": 1,
        "userid": None,
        "author": None,
        "license": None,
    }
    shown: dict[str, Any] = {"contents": [] if exclude else [file]}
    if call.release >= MOODLE_3_7:
        shown["contentsinfo"] = {
            "filescount": 1,
            "filessize": 0,
            "lastmodified": module.timemodified,
            "mimetypes": [],
            "repositorytype": "",
        }
    return shown
