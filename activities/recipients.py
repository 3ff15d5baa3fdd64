"""From a kind of recipient to an address."""

from models.settings import Settings
from models.tables import Organisation
from models.terms import Recipient


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
