"""The user report as Moodle's own page lays it out: cells of HTML."""

from typing import Any

from .gradebook import formatted, report_subject, total_of
from .params import P, Value, default
from .records import Course, User
from .releases import MOODLE_3_7
from .text import number
from .webservice import Args, Call, webservice

_ROW = "level1 levelodd oddd1 baggt b2b"


@webservice(
    "gradereport_user_get_grades_table",
    {"courseid": Value(P.INT), "userid": default(P.INT, 0), "groupid": default(P.INT, 0)},
)
def grades_table(call: Call, args: Args) -> dict[str, Any]:
    """Without rows of activities, as an account sees it that may not see them: so was the recorded one."""
    course, users = report_subject(call, args)
    return {"tables": [_table(call, course, user) for user in users], "warnings": []}


def _table(call: Call, course: Course, user: User) -> dict[str, Any]:
    return {
        "courseid": course.id,
        "userid": user.id,
        "userfullname": user.fullname,
        "maxdepth": 2,
        "tabledata": [_category_row(call, course, user), [], _total_row(call, course, user)],
    }


def _category_row(call: Call, course: Course, user: User) -> dict[str, Any]:
    hidden = "" if call.release >= MOODLE_3_7 else 'aria-hidden="true"'
    icon = (
        f'<i class="icon fa fa-folder fa-fw icon itemicon" {hidden} title="Category" '
        'aria-label="Category"></i>'
    )
    return {
        "itemname": {
            "class": "level1 levelodd oddd1 b1b b1t column-itemname",
            "colspan": 7,
            "content": icon + call.shown(course.fullname),
            "celltype": "th",
            "id": f"cat_{course.id}_{user.id}",
        },
        "leader": {"class": "level1 levelodd oddd1 b1t b2b b1l column-leader", "rowspan": 3},
    }


def _total_row(call: Call, course: Course, user: User) -> dict[str, Any]:
    total = total_of(call.db, course, user)
    percentage = "-" if total.value is None else f"{100 * total.value / total.grademax:.2f} %"
    contents = {
        "weight": "-",
        "grade": formatted(total.value),
        "range": f"0&ndash;{number(total.grademax)}",
        "percentage": percentage,
        "feedback": "&nbsp;",
        "contributiontocoursetotal": "-",
    }
    row: dict[str, Any] = {"itemname": _total_name(call, course, user)}
    for column, content in contents.items():
        kind = "feedbacktext" if column == "feedback" else "itemcenter "
        row[column] = {
            "class": f"{_ROW} {kind} column-{column}",
            "content": content,
            "headers": f"cat_{course.id}_{user.id} row_{course.id}_{user.id} {column}",
        }
    return row


def _total_name(call: Call, course: Course, user: User) -> dict[str, Any]:
    src = f"{call.base_url}/theme/image.php/boost/core/{call.settings.theme_revision}/i/agg_sum"
    opening = '<span class="gradeitemheader" title="Course total" tabindex="0">'
    image = f'<img class="icon icon itemicon" alt="Natural" title="Natural" src="{src}" />'
    return {
        "class": f"{_ROW} column-itemname",
        "colspan": 1,
        "content": f"{opening}{image}Course total</span>",
        "celltype": "th",
        "id": f"row_{course.id}_{user.id}",
    }
