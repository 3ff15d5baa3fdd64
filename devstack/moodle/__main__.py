"""``python -m devstack.moodle --port 8937 --state FILE``: serves the three Moodles of Appendix 1."""

import argparse
import os
import secrets
from pathlib import Path

from .app import create_app, devstack_sites
from .server import run

_SITES = ("edu", "eledu", "eiok")


def _token_variable(site: str) -> str:
    return f"MOODLE_STANDIN_TOKEN_{site.upper()}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m devstack.moodle", description=__doc__)
    parser.add_argument("--port", type=int, default=8937)
    parser.add_argument("--state", type=Path, default=None, help="SQLite file that keeps the sites")
    for site in _SITES:
        given = os.environ.get(_token_variable(site))
        text = f"token of the service account of /{site} (or ${_token_variable(site)})"
        parser.add_argument(f"--token-{site}", default=given, help=text)
    return parser.parse_args()


def main() -> None:
    arguments = _arguments()
    tokens: dict[str, str] = {}
    for site in _SITES:
        given = getattr(arguments, f"token_{site}")
        tokens[site] = given or secrets.token_hex(16)
        shown = "" if given else f"  token {tokens[site]}"
        print(f"http://127.0.0.1:{arguments.port}/{site}{shown}", flush=True)
    run(create_app(devstack_sites(**tokens), arguments.state), arguments.port)


if __name__ == "__main__":
    main()
