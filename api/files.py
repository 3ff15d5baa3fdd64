"""Files as answers: attachments, and how the document describes them."""

from typing import Any

from fastapi import Response

from api.documentation import Answers

_BINARY = {"type": "string", "format": "binary"}


def told(media_type: str, schema: dict[str, Any] = _BINARY) -> Answers:
    """The success of a route that answers a file."""
    return {200: {"content": {media_type: {"schema": schema}}}}


def attachment(content: bytes, media_type: str, filename: str, **headers: str) -> Response:
    """The file, to be saved and never shown in the page.

    Args:
        content: Its bytes.
        media_type: Theirs.
        filename: In letters that a header may hold: ours, nobody's text.
        headers: More of the answer's.
    """
    disposition = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return Response(content, media_type=media_type, headers={**disposition, **headers})
