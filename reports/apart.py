"""Sets a long PDF in a process of its own: `python -m reports.apart < job`.

Typst keeps what it computed for the last ten documents: after ten reports of 2,000 learners that is 2 GB.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from reports import typst

_ROOT = Path(__file__).parent.parent


def pdf(template: str, title: str, facts: Mapping[str, Any], *, dated: date, is_tagged: bool = True) -> bytes:
    """As `typst.pdf`, and takes half a second more.

    Raises:
        RuntimeError: The process failed; what it said isn't repeated, for it may hold persons.
    """
    job = {
        "template": template,
        "title": title,
        "facts": facts,
        "dated": dated.isoformat(),
        "is_tagged": is_tagged,
    }
    process = subprocess.run(
        [sys.executable, "-m", "reports.apart"],
        cwd=_ROOT,
        env={},
        input=json.dumps(job).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    if process.returncode != 0:
        raise RuntimeError(f"the document {template} was not set: exit code {process.returncode}")
    return process.stdout


def main() -> None:
    job = json.load(sys.stdin.buffer)
    job["dated"] = date.fromisoformat(job["dated"])
    content = typst.pdf(**job)
    sys.stdout.buffer.write(content)


if __name__ == "__main__":
    main()
