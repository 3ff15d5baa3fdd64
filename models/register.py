"""Appendix 1 as it lives: how it changes, and how it stood on a day. Pure."""

from enum import StrEnum


class Change(StrEnum):
    """What happened to a category or a course of the register."""

    ENTERED = "entered"
    """Set up by a request (clause 4.3)."""
    ADOPTED = "adopted"
    """Found in a category of the register at night."""
    OWNER = "owner"
    NAME = "name"
    LINKED = "linked"
    """Its number in Moodle became known."""

    @property
    def russian(self) -> str:
        return _CHANGES[self]

    @property
    def is_entry(self) -> bool:
        """Whether the thing was not in the register before."""
        return self in (Change.ENTERED, Change.ADOPTED)


_CHANGES = {
    Change.ENTERED: "внесено по запросу",
    Change.ADOPTED: "принято в реестр при сверке с Moodle",
    Change.OWNER: "сменился Владелец",
    Change.NAME: "изменено наименование",
    Change.LINKED: "установлен номер в Moodle",
}
