"""Postgres: what people read. Tables never cross a workflow boundary.

Stamps are aware; SQL never supplies them: facts carry the workflow's clock, and
what happens at the API its own.
"""

from models.tables.access import (
    AccessEntry,
    AmendmentRow,
    ApiKey,
    CalendarFeed,
    IdempotencyRecord,
    SavedFilter,
    SignedIn,
    SignInAttempt,
)
from models.tables.cases import (
    CandidateRow,
    CaseRow,
    ClauseRow,
    Counter,
    DecisionRow,
    Request,
    RungRow,
    Task,
    TextRow,
)
from models.tables.certificates import CertificateRow, CertificationRow
from models.tables.drafts import DraftFile, DraftRow
from models.tables.learners import BulkLetter, ClaimCode, EnrolmentRow, LearnerRow
from models.tables.people import Account, Person, Responsibility
from models.tables.reconciliation import DifferenceRow, ReconciliationRow, RegisterChange
from models.tables.records import (
    CanaryRow,
    CaseFile,
    Document,
    JournalEntry,
    KeptHistory,
    LetterRow,
    RehearsalRow,
    WordingRow,
)
from models.tables.register import CatalogueEntry, CatalogueReading, Category, Course, Organisation, Subsystem
from models.tables.replacements import ReplacementRow, ThreadLine
from models.tables.trainings import ParticipantRow, SignUpRow, TrainingRow

__all__ = [
    "AccessEntry",
    "Account",
    "AmendmentRow",
    "ApiKey",
    "BulkLetter",
    "CalendarFeed",
    "CanaryRow",
    "CandidateRow",
    "CaseFile",
    "CaseRow",
    "CatalogueEntry",
    "CatalogueReading",
    "Category",
    "CertificateRow",
    "CertificationRow",
    "ClaimCode",
    "ClauseRow",
    "Counter",
    "Course",
    "DecisionRow",
    "DifferenceRow",
    "Document",
    "DraftFile",
    "DraftRow",
    "EnrolmentRow",
    "IdempotencyRecord",
    "JournalEntry",
    "KeptHistory",
    "LearnerRow",
    "LetterRow",
    "Organisation",
    "ParticipantRow",
    "Person",
    "ReconciliationRow",
    "RegisterChange",
    "RehearsalRow",
    "ReplacementRow",
    "Request",
    "Responsibility",
    "RungRow",
    "SavedFilter",
    "SignInAttempt",
    "SignUpRow",
    "SignedIn",
    "Subsystem",
    "Task",
    "TextRow",
    "ThreadLine",
    "TrainingRow",
    "WordingRow",
]
