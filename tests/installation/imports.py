"""What our code imports, read from its text."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.installation.compose import ROOT

OUR_PATHS = [path for path in ROOT.iterdir() if path.suffix == ".py" or any(path.glob("*.py"))]
OURS = {path.stem for path in OUR_PATHS}


def imported(paths: Iterable[Path]) -> set[str]:
    """The packages, by the first part of their names, that these files and folders import."""
    files = (file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py")))
    return {module for file in files if file.suffix == ".py" for module in _imported(file)}


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Import(names=names):
                yield from (name.name.split(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.split(".")[0]
