"""From a kind of recipient to an address, and to the page on which they find the case."""

from models.cases import Kind, is_canary, kind_of
from models.letters import Letter, Notice
from models.requests import ORDERED
from models.settings import Settings
from models.tables import Organisation
from models.terms import Recipient

_OWNERS = (Recipient.OWNER, Recipient.RESPONSIBLE)
_OPERATORS = (Recipient.OPERATOR, Recipient.OPERATOR_HEAD)
_SIGN_IN = (*_OWNERS, *_OPERATORS, Recipient.AGENCY, Recipient.REVIEWER, Recipient.SUPERVISOR)
"""Who has pages here: never learners."""

_CABINETS = {
    Kind.TRAINING: ("trainings", _OWNERS),
    Kind.CERTIFICATION: ("certifications", _OWNERS),
    Kind.REPLACEMENT: ("replacements", (*_OWNERS, *_OPERATORS)),
}
"""Pages of their own that some cases have, and for whom."""


def case_page(public_url: str, letter: Letter, *, stage: str = "") -> str:
    """Where its recipient finds the case; empty for whoever does not sign in or would not find it.

    Args:
        public_url: Of the pages.
        letter: Whom it goes to, and what about.
        stage: Of a request: the operator finds what was ordered alone.
    """
    if letter.to not in _SIGN_IN or letter.notice is Notice.POWERS_ENDED or is_canary(letter.number):
        return ""
    if letter.to in _OPERATORS and kind_of(letter.number) is Kind.REQUEST and stage not in ORDERED:
        return ""
    cabinet, theirs = _CABINETS.get(kind_of(letter.number), ("cases", _SIGN_IN))
    return f"{public_url}/{cabinet if letter.to in theirs else 'cases'}/{letter.number}"


def address(settings: Settings, agency: Organisation, responsible: str, to: Recipient) -> str:
    """Where a letter to this recipient goes; empty when nobody has entered an address.

    The authority's and the operator's addresses are settings, found missing at start-up; an
    agency's are entered before it can file. Only a responsible may be without one.
    """
    match to:
        case Recipient.RESPONSIBLE:
            return responsible
        case Recipient.AGENCY | Recipient.OWNER:
            return agency.email
        case Recipient.OWNER_HEAD:
            return agency.head_email
        case _:
            return str(getattr(settings, f"{to.value}_email"))
