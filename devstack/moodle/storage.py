"""The state file: SQLite, one row of JSON a row of the site, so that a call writes only what it changed."""

import json
import sqlite3
from pathlib import Path

from .database import Change, Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS site_rows (
    site TEXT, kind TEXT, id INTEGER, body TEXT, PRIMARY KEY (site, kind, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sequences (site TEXT, name TEXT, value INTEGER, PRIMARY KEY (site, name));
"""


class Storage:
    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        # A stand-in may lose its last calls when the machine dies, never when the process does.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_SCHEMA)

    def load(self, site: str, database: Database) -> bool:
        """Fills the database with the rows kept for the site; False when there are none yet."""
        found = False
        rows = self._connection.execute("SELECT kind, id, body FROM site_rows WHERE site = ?", (site,))
        for kind, row_id, body in rows:
            table = database.tables[kind]
            table.place(row_id, table.row_type(**json.loads(body)))
            found = True
        sequences = self._connection.execute("SELECT name, value FROM sequences WHERE site = ?", (site,))
        database.sequences.update(dict(sequences.fetchall()))
        return found

    def attach(self, site: str, database: Database) -> None:
        """From now on every commit of the database is written for the site."""
        database.on_commit = lambda changes, sequences: self._save(site, changes, sequences)

    def _save(self, site: str, changes: list[Change], sequences: dict[str, int]) -> None:
        kept = [(site, kind, row_id, _json(body)) for kind, row_id, body in changes if body is not None]
        gone = [(site, kind, row_id) for kind, row_id, body in changes if body is None]
        values = [(site, name, value) for name, value in sequences.items()]
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR REPLACE INTO site_rows VALUES (?, ?, ?, ?)", kept)
        self._connection.executemany("DELETE FROM site_rows WHERE site = ? AND kind = ? AND id = ?", gone)
        self._connection.executemany("INSERT OR REPLACE INTO sequences VALUES (?, ?, ?)", values)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def _json(body: object) -> str:
    return json.dumps(body, ensure_ascii=False)
