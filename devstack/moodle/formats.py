"""Answers as they leave: JSON when asked for, else XML."""

import json
from html import escape
from typing import Any

from starlette.responses import Response

from .errors import MoodleError

_XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>\n'


def answer(result: Any, *, as_json: bool) -> Response:
    return _json(result) if as_json else _xml(f"<RESPONSE>\n{_element(result)}</RESPONSE>\n")


def refusal(error: MoodleError, *, as_json: bool, debugging: bool) -> Response:
    fields = error.as_answer(debugging=debugging)
    if as_json:
        return _json(fields)
    debuginfo = f"<DEBUGINFO>{_text(fields['debuginfo'])}</DEBUGINFO>\n" if "debuginfo" in fields else ""
    return _xml(
        f'<EXCEPTION class="{error.exception_class}">\n<ERRORCODE>{_text(error.errorcode)}</ERRORCODE>\n'
        f"<MESSAGE>{_text(error.message)}</MESSAGE>\n{debuginfo}</EXCEPTION>\n"
    )


def services_are_off() -> Response:
    return Response(status_code=403, headers={"content-type": "text/html; charset=utf-8"})


def _json(body: Any) -> Response:
    return Response(json.dumps(body), headers={"content-type": "application/json"})


def _xml(body: str) -> Response:
    return Response(_XML_HEAD + body, headers={"content-type": "application/xml; charset=utf-8"})


def _element(value: Any) -> str:
    if isinstance(value, dict):
        keys = "".join(f'<KEY name="{name}">{_element(item)}</KEY>\n' for name, item in value.items())
        return f"<SINGLE>\n{keys}</SINGLE>\n"
    if isinstance(value, list):
        return "<MULTIPLE>\n" + "".join(_element(item) for item in value) + "</MULTIPLE>\n"
    if value is None:
        return '<VALUE null="null"/>\n'
    return f"<VALUE>{_text(value)}</VALUE>\n"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else escape(str(value), quote=False)
