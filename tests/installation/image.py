"""The Dockerfile, read for the tests."""

import re

from tests.installation.compose import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()
LAST_STAGE = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
COPIED = {
    source
    for line in re.findall(r"^COPY (?!--from)(.+)$", LAST_STAGE, re.MULTILINE)
    for source in line.split()[:-1]
}
