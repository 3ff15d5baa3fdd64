"""Workflow ids: readable in the Temporal UI, never personal."""

from models.cases import Kind, kind_of


def case_id(number: str) -> str:
    """A case's workflow: `request-2026-000123`; of the others, `training-17`, the number itself."""
    return request_id(number) if kind_of(number) is Kind.REQUEST else number


def request_id(number: str) -> str:
    """`request-2026-000123`: the request as a whole, parent of its clauses."""
    return f"request-{number}"


def review_id(number: str) -> str:
    """`request-2026-000123-review`: clause 4.2."""
    return f"request-{number}-review"


def setup_id(number: str) -> str:
    """`request-2026-000123-setup`: clause 4.3."""
    return f"request-{number}-setup"


def delivery_id(key: str) -> str:
    """`letter-2026-000123-review-rung-2-escalation-supervisor`, from a letter's key."""
    return f"letter-{key.replace('/', '-')}"


def certificate_letter_id(number: str, step: str) -> str:
    """`certification-9-document-…`, from the step in which a document was revoked or replaced."""
    return f"{case_id(number)}-{step.rpartition('/')[2]}"


IDNUMBER_PREFIX = "seo-"
"""How the engine marks in Moodle what it has made."""


def category_idnumber(number: str) -> str:
    """`seo-2026-000123-category`: finds the category again, whatever its name becomes."""
    return f"{IDNUMBER_PREFIX}{number}-category"


def course_idnumber(number: str) -> str:
    """`seo-2026-000123`: finds the course again, wherever it is moved."""
    return f"{IDNUMBER_PREFIX}{number}"


def amendment_id(amendment: int) -> str:
    """`calendar-amendment-7`: the moving of open cases after a decree."""
    return f"calendar-amendment-{amendment}"
