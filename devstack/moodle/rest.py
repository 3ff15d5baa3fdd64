"""The REST endpoint: form in, JSON or XML out, faults in between."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .errors import MoodleError
from .faults import Circumstances, Fault, Faults, How, Kind
from .formats import answer, refusal, services_are_off
from .forms import field, parse_form
from .server import close_connection
from .site import Site

_MAINTENANCE_PAGE = (
    "<!DOCTYPE html><html><head><title>Технические работы</title></head>"
    "<body><h1>Сайт временно недоступен</h1></body></html>"
)


async def serve_rest(request: Request, site: Site, faults: Faults) -> Response:
    encoded = await sent_form(request)
    function = field(encoded, "wsfunction")
    site.calls[function or "?"] += 1
    around = faults.for_call(function)
    if around.delay_seconds:
        await faults.delay(around.delay_seconds)
    broken = around.breaks and await _instead_of_work(request, around.breaks)
    if broken:
        return broken
    response = _work(request, site, encoded, around)
    if around.breaks:
        return await _after_work(request, around.breaks, response)
    return response


async def sent_form(request: Request) -> str:
    """The query, then the body: a body of another type than a form is ignored, as PHP does."""
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    body = (await request.body()).decode() if is_form else ""
    return "&".join(part for part in (request.url.query, body) if part)


def base_url(request: Request, site: Site) -> str:
    return f"{request.url.scheme}://{request.url.netloc}/{site.path}"


def client_of(request: Request) -> str:
    return request.client.host if request.client else ""


def _work(request: Request, site: Site, encoded: str, around: Circumstances) -> Response:
    if not (site.settings.webservices and site.settings.rest):
        return services_are_off()
    form = parse_form(encoded, around.max_input_vars)
    as_json = form.get("moodlewsrestformat") == "json"
    try:
        result = site.serve(form, base_url(request, site), client_of(request), around)
    except MoodleError as error:
        return refusal(error, as_json=as_json, debugging=site.settings.debugging)
    return answer(result, as_json=as_json)


async def _instead_of_work(request: Request, fault: Fault) -> Response | None:
    match fault.kind:
        case Kind.DOWN:
            return await close_connection(request)
        case Kind.UNAVAILABLE:
            return Response("Service Unavailable", status_code=503)
        case Kind.HTML:
            return Response(_MAINTENANCE_PAGE, media_type="text/html")
    return None


async def _after_work(request: Request, fault: Fault, response: Response) -> Response:
    if fault.kind is Kind.HALF_LIST:
        rows = json.loads(bytes(response.body))
        return JSONResponse(rows[: len(rows) // 2] if isinstance(rows, list) else rows)
    if fault.kind is Kind.TRUNCATED:
        half = bytes(response.body)[: len(response.body) // 2]
        return Response(half, headers={"content-type": response.headers["content-type"]})
    if fault.how is How.CLOSE:
        return await close_connection(request)
    return Response("Service Unavailable", status_code=503)
