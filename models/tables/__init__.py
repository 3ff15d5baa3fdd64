"""Postgres: what people read. Tables never cross a workflow boundary.

Stamps are aware; SQL never supplies them: facts carry the workflow's clock, and
what happens at the API its own.
"""

from models.tables.access import AmendmentRow, ApiKey, IdempotencyRecord
from models.tables.cases import CandidateRow, ClauseRow, Counter, DecisionRow, Request, RungRow, Task, TextRow
from models.tables.records import Document, JournalEntry, KeptHistory, LetterRow
from models.tables.register import CatalogueEntry, CatalogueReading, Category, Course, Organisation, Subsystem

__all__ = [
    "AmendmentRow",
    "ApiKey",
    "CandidateRow",
    "CatalogueEntry",
    "CatalogueReading",
    "Category",
    "ClauseRow",
    "Counter",
    "Course",
    "DecisionRow",
    "Document",
    "IdempotencyRecord",
    "JournalEntry",
    "KeptHistory",
    "LetterRow",
    "Organisation",
    "Request",
    "RungRow",
    "Subsystem",
    "Task",
    "TextRow",
]
