"""Clause 4.5 - slips for learners without mail: a PDF to print, to cut and to hand out.

A slip holds a one-time code: whoever holds it can claim the account. The PDF is given to the responsible
and never kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models import russian
from reports import typst
from reports.qr import qr

PART = 500
"""Slips of one PDF, some sixty sheets: setting them takes a second and 100 MB."""


@dataclass(frozen=True)
class Slip:
    name: str
    username: str
    code: str
    """In groups, as `claims.new_code` gives it."""
    claim_url: str
    """The claim page with the code in it, for the QR."""
    organisation: str = ""


@dataclass(frozen=True)
class Handout:
    """What all slips of a list say."""

    course: str
    site_url: str
    claim_page_url: str
    """Without a code: to be typed by hand."""
    last_day: date
    """The last day on which the codes work."""
    issued_on: date


def parts(slips: Sequence[Slip], handout: Handout) -> Iterator[bytes]:
    """PDFs of `PART` slips each, in the order given; each is set when it is asked for. Safe in threads."""
    for start in range(0, len(slips), PART):
        yield _part(slips[start : start + PART], handout)
        typst.forget()


def _part(slips: Sequence[Slip], handout: Handout) -> bytes:
    facts = {
        "course": _shortened(handout.course, _COURSE),
        "site": handout.site_url,
        "claim_page": handout.claim_page_url,
        "last_day": russian.date_words(handout.last_day),
        "slips": [
            {
                "name": _shortened(slip.name, _NAME),
                "organisation": _shortened(slip.organisation, _ORGANISATION),
                "username": slip.username,
                "code": slip.code,
                "qr": qr(slip.claim_url),
            }
            for slip in slips
        ],
    }
    return typst.pdf("slips", "Коды для первого входа", facts, dated=handout.issued_on, is_tagged=False)


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


# What two or three lines of a slip hold.
_NAME, _ORGANISATION, _COURSE = 70, 80, 75
