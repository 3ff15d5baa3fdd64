"""Clause 4.9 - certificates as PDF: one to send to a learner, or all of a decision to print."""

from collections.abc import Iterator, Sequence
from typing import Any

from models import russian
from models.certificate_facts import Certificate, Issue
from models.certificates import Award
from reports import apart, typst
from reports.qr import qr

MEDIA_TYPE = "application/pdf"
PART = 250
"""Certificates of one PDF to print: a process of its own sets them in 200 MB, and its memory goes with it."""


def document(certificate: Certificate, issue: Issue) -> bytes:
    """One certificate, readable by a screen reader. Safe in threads; the same facts give the same bytes."""
    title = f"{issue.award.document} № {certificate.number}"
    return typst.pdf("certificate", title, _facts([certificate], issue), dated=certificate.issued_on)


def sample(certificate: Certificate, issue: Issue) -> bytes:
    """What such a document would look like, with «Образец» across it: it proves nothing. Safe in threads."""
    title = f"{issue.award.document}: образец"
    facts = {**_facts([certificate], issue), "sample": "Образец"}
    return typst.pdf("certificate", title, facts, dated=certificate.issued_on)


def parts(certificates: Sequence[Certificate], issue: Issue) -> Iterator[bytes]:
    """PDFs of `PART` certificates each, in the order given; each is set when it is asked for, in seconds."""
    for start in range(0, len(certificates), PART):
        part = certificates[start : start + PART]
        title = f"{issue.award.document} № {part[0].number} – {part[-1].number}"
        facts, dated = _facts(part, issue), part[-1].issued_on
        yield apart.pdf("certificate", title, facts, dated=dated, is_tagged=False)


def _facts(certificates: Sequence[Certificate], issue: Issue) -> dict[str, Any]:
    award = issue.award
    return {
        "design": award.design,
        "document": award.document,
        "course": issue.course,
        "hours": russian.academic_hours(award.hours) if award.hours else "",
        "period": russian.period(issue.starts_on, issue.ends_on),
        "owner": issue.owner,
        "check_page": issue.check_page_url.removeprefix("https://").removeprefix("http://"),
        "signatory_post": issue.signatory_post,
        "signatory_name": issue.signatory_name,
        "certificates": [_one(certificate, award) for certificate in certificates],
    }


def _one(certificate: Certificate, award: Award) -> dict[str, str]:
    return {
        "number": certificate.number,
        "code": certificate.code,
        "name": certificate.name,
        "issued_on": russian.date_words(certificate.issued_on),
        "grade": certificate.grade if award.shows_grade else "",
        "supersedes": certificate.supersedes,
        "qr": qr(certificate.check_url),
    }
