"""What the form of clause 4.1 puts into its draft, and what it takes from there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import UploadFile

from api.errors import Problem
from api.pages.asking import Api
from api.pages.visitors import Form
from models.attachments import Attached

_BYTES = {"Content-Type": "application/octet-stream"}


async def save(api: Api, form: Form, body: Any, draft: int | None) -> int:
    """The draft's id.

    Raises:
        Problem: As the API answered.
    """
    path, part = (f"/drafts/{draft}", f"draft-{draft}") if draft else ("/drafts", "draft")
    saved = await api.post(path, form, body, part=part)
    return int(saved["id"])


async def attach(api: Api, form: Form, draft: int, files: Mapping[Attached, UploadFile]) -> None:
    """Each file by itself: one that is not taken does not keep back the other.

    Raises:
        Problem: The first, its detail naming every file that is not attached, and why.
    """
    refused: dict[Attached, Problem] = {}
    for kind, sent in files.items():
        path = f"/drafts/{draft}/files/{kind}?{urlencode({'filename': sent.filename})}"
        try:
            await api.upload(path, form, await sent.read(), part=kind, **_BYTES)
        except Problem as problem:
            refused[kind] = problem
    if refused:
        first = next(iter(refused.values()))
        why = [
            f"{kind.russian} («{files[kind].filename}») — не приложено. {one.detail}"
            for kind, one in refused.items()
        ]
        raise Problem(first.type, " ".join(why), first.fields, wait=first.retry_after or 0)


async def learners(api: Api, draft: int | None) -> list[dict[str, Any]]:
    """Whom a draft lists: over the API it may tell more of them than their names.

    Raises:
        Problem: As the API answered, but for a draft that is gone: it has nobody.
    """
    if draft is None:
        return []
    try:
        saved = await api.get(f"/drafts/{draft}")
    except Problem as problem:
        if problem.type != "not-found":
            raise
        return []
    people: list[dict[str, Any]] = saved["form"]["learners"]["people"]
    return people
