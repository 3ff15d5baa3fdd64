"""Clause 4.1 - completeness of a request.

An absent or blank item makes the request incomplete, and clause 4.2 obliges to
refuse it. Missing particulars of the responsible are asked for and never refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.requests import Access, Contact, Item, Wanted


@dataclass(frozen=True)
class Contents:
    """The items of clause 4.1 as a request gives them; blank means absent."""

    wanted: Wanted
    category_name: str = ""
    course_name: str = ""
    goal: str = ""
    learners_are: str = ""
    """Who the learners are, in words."""
    learners_listed: int = 0
    """How many learners the request lists by name."""
    access: Access | None = None
    responsible_name: str = ""
    responsible_post: str = ""
    responsible_email: str = ""
    responsible_phone: str = ""


def missing_items(contents: Contents) -> tuple[Item, ...]:
    """Items of clause 4.1 that are absent or blank, in the clause's order.

    A request for a category alone needs goal, name and the responsible; its learners
    and access may be set for each course later.
    """
    present = {
        Item.GOAL: _is_given(contents.goal),
        Item.NAME: all(_is_given(name) for name in _names(contents)),
        Item.LEARNERS: not contents.wanted.has_course or _names_learners(contents),
        Item.ACCESS: not contents.wanted.has_course or contents.access in _WAYS_OF_ACCESS,
        Item.RESPONSIBLE: _is_given(contents.responsible_name),
    }
    return tuple(item for item in Item if not present[item])


def missing_contacts(contents: Contents) -> tuple[Contact, ...]:
    """Particulars of the responsible to ask for by letter."""
    particulars: Mapping[Contact, str] = {
        Contact.POST: contents.responsible_post,
        Contact.EMAIL: contents.responsible_email,
        Contact.PHONE: contents.responsible_phone,
    }
    return tuple(contact for contact, text in particulars.items() if not _is_given(text))


_WAYS_OF_ACCESS = (Access.SELF_REGISTRATION, Access.BY_RESPONSIBLE)


def _names(contents: Contents) -> tuple[str, ...]:
    category = (contents.category_name,) if contents.wanted.has_category else ()
    course = (contents.course_name,) if contents.wanted.has_course else ()
    return category + course


def _names_learners(contents: Contents) -> bool:
    return contents.learners_listed > 0 or _is_given(contents.learners_are)


def _is_given(text: str) -> bool:
    """A dash or dots alone are how paper forms say "nothing"."""
    return any(character.isalnum() for character in text)
