"""Logs of a process: one JSON line an event, to stderr, without personal data.

Everything goes the same way: our own events, uvicorn's, Temporal's. An exception is told by its
type and place alone: its text may quote a letter or a row of Postgres.
"""

import logging
import re
import sys
import traceback

import structlog
from structlog.processors import JSONRenderer, TimeStamper
from structlog.stdlib import ProcessorFormatter, add_log_level, add_logger_name
from structlog.typing import EventDict, Processor, WrappedLogger

_INNERMOST = 5
"""Frames of an exception that are told."""
_SECRET = re.compile(r"(?<=/calendar-feeds/)[^/]+(?=\.ics)|(?<=^/claim/).+|(?<=^/certificates/).+")
"""In a path: whoever knows it reads what its holder may, or a learner's document, or chooses
their password."""


def configure() -> None:
    """Send every log of this process to stderr; once, where the process is put together."""
    common: list[Processor] = [
        add_log_level,
        add_logger_name,
        TimeStamper(fmt="iso", utc=True),
        _tell_exception,
        _hide_secrets,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[_tell_record, *common],
            pass_foreign_args=True,
            processors=[ProcessorFormatter.remove_processors_meta, JSONRenderer(ensure_ascii=False)],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in ("uvicorn", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    structlog.configure(
        processors=[*common, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _tell_record(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A library's record: its first line (asyncio quotes the exception below it), a call as fields."""
    event["event"] = str(event["event"]).partition("\n")[0]
    arguments = event.pop("positional_args")
    if event["_record"].name == "uvicorn.access":
        # The caller's address stays out, and so does what was asked for behind the path.
        _, method, path, _, status = arguments
        event.update(event="call", method=method, path=path.partition("?")[0], status=status)
    return event


def _tell_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-_INNERMOST:]
        event["error"] = type(error).__name__
        event["where"] = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    return event


def _hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if "path" in event:
        event["path"] = _SECRET.sub("…", event["path"])
    return event
