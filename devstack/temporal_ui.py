"""The Temporal UI as a child process; nothing to start where the server is the CLI, which serves it."""

import json
from collections.abc import Sequence
from pathlib import Path

from devstack import probes
from devstack.ports import HOST, Port
from devstack.processes import Child
from devstack.settings import variable
from devstack.supervisor import Part
from devstack.temporal_build import Temporal, TemporalBinaries

ENVIRONMENT = "devstack"


class TemporalUi(Part):
    def __init__(self, program: Temporal, folder: Path, *, server: str, namespace: str, port: int) -> None:
        """`server` is host:port of the Temporal server, which the UI also works without until it comes."""
        self.url = f"http://{HOST}:{port}"
        self._program = program
        self._folder = folder.absolute()
        self._server = server
        self._namespace = namespace
        self._port = Port(port, "страницы Temporal", variable("temporal_ui_port"))

    @property
    def ports(self) -> Sequence[Port]:
        return [self._port]

    async def start(self) -> None:
        if not isinstance(self._program, TemporalBinaries):
            return
        self._ensure_ports_free()
        self._write_config()
        command = [str(self._program.ui), "--root", str(self._folder), "--env", ENVIRONMENT, "start"]
        child = Child("Страницы Temporal", command, self._folder / "ui.log")
        await self._run(child, probes.http(f"{self.url}/healthz"))

    def _write_config(self) -> None:
        config = {
            "temporalGrpcAddress": self._server,
            "host": HOST,
            "port": self._port.number,
            "enableUi": True,
            "defaultNamespace": self._namespace,
            # Its news come from Temporal's site.
            "disableNewsFetch": True,
            "cors": {
                "allowOrigins": [self.url, f"http://localhost:{self._port.number}"],
                # The cookie that guards its buttons must work over plain HTTP on this machine.
                "cookieInsecure": True,
            },
        }
        file = self._folder / "config" / f"{ENVIRONMENT}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(config, indent=2) + "\n")
