"""Appendix 1 against a Moodle: what differs, what is new, and whether the lists came whole.

Pure. A deleted thing is only told of: nothing here, nor anything that reads it, makes it again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from models import ids
from models.names import normalise
from models.reconciliation import Difference, Kind, quoted

T = TypeVar("T")


@dataclass(frozen=True)
class OurCategory:
    """A category of the register; Appendix 1 knows names, not Moodle's ids."""

    id: int
    name: str
    moodle_id: int | None


@dataclass(frozen=True)
class OurCourse:
    """A course of the register; `in_use`: learners are let in, so it may not be hidden."""

    id: int
    name: str
    moodle_id: int | None
    category: int | None
    in_use: bool = False


class TheirCategory(Protocol):
    """A category as Moodle lists it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def parent_id(self) -> int: ...
    @property
    def course_count(self) -> int: ...


class TheirCourse(Protocol):
    """A course as Moodle lists it."""

    @property
    def id(self) -> int: ...
    @property
    def fullname(self) -> str: ...
    @property
    def idnumber(self) -> str | None: ...
    @property
    def category_id(self) -> int: ...
    @property
    def visible(self) -> bool | None: ...


@dataclass(frozen=True)
class Found:
    """What the lists tell.

    Attributes:
        differences: By things of the register.
        categories: Moodle's ids of categories that were known by name alone, by id in the register.
        courses: The same of courses that were made by hand.
        new: Courses that appeared in a category of the register, with its id.
        gone: Courses of the register that Moodle no longer has.
    """

    differences: list[Difference] = field(default_factory=list)
    categories: dict[int, int] = field(default_factory=dict)
    courses: dict[int, int] = field(default_factory=dict)
    new: list[tuple[TheirCourse, int]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)


def is_whole(categories: Sequence[TheirCategory], courses: Sequence[TheirCourse]) -> bool:
    """Whether the lists came whole: a Moodle counts itself how many courses a category has.

    No Moodle is without a category, and none has courses in a category that it doesn't have.
    """
    listed: dict[int, int] = defaultdict(int)
    for one in courses:
        listed[one.category_id] += 1
    known = {one.id for one in categories}
    counted = all(listed[one.id] >= one.course_count for one in categories)
    return bool(categories) and counted and listed.keys() <= known


def missing(ours: Iterable[OurCourse], courses: Iterable[TheirCourse]) -> list[int]:
    """Moodle's ids of courses of the register that its list lacks: to be asked for once more."""
    listed = {one.id for one in courses}
    return [one.moodle_id for one in ours if one.moodle_id and one.moodle_id not in listed]


def compare(
    ours: tuple[Sequence[OurCategory], Sequence[OurCourse]],
    theirs: tuple[Sequence[TheirCategory], Sequence[TheirCourse]],
    awaited: Collection[str] = (),
) -> Found:
    """What differs between the register and whole lists of a Moodle.

    Args:
        ours: Categories and courses of the register, in this subsystem.
        theirs: Categories and courses of Moodle.
        awaited: Names of courses that a setup by hand is about to enter: they are not adopted.
    """
    found = Found()
    homes = _compare_categories(ours[0], theirs[0], found)
    _compare_courses(ours, theirs, homes, found)
    _adopt(ours[1], theirs[1], homes, found, awaited)
    return found


def _compare_categories(
    ours: Sequence[OurCategory], theirs: Sequence[TheirCategory], found: Found
) -> dict[int, int]:
    """The category of the register that each category of Moodle belongs to, by Moodle's id."""
    by_id = {one.id: one for one in theirs}
    taken = {one.moodle_id for one in ours}
    homes: dict[int, int] = {}
    for our in ours:
        their = by_id.get(our.moodle_id or 0)
        if our.moodle_id is None:
            their = _only([one for one in theirs if one.id not in taken and is_named(one.name, our.name)])
            if their is not None:
                found.categories[our.id] = their.id
        if their is None:
            continue
        homes[their.id] = our.id
        if not is_named(their.name, our.name):
            found.differences.append(
                Difference(Kind.CATEGORY_RENAMED, quoted(our.name), quoted(their.name), category=our.id)
            )
    return {one.id: home for one in theirs if (home := _home(one, by_id, homes))}


def _home(category: TheirCategory, by_id: Mapping[int, TheirCategory], homes: Mapping[int, int]) -> int:
    """Its own, or of the nearest category above it; 0 outside the register."""
    seen: set[int] = set()
    at: TheirCategory | None = category
    while at is not None and at.id not in seen:
        if at.id in homes:
            return homes[at.id]
        seen.add(at.id)
        at = by_id.get(at.parent_id)
    return 0


def _compare_courses(
    ours: tuple[Sequence[OurCategory], Sequence[OurCourse]],
    theirs: tuple[Sequence[TheirCategory], Sequence[TheirCourse]],
    homes: Mapping[int, int],
    found: Found,
) -> None:
    by_id = {one.id: one for one in theirs[1]}
    places = {one.id: one.name for one in theirs[0]}
    names = {one.id: one.name for one in ours[0]}
    standing = set(homes.values())
    lost: dict[int, list[OurCourse]] = {one.id: [] for one in ours[0] if one.id not in standing}
    for our in ours[1]:
        their = by_id.get(our.moodle_id or 0)
        if our.moodle_id is None:
            continue
        is_homeless = our.category in lost
        if their is None:
            found.gone.append(our.id)
        if is_homeless:
            lost[our.category or 0].append(our)
        elif their is None:
            what = f"{quoted(our.name)} (№ {our.moodle_id} в Moodle)"
            found.differences.append(Difference(Kind.COURSE_LOST, what, "нет", course=our.id))
        elif our.category and homes.get(their.category_id) != our.category:
            was, now = quoted(names[our.category]), quoted(places.get(their.category_id, "?"))
            what = f"{quoted(our.name)} в категории {was}"
            found.differences.append(Difference(Kind.COURSE_MOVED, what, f"в категории {now}", course=our.id))
        if their is not None:
            found.differences.extend(_of_course(our, their))
    for category, courses in lost.items():
        found.differences.append(_lost(category, names[category], courses, set(found.gone)))


def _of_course(our: OurCourse, their: TheirCourse) -> Iterable[Difference]:
    if their.fullname.strip() != our.name.strip():
        yield Difference(Kind.COURSE_RENAMED, quoted(our.name), quoted(their.fullname), course=our.id)
    if our.in_use and their.visible is False:
        what = f"{quoted(our.name)} открыт Пользователям"
        yield Difference(Kind.COURSE_HIDDEN, what, "курс скрыт", course=our.id)


def _lost(category: int, name: str, courses: Sequence[OurCourse], gone: Collection[int]) -> Difference:
    """One for the category and all that was in it."""
    lacking = sum(one.id in gone for one in courses)
    left = len(courses) - lacking
    moodle = "категории нет"
    if lacking:
        moodle += f", нет и курсов: {lacking}"
    if left:
        moodle += f", курсов в других категориях: {left}"
    what = f"{quoted(name)}, курсов с номером в Moodle: {len(courses)}"
    return Difference(Kind.CATEGORY_LOST, what, moodle, category=category)


def _adopt(
    ours: Sequence[OurCourse],
    theirs: Sequence[TheirCourse],
    homes: Mapping[int, int],
    found: Found,
    awaited: Collection[str],
) -> None:
    known = {one.moodle_id for one in ours}
    nameless: dict[int, list[OurCourse]] = defaultdict(list)
    for one in ours:
        if one.moodle_id is None and one.category:
            nameless[one.category].append(one)
    expected = {normalise(name) for name in awaited}
    for their in theirs:
        home = homes.get(their.category_id)
        # What the engine has made it enters itself, when the setup is done.
        is_ours = (their.idnumber or "").startswith(ids.IDNUMBER_PREFIX)
        if their.id in known or not home or is_ours or normalise(their.fullname) in expected:
            continue
        by_hand = _only([one for one in nameless[home] if is_named(their.fullname, one.name)])
        if by_hand is None:
            found.new.append((their, home))
        else:
            found.courses[by_hand.id] = their.id
            nameless[home].remove(by_hand)


def unknown_teachers(
    teachers: Collection[int], known: Collection[int], without_account: int
) -> tuple[int, ...]:
    """Accounts that hold «учитель» though the register trusts nobody of them with the course.

    Args:
        teachers: Moodle's ids of those who hold the role in the course.
        known: Of those whom the register trusts.
        without_account: How many it trusts whose account it doesn't know: so many others may be theirs.
    """
    others = tuple(sorted(set(teachers) - set(known)))
    return others if len(others) > without_account else ()


def is_named(one: str, other: str) -> bool:
    """Whether two names are one, letter by letter or as people spell it."""
    return one.strip() == other.strip() or normalise(one) == normalise(other)


def _only(found: Sequence[T]) -> T | None:
    return found[0] if len(found) == 1 else None
