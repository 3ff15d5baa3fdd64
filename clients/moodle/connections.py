"""The connections to the Moodles."""

from aiohttp import ClientSession, TCPConnector

_KEPT_IDLE = 2.0
"""Seconds. Apache closes an idle connection after 5 (`KeepAliveTimeout`): a call sent at that moment meets
a closed one, and nobody knows whether Moodle has done it."""


def open_session() -> ClientSession:
    """One for all calls of a process; inside its event loop."""
    return ClientSession(connector=TCPConnector(keepalive_timeout=_KEPT_IDLE))
