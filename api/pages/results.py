"""Results of a training (clause 4.7): counts, charts with their tables, exports, import from a file."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response

from api.auth import CallerDep, Role, allow
from api.errors import Problem
from api.pages.asking import Api, ApiDep
from api.pages.charts import columns, line
from api.pages.frame import pages_router, show
from api.pages.trainings import OWNERS
from api.pages.visitors import FormDep
from api.trainings import TrainingDep
from models.result_summary import Step
from models.results import Origin, State
from models.tables import TrainingRow

router = pages_router()

_PAGE = "/trainings/{number}/results"
_FILTERS = ("organisation", "state", "grade_from", "grade_to")


@router.get(_PAGE, dependencies=OWNERS)
async def results_page(http: Request, training: TrainingDep, caller: CallerDep, api: ApiDep) -> Response:
    """All learners, or those selected as `GET /trainings/{number}/results` selects; exports likewise."""
    imports = _imports(training, caller.role)
    asked = {name: text for name in _FILTERS if (text := http.query_params.get(name, "").strip())}
    try:
        return await _show(http, training, api, imports=imports, asked=asked)
    except Problem as problem:
        return await _show(http, training, api, imports=imports, problem=problem)


@router.post(_PAGE + "/file", dependencies=[allow(Role.RESPONSIBLE)])
async def import_file(
    http: Request, training: TrainingDep, form: FormDep, caller: CallerDep, api: ApiDep
) -> Response:
    """Take a file in; rows that are wrong are listed, row by row."""
    imports = _imports(training, caller.role)
    file = form.file("results")
    try:
        if file is None:
            raise Problem("file-unreadable", "Выберите файл CSV или XLSX.")
        headers = {"Content-Type": "application/octet-stream"}
        path = f"/trainings/{training.number}/results"
        taken = await api.upload(path, form, await file.read(), **headers)
    except Problem as problem:
        return await _show(http, training, api, imports=imports, problem=problem)
    return await _show(http, training, api, imports=imports, taken=taken)


def _imports(training: TrainingRow, role: Role) -> bool:
    """Whether the reader may bring results by a file now."""
    return training.origin == Origin.IMPORTED and training.closed_at is None and role is Role.RESPONSIBLE


async def _show(
    http: Request,
    training: TrainingRow,
    api: Api,
    *,
    imports: bool,
    asked: dict[str, str] | None = None,
    taken: Any = None,
    problem: Problem | None = None,
) -> Response:
    asked = asked or {}
    found = await api.get(f"/trainings/{training.number}/results", **asked)
    summary = found["summary"]
    return show(
        http,
        "results.html",
        title=f"Результаты обучения «{training.title}»",
        training=training,
        found=found,
        asked=asked,
        query=f"?{urlencode(asked)}" if asked else "",
        codes=[(one.value, one.russian) for one in State],
        summary=summary,
        state_names={one.value: one.russian for one in State},
        states=[(one.russian, summary["totals"]["states"][one.value]) for one in State],
        grades=columns([one["count"] for one in summary["bins"]]),
        curve=line([one["altogether"] for one in summary["completions"]]),
        step=Step(summary["step"]).russian,
        imports=imports,
        taken=taken,
        problem=problem,
    )
