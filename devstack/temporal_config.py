"""What the embedded Temporal server is told: one process, SQLite files, loopback only.

The files are JSON, which is YAML too.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from devstack.ports import HOST, free_ports

MANY_PER_SECOND = 100_000
SERVICES = ("frontend", "history", "matching", "worker")


def dynamic_values(*, time_skipping: bool) -> dict[str, bool | int | str]:
    """Dynamic configuration, which the file and the command line of `start-dev` both take."""
    return {
        "frontend.WorkflowTimeSkippingEnabled": time_skipping,
        # Search attributes can be used as soon as they are added, in every service.
        "system.forceSearchAttributesCacheRefreshOnRead": True,
        # One process needs no partitions: a task goes straight to the poller that waits.
        "matching.numTaskqueueReadPartitions": 1,
        "matching.numTaskqueueWritePartitions": 1,
        # Otherwise each timer fires up to a second late, which is what skipped time would take.
        "history.timerProcessorMaxTimeShift": "10ms",
        # It asks Temporal's site for the newest version.
        "frontend.enableServerVersionCheck": False,
        **_no_throttling(),
    }


def _no_throttling() -> dict[str, bool | int]:
    """Limits that protect a shared cluster; here the machine is the limit."""
    of_requests = {f"{service}.rps": MANY_PER_SECOND for service in ("frontend", "history", "matching")}
    of_storage = {f"{service}.persistenceMaxQPS": MANY_PER_SECOND for service in SERVICES}
    return {
        **of_requests,
        **of_storage,
        "frontend.namespaceRPS": MANY_PER_SECOND,
        "frontend.namespaceRPS.visibility": MANY_PER_SECOND,
        "history.transferProcessorMaxPollRPS": 1000,
        "history.timerProcessorMaxPollRPS": 1000,
        "history.visibilityProcessorMaxPollRPS": 1000,
    }


def write(folder: Path, database: Path, *, port: int, time_skipping: bool) -> Path:
    """Writes the server's two files and returns the main one."""
    dynamic = {key: [{"value": value}] for key, value in dynamic_values(time_skipping=time_skipping).items()}
    dynamic_file = _write(folder / "dynamic.yaml", dynamic)
    return _write(folder / "server.yaml", _server(database, dynamic_file, port))


def _write(file: Path, content: Mapping[str, object]) -> Path:
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    return file


def _server(database: Path, dynamic_file: Path, port: int) -> dict[str, object]:
    return {
        "log": {"stdout": True, "level": "warn"},
        "persistence": {
            "defaultStore": "cases",
            "visibilityStore": "visibility",
            "numHistoryShards": 1,
            "datastores": {
                "cases": _sqlite(database),
                # A file of its own: listing does not wait for the one connection that writes cases.
                "visibility": _sqlite(database.with_stem("visibility")),
            },
        },
        "global": {"membership": {"maxJoinDuration": "30s", "broadcastAddress": HOST}},
        "services": _services(port),
        "clusterMetadata": {
            "enableGlobalNamespace": False,
            "failoverVersionIncrement": 10,
            "masterClusterName": "active",
            "currentClusterName": "active",
            "clusterInformation": {
                "active": {
                    "enabled": True,
                    "initialFailoverVersion": 1,
                    "rpcName": "frontend",
                    "rpcAddress": f"{HOST}:{port}",
                }
            },
        },
        "publicClient": {"hostPort": f"{HOST}:{port}"},
        "dcRedirectionPolicy": {"policy": "noop"},
        "dynamicConfigClient": {"filepath": str(dynamic_file), "pollInterval": "10s"},
    }


def _sqlite(file: Path) -> dict[str, object]:
    return {
        "sql": {
            "pluginName": "sqlite",
            "databaseName": str(file),
            "connectAddr": "localhost",
            "connectProtocol": "tcp",
            # What is committed survives a killed process; only a power cut may lose the last moment.
            "connectAttributes": {"mode": "rwc", "setup": "true", "journal_mode": "wal", "synchronous": "1"},
            "maxConns": 1,
        }
    }


def _services(port: int) -> dict[str, object]:
    """Only the frontend's port is known to anybody outside; the others are whatever is free now."""
    inner = iter(free_ports(2 * len(SERVICES)))
    return {
        service: {
            "rpc": {
                "grpcPort": port if service == "frontend" else next(inner),
                "membershipPort": next(inner),
                "bindOnIP": HOST,
            }
        }
        for service in SERVICES
    }
