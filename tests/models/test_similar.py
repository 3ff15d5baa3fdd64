"""What is looked through for analogues: each thing once."""

from models.analogues import Kind, Known, Source
from models.similar import _each_once


def _known(title: str, ref: str, source: Source, kind: Kind = Kind.CATEGORY, link: str = "") -> Known:
    return Known(kind=kind, ref=ref, title=title, link=link, source=source)


REGISTERED = [
    ("edu", _known("Медицина", "category-4", Source.REGISTER)),
    ("edu", _known("Охрана труда", "course-1", Source.REGISTER, Kind.COURSE, "http://made")),
]


def test_what_stands_in_both_is_the_registers_with_moodles_link_where_it_has_none() -> None:
    in_moodle = [
        ("edu", _known("Категория «Медицина»", "edu-category-7", Source.MOODLE, link="http://moodle/7")),
        ("edu", _known("Охрана труда", "edu-course-9", Source.MOODLE, Kind.COURSE, "http://moodle/9")),
    ]

    found = _each_once(REGISTERED, in_moodle)

    assert [(one.ref, one.link) for one in found] == [
        ("category-4", "http://moodle/7"),
        ("course-1", "http://made"),
    ]


def test_another_subsystem_kind_or_name_is_another_thing() -> None:
    in_moodle = [
        ("eledu", _known("Медицина", "eledu-category-7", Source.MOODLE)),
        ("edu", _known("Медицина", "edu-course-8", Source.MOODLE, Kind.COURSE)),
        ("edu", _known("Медицина, часть 2", "edu-category-9", Source.MOODLE)),
        ("edu", _known("Медицина, часть 2", "edu-category-10", Source.MOODLE)),
    ]

    found = _each_once(REGISTERED, in_moodle)

    assert [one.ref for one in found[2:]] == [ref.ref for _, ref in in_moodle]
