"""The schema, made by the migrations that a real installation runs."""

import subprocess
import sys
from os import environ
from pathlib import Path

ROOT = Path(__file__).parents[1]


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    command = [sys.executable, "-m", "alembic", "upgrade", revision]
    subprocess.run(command, check=True, cwd=ROOT, env={**environ, "SEO_DATABASE_URL": url})
