"""Tables in memory with indexes, transactions and sequences that behave like PostgreSQL's.

A rolled-back call leaves no row but has used its ids up, as the recordings show.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Generic, TypeVar

from . import records
from .records import Row

R = TypeVar("R", bound=Row)

# (table, id, body): what a commit hands to the storage; a body of None is a deleted row.
Change = tuple[str, int, dict[str, Any] | None]


class Table(Generic[R]):
    """Rows by id, with an index for each attribute named in ``indexed``."""

    def __init__(self, database: "Database", row_type: type[R], *indexed: str) -> None:
        self.name = row_type.__name__
        self.row_type = row_type
        self._database = database
        self._rows: dict[int, R] = {}
        self._indexes: dict[str, dict[Any, dict[int, None]]] = {attribute: {} for attribute in indexed}

    def __iter__(self) -> Iterator[R]:
        return iter(sorted(self._rows.values(), key=lambda row: row.id))

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, row_id: int) -> R | None:
        return self._rows.get(row_id)

    def one(self, row_id: int) -> R:
        """A row that must be there: the caller has looked already."""
        return self._rows[row_id]

    def where(self, **condition: Any) -> list[R]:
        """Rows in the order of their ids; the first attribute must be indexed, the others filter."""
        (attribute, value), *others = condition.items()
        ids = self._indexes[attribute].get(value, {})
        rows = [self._rows[row_id] for row_id in sorted(ids)]
        return [row for row in rows if all(getattr(row, name) == wanted for name, wanted in others)]

    def first(self, **condition: Any) -> R | None:
        return next(iter(self.where(**condition)), None)

    def add(self, **fields: Any) -> R:
        row_id = self._database.next_id(self.name)
        row = self.row_type(id=row_id, **fields)
        self.put(row_id, row)
        return row

    def change(self, row: R, **fields: Any) -> R:
        changed = replace(row, **fields)
        self.put(row.id, changed)
        return changed

    def remove(self, row: R) -> None:
        self.put(row.id, None)

    def put(self, row_id: int, row: R | None) -> None:
        self._database.remember(self, row_id, self._rows.get(row_id))
        self.place(row_id, row)

    def place(self, row_id: int, row: R | None) -> None:
        """Sets a row without a trace in the transaction: for loading and for rolling back."""
        old = self._rows.pop(row_id, None)
        for attribute, index in self._indexes.items():
            if old is not None:
                index[getattr(old, attribute)].pop(row_id)
            if row is not None:
                index.setdefault(getattr(row, attribute), {})[row_id] = None
        if row is not None:
            self._rows[row_id] = row


class Database:
    def __init__(self) -> None:
        self.settings = Table(self, records.Settings)
        self.users = Table(self, records.User, "username", "email", "email_folded", "idnumber")
        self.tokens = Table(self, records.Token, "value", "user_id")
        self.roles = Table(self, records.Role, "shortname")
        self.role_assignments = Table(self, records.RoleAssignment, "user_id", "place")
        self.categories = Table(self, records.Category, "parent", "idnumber")
        self.courses = Table(self, records.Course, "category_id", "shortname", "idnumber")
        self.sections = Table(self, records.Section, "course_id")
        self.modules = Table(self, records.Module, "course_id", "section_id")
        self.enrol_instances = Table(self, records.EnrolInstance, "course_id")
        self.enrolments = Table(self, records.Enrolment, "course_id", "user_id", "instance_id")
        self.course_accesses = Table(self, records.CourseAccess, "course_id", "user_id")
        self.activity_completions = Table(self, records.ActivityCompletion, "user_id", "module_id")
        self.course_completions = Table(self, records.CourseCompletion, "user_id", "course_id")
        self.gradebooks = Table(self, records.Gradebook, "course_id")
        self.grades = Table(self, records.Grade, "user_id", "course_id", "module_id")
        self.tables: dict[str, Table[Any]] = {t.name: t for t in vars(self).values() if isinstance(t, Table)}
        self.sequences: dict[str, int] = {}
        self.on_commit: Callable[[list[Change], dict[str, int]], None] = lambda changes, sequences: None
        self._journal: list[tuple[Table[Any], int, Any]] = []
        self._depth = 0

    def next_id(self, sequence: str) -> int:
        self.sequences[sequence] = self.sequences.get(sequence, 0) + 1
        return self.sequences[sequence]

    def remember(self, table: Table[Any], row_id: int, old: Row | None) -> None:
        if not self._depth:
            raise RuntimeError("rows change only inside a transaction")
        self._journal.append((table, row_id, old))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Nested ones are savepoints; the outermost writes to the storage."""
        start = len(self._journal)
        self._depth += 1
        try:
            yield
        except BaseException:
            self._undo(start)
            raise
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._commit()

    def _undo(self, start: int) -> None:
        while len(self._journal) > start:
            table, row_id, old = self._journal.pop()
            table.place(row_id, old)

    def _commit(self) -> None:
        touched = {(table.name, row_id): table for table, row_id, _ in self._journal}
        self._journal.clear()
        changes: list[Change] = []
        for (name, row_id), table in touched.items():
            row = table.get(row_id)
            # asdict would copy every value of thousands of rows
            changes.append((name, row_id, None if row is None else dict(vars(row))))
        if changes:
            self.on_commit(changes, self.sequences)
