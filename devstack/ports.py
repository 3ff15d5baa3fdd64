"""Ports on 127.0.0.1: which are free, and a clear word when one is not."""

import socket
from dataclasses import dataclass

from devstack.errors import DevstackError

HOST = "127.0.0.1"


class PortTaken(DevstackError):
    def __init__(self, port: "Port") -> None:
        super().__init__(
            f"Порт {port.number} ({port.what}) занят другой программой. "
            f"Остановите её или задайте другой порт: {port.setting}=<номер>."
        )
        self.port = port


@dataclass(frozen=True)
class Port:
    """A port that people know: its number, what listens there, the setting that moves it."""

    number: int
    what: str
    setting: str

    def ensure_free(self) -> None:
        if not is_free(self.number):
            raise PortTaken(self)


def is_free(number: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections that linger from a stopped server do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now, all different; another program may still take one first."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def free_port() -> int:
    return free_ports(1)[0]
