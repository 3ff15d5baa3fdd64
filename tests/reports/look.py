"""Writes the reports of results to a folder, to look at: python -m tests.reports.look FOLDER"""

import sys
from pathlib import Path

from models.results import Results, Selection, State, Unseen
from reports import results_csv, results_pdf, results_xlsx
from tests.reports.samples import results

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
shown: dict[str, Results] = {
    "full": results(),
    "selected": results().select(Selection(states=frozenset({State.COMPLETED}), grade_from=80)),
    "unseen": results(unseen=tuple(Unseen)),
    "nobody": results(0),
    "long": results(3000),
}
for name, one in shown.items():
    (folder / f"{name}.pdf").write_bytes(results_pdf.document(one))
    (folder / f"{name}.xlsx").write_bytes(results_xlsx.workbook(one))
    (folder / f"{name}.csv").write_bytes(b"".join(results_csv.chunks(one)))
