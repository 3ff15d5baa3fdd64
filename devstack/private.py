"""Files with secrets: readable by their owner alone, and whole or not there."""

import os
from pathlib import Path


def write(file: Path, content: str) -> None:
    """Never readable by others, not even for a moment."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(content)
    part.replace(file)
