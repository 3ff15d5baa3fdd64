"""One-time claim codes: what they look like, what people make of them, and when they are good."""

import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.claims import (
    ALPHABET,
    LENGTH,
    Claim,
    Holder,
    NoCode,
    Standing,
    expires_at,
    grouped,
    hashed,
    new_code,
    normalise,
    standing,
    why_no_code,
)
from models.deadlines import LOCAL_ZONE

CODE = "K7QF-2M9X-4DRT-HWLA-93CE"
PLAIN = CODE.replace("-", "")


def test_a_code_has_eighty_random_bits_and_no_look_alikes() -> None:
    assert LENGTH * math.log2(len(ALPHABET)) >= 80
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert not set(ALPHABET) & set("0O1IBSZGU")


def test_codes_are_random_and_use_the_whole_alphabet() -> None:
    codes = {new_code() for _ in range(2000)}

    assert len(codes) == 2000
    assert all(re.fullmatch(rf"([{ALPHABET}]{{4}}-){{4}}[{ALPHABET}]{{4}}", code) for code in codes)
    assert set("".join(codes)) == {*ALPHABET, "-"}


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        CODE.lower(),
        PLAIN,
        f"  {CODE}\n",
        CODE.replace("-", " "),
        CODE.replace("-", "–"),
        CODE.replace("-", "\u00a0—\u200b"),
        "К7QF-2М9Х-4DRТ-НWLА-9ЗСЕ",  # Russian К М Х Т Н А З С Е
        "к7qf-2м9х-4drт-нwlа-93се",
        CODE.replace("2", "Z"),
        " ".join(CODE),
    ],
)
def test_what_a_person_types_is_the_code(typed: str) -> None:
    assert normalise(typed) == PLAIN
    assert hashed(typed) == hashed(CODE)


@pytest.mark.parametrize(
    "typed",
    ["", "-", CODE[:-1], CODE + "A", CODE.replace("Q", "O"), CODE.replace("Q", "Й"), "0" * 20, "x" * 10**6],
)
def test_what_can_be_no_code_is_blank(typed: str) -> None:
    assert normalise(typed) == ""
    with pytest.raises(ValueError, match="no claim code"):
        hashed(typed)


@given(
    st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH), st.sampled_from(["-", " ", "", "–"]), st.booleans()
)
def test_every_code_survives_being_written_down(code: str, between: str, is_lower: bool) -> None:
    written = grouped(code).replace("-", between)

    assert normalise(written.lower() if is_lower else written) == code
    assert normalise(written.translate(str.maketrans("ACEHKMPTXY", "АСЕНКМРТХУ"))) == code


@given(st.text())
def test_anything_typed_is_a_code_or_blank(typed: str) -> None:
    code = normalise(typed)

    assert not code or (len(code) == LENGTH and set(code) <= set(ALPHABET))


def test_a_hash_does_not_hold_the_code() -> None:
    assert re.fullmatch("[0-9a-f]{64}", hashed(CODE))
    assert hashed(CODE) != hashed(new_code())


@pytest.mark.parametrize(
    ("issued", "days", "until"),
    [
        ("2026-11-24T09:00+05:00", 30, "2026-12-25T00:00+05:00"),
        ("2026-11-24T00:00+05:00", 30, "2026-12-25T00:00+05:00"),
        ("2026-11-24T23:59+05:00", 30, "2026-12-25T00:00+05:00"),
        ("2026-11-24T19:30+00:00", 30, "2026-12-26T00:00+05:00"),  # the 25th in Tyumen already
        ("2028-02-28T12:00+05:00", 1, "2028-03-01T00:00+05:00"),
        ("2026-11-24T09:00+05:00", 0, "2026-11-25T00:00+05:00"),
    ],
)
def test_a_code_lives_to_the_end_of_its_last_day_in_tyumen(issued: str, days: int, until: str) -> None:
    end = expires_at(datetime.fromisoformat(issued), timedelta(days=days))

    assert end == datetime.fromisoformat(until)
    assert end.tzinfo is LOCAL_ZONE


END = datetime(2026, 12, 25, tzinfo=LOCAL_ZONE)
SECOND = timedelta(seconds=1)
EARLIER = END - timedelta(days=3)


@pytest.mark.parametrize(
    ("claim", "now", "expected"),
    [
        (None, EARLIER, Standing.UNKNOWN),
        (Claim(END), EARLIER, Standing.USABLE),
        (Claim(END), END - SECOND, Standing.USABLE),
        (Claim(END), END, Standing.EXPIRED),
        (Claim(END), END.astimezone(UTC) + SECOND, Standing.EXPIRED),
        (Claim(END, revoked_at=EARLIER), EARLIER, Standing.REVOKED),
        (Claim(END, revoked_at=EARLIER), END, Standing.REVOKED),
        (Claim(END, used_at=EARLIER), EARLIER, Standing.USED),
        (Claim(END, used_at=EARLIER), END, Standing.USED),
        (Claim(END, used_at=EARLIER, revoked_at=EARLIER), END, Standing.USED),
    ],
)
def test_what_a_code_is_good_for(claim: Claim | None, now: datetime, expected: Standing) -> None:
    assert standing(claim, now) is expected
    assert expected.russian.endswith(".")


FRESH = Holder(is_ours=True, is_claimed=False, is_used=False, auth="manual", suspended=False)


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        (FRESH, None),
        (replace(FRESH, auth=None, suspended=None), None),  # what 2.8.5 tells
        (replace(FRESH, is_ours=False), NoCode.NOT_OURS),
        (replace(FRESH, is_claimed=True), NoCode.CLAIMED),
        (replace(FRESH, is_used=True), NoCode.USED),
        (replace(FRESH, auth="oauth2"), NoCode.OTHER_AUTH),
        (replace(FRESH, auth=""), NoCode.OTHER_AUTH),
        (replace(FRESH, suspended=True), NoCode.SUSPENDED),
        (Holder(False, True, True, "oauth2", True), NoCode.NOT_OURS),
    ],
)
def test_for_whom_a_code_may_be_given(holder: Holder, expected: NoCode | None) -> None:
    assert why_no_code(holder) is expected
    if expected:
        assert expected.russian
