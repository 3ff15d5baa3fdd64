"""Way one of clause 4.5: what keeps learners out, as a rule without a clock or a Moodle."""

import pytest

from models.self_registration import Lack, WayIn, lacks

OPEN = WayIn(registration=True, visible=True, enrolment=True)


@pytest.mark.parametrize(
    ("seen", "confirmed", "found"),
    [
        (OPEN, (), ()),
        (WayIn(), (), (Lack.SITE_UNSEEN, Lack.COURSE_UNSEEN)),
        (WayIn(), (Lack.SITE_UNSEEN,), (Lack.COURSE_UNSEEN,)),
        (WayIn(), (Lack.SITE_UNSEEN, Lack.COURSE_UNSEEN), ()),
        (WayIn(exists=False), (Lack.COURSE_GONE,), (Lack.COURSE_GONE,)),
        (OPEN.model_copy(update={"registration": False}), (Lack.SITE_UNSEEN,), (Lack.SITE_SHUT,)),
        (OPEN.model_copy(update={"registration": None}), (), (Lack.SITE_UNSEEN,)),
        (OPEN.model_copy(update={"enrolment": False}), (Lack.COURSE_UNSEEN,), (Lack.COURSE_SHUT,)),
        (OPEN.model_copy(update={"visible": False}), (), (Lack.COURSE_HIDDEN,)),
        (OPEN.model_copy(update={"visible": None}), (), ()),
        (OPEN.model_copy(update={"needs_key": True}), (), ()),
        (
            WayIn(registration=False, visible=False, enrolment=False),
            (),
            (Lack.SITE_SHUT, Lack.COURSE_SHUT, Lack.COURSE_HIDDEN),
        ),
    ],
)
def test_what_keeps_learners_out(seen: WayIn, confirmed: tuple[Lack, ...], found: tuple[Lack, ...]) -> None:
    assert lacks(seen, confirmed) == found
