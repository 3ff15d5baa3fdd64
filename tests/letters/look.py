"""Writes every letter and document to a folder, to look at: python -m tests.letters.look FOLDER"""

import sys
from pathlib import Path

from activities.examples import FULL, ORDERED
from activities.rendering import render
from activities.typesetting import DocumentKind, typeset
from models.letters import Notice
from models.terms import Clause

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for notice in Notice:
    for clause, context in ((Clause.REVIEW, FULL), (Clause.SETUP, ORDERED)):
        letter = render(notice, context)
        (folder / f"{notice}-{clause}.html").write_text(letter.html, encoding="utf-8")
        (folder / f"{notice}-{clause}.txt").write_text(letter.text, encoding="utf-8")
for document in (typeset(DocumentKind.REFUSAL, FULL), typeset(DocumentKind.ORDER, ORDERED)):
    (folder / document.filename).write_bytes(document.content)
