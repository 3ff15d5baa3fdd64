"""Files of the API for people: `/download/` and the path of a GET of the API, as an attachment."""

import httpx2
from fastapi import Request, Response

from api.errors import Problem
from api.pages.asking import ApiDep
from api.pages.frame import headers, pages_router

router = pages_router()


@router.get("/download/{path:path}")
async def download(http: Request, path: str, api: ApiDep) -> Response:
    """A report or a document, such as `/download/ledger.xlsx?from=2026-01-01&to=2026-12-31`."""
    query = f"?{http.url.query}" if http.url.query else ""
    answer = await api.download(f"/{path}{query}")
    if not answer.headers.get("Content-Disposition", "").startswith("attachment"):
        raise Problem("not-found")
    return passed_on(http, answer)


def passed_on(http: Request, answer: httpx2.Response) -> Response:
    """A file of the API, as it answered."""
    sent = {**headers(http), "Content-Disposition": answer.headers["Content-Disposition"]}
    return Response(answer.content, media_type=answer.headers["Content-Type"], headers=sent)
