"""Appendix 1 as seed data."""

from models.appendix import CATEGORIES, SUBSYSTEMS
from models.requests import Integration


def test_four_subsystems_and_a_module() -> None:
    assert [(s.number, s.code, s.version, s.integration) for s in SUBSYSTEMS] == [
        ("1", "edu", "3.7.2", Integration.MOODLE),
        ("1.1", "edu-signup", "", None),
        ("2", "eledu", "2.8.5", Integration.MOODLE),
        ("3", "eiok", "3.3.2", Integration.MOODLE),
        ("4", "local", "", Integration.MANUAL),
    ]


def test_a_moodle_has_an_address_and_nothing_else_does() -> None:
    assert all(bool(s.address) == (s.integration is Integration.MOODLE) for s in SUBSYSTEMS)


def test_a_module_belongs_to_a_subsystem_that_exists() -> None:
    codes = {s.code for s in SUBSYSTEMS}

    assert {s.parent for s in SUBSYSTEMS if s.parent} <= codes


def test_nine_categories_in_order() -> None:
    assert [c.number for c in CATEGORIES] == list(range(1, 10))


def test_an_owner_broken_over_two_pages_is_joined() -> None:
    assert CATEGORIES[6].title == "ИТ-диктант"
    assert CATEGORIES[6].owner == CATEGORIES[0].owner == SUBSYSTEMS[1].owner
    assert CATEGORIES[6].owner.endswith("«Региональный информационно-образовательный центр»")


def test_texts_are_whole() -> None:
    texts = [text for s in SUBSYSTEMS for text in (s.title, s.purpose, s.owner)]
    texts += [text for c in CATEGORIES for text in (c.title, c.purpose, c.owner)]

    assert all(text and text == " ".join(text.split()) for text in texts)
