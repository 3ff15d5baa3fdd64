"""What a certificate says (clause 4.9), from its rows; `reports.certificates` sets it. Holds persons."""

from dataclasses import dataclass
from datetime import date

from models.certificates import Award
from models.tables import CertificateRow, CertificationRow


@dataclass(frozen=True)
class Certificate:
    """What differs from one certificate to the next."""

    number: str
    code: str
    """The check code, as `certificates.new_code` gives it."""
    name: str
    issued_on: date
    check_url: str
    """The public page with the code in it, for the QR."""
    grade: str = ""
    """«92 %», where the award shows grades."""
    supersedes: str = ""
    """Number of the document that this one replaces."""


@dataclass(frozen=True)
class Issue:
    """What all certificates of a decision say."""

    award: Award
    course: str
    owner: str
    starts_on: date
    ends_on: date
    check_page_url: str
    """Without a code: to be typed by hand."""
    signatory_post: str = ""
    signatory_name: str = ""


def certificate(row: CertificateRow, public_url: str) -> Certificate:
    """Of one document; `public_url` is where people reach the API."""
    return Certificate(
        number=row.number,
        code=row.code,
        name=row.name,
        issued_on=row.issued_on,
        check_url=f"{check_page(public_url)}/{row.code}",
        grade=row.grade,
        supersedes=row.supersedes or "",
    )


def issue(row: CertificationRow, public_url: str) -> Issue:
    """Of a decision."""
    return Issue(
        award=Award.model_validate(row.award),
        course=row.course,
        owner=row.owner,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        check_page_url=check_page(public_url),
        signatory_post=row.signatory_post,
        signatory_name=row.signatory_name,
    )


def check_page(public_url: str) -> str:
    """Where anybody checks a document."""
    return f"{public_url}/certificates"
