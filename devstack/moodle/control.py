"""Control routes for tests, the bench and the demo: faults, counts, state, and an administrator's hand.

They answer only clients on the loopback interface: whoever reaches them owns the site.
"""

import dataclasses
from ipaddress import ip_address
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .administration import Administrator
from .faults import Fault, Faults
from .records import Row
from .site import Site

_SHOWN = (
    "users",
    "courses",
    "categories",
    "enrolments",
    "role_assignments",
    "modules",
    "course_accesses",
    "activity_completions",
    "course_completions",
    "grades",
)


def is_local(request: Request) -> bool:
    try:
        return request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def forbidden() -> Response:
    return JSONResponse({"error": "the control routes are for the loopback interface"}, status_code=403)


async def serve_faults(request: Request, faults: Faults) -> Response:
    """POST adds faults, PUT puts them in the place of all others at once, DELETE clears them."""
    wanted: list[Fault] = []
    if request.method in ("POST", "PUT"):
        body = await request.json()
        try:
            wanted = [Fault.parse(item) for item in (body if isinstance(body, list) else [body])]
        except (TypeError, ValueError) as error:
            return JSONResponse({"error": str(error)}, status_code=422)
    if request.method in ("PUT", "DELETE"):
        faults.clear()
    faults.add(*wanted)
    return JSONResponse([dataclasses.asdict(fault) for fault in faults.queue])


def serve_calls(request: Request, site: Site) -> Response:
    if request.method == "DELETE":
        site.calls.clear()
    return JSONResponse(dict(site.calls))


def serve_state(site: Site) -> Response:
    return JSONResponse({name: [_shown(row) for row in getattr(site.db, name)] for name in _SHOWN})


def _shown(row: Row) -> dict[str, Any]:
    return {key: value for key, value in dataclasses.asdict(row).items() if key != "password"}


async def serve_administration(request: Request, site: Site) -> Response:
    """A method of Administrator: ``{"action": "grade", "arguments": {"user_id": 5, "cmid": 7, …}}``."""
    body = await request.json()
    action = getattr(Administrator(site), str(body.get("action")), None)
    if str(body.get("action")).startswith("_") or not callable(action):
        return JSONResponse({"error": "no such action"}, status_code=422)
    try:
        result = action(**body.get("arguments", {}))
    except (TypeError, KeyError, IndexError) as error:
        return JSONResponse({"error": repr(error)}, status_code=422)
    return JSONResponse({"result": _shown(result) if isinstance(result, Row) else None})
