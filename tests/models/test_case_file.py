"""The sealed case file: equal content makes equal bytes, and no bit of it changes unnoticed."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from models import case_check
from models.case_check import Check, Fault, Finding
from models.case_file import MANIFEST, SIGNATURE, Sealer, member, readable
from models.signing import SigningKey, is_signed
from tests.installation.compose import ROOT

KEY = SigningKey.read("5e" * 32)
STRANGER = SigningKey.read("a1" * 32)
NUMBER = "2026-000123"
CONTENT = {"request.json": b'{"goal": "\xd1\x83"}\n', "letters/review/approval.txt": b"text", "empty": b""}


def sealed(content: dict[str, bytes] = CONTENT, key: SigningKey = KEY) -> bytes:
    file = io.BytesIO()
    sealer = Sealer(file, NUMBER)
    for path, one in content.items():
        sealer.add(path, one)
    sealer.seal(key)
    return file.getvalue()


def members(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {header.filename: archive.read(header) for header in archive.infolist()}


def packed(content: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """What somebody makes who knows how the archive is built, but has not the key."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, one in content.items():
            archive.writestr(member(path), one, compression)
    return file.getvalue()


@pytest.fixture
def verified(tmp_path: Path) -> Callable[..., Check]:
    def verify(file: bytes, key: str | None = KEY.public) -> Check:
        path = tmp_path / "case.zip"
        path.write_bytes(file)
        return case_check.check(path, key)

    return verify


Verify = Callable[..., Check]


def test_what_was_sealed_is_whole(verified: Verify) -> None:
    assert verified(sealed()) == Check(NUMBER, KEY.public, len(CONTENT) + 1, ())


def test_equal_content_makes_equal_bytes() -> None:
    assert sealed() == sealed()
    assert sealed() != sealed({**CONTENT, "empty": b" "})
    assert packed(members(sealed())) == sealed()


def test_a_stranger_opens_it_with_any_archiver_and_reads_what_it_is() -> None:
    content = members(sealed())

    assert NUMBER in content["readme.txt"].decode()
    assert {path: one for path, one in content.items() if path in CONTENT} == CONTENT


def test_no_single_bit_changes_unnoticed(verified: Verify) -> None:
    whole = sealed()
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1 << at % 8

        assert verified(bytes(changed)).findings, f"bit {at % 8} of byte {at}"


def test_a_changed_member_is_named(verified: Verify) -> None:
    at = sealed().index(b"text")
    flipped = bytearray(sealed())
    flipped[at] ^= 1

    expected = (Finding(Fault.CHANGED, "letters/review/approval.txt"),)
    assert verified(bytes(flipped)).findings == expected
    assert (
        verified(packed({**members(sealed()), "letters/review/approval.txt": b"tfxt"})).findings == expected
    )


@pytest.mark.parametrize("path", [*CONTENT, "readme.txt"])
def test_a_missing_member_is_named(verified: Verify, path: str) -> None:
    without = {name: one for name, one in members(sealed()).items() if name != path}

    assert verified(packed(without)).findings == (Finding(Fault.MISSING, path),)


def test_an_added_member_is_named(verified: Verify) -> None:
    more = {**members(sealed()), "letters/review/refusal.txt": b"no"}

    assert verified(packed(more)).findings == (Finding(Fault.ADDED, "letters/review/refusal.txt"),)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_the_same_name_is_named(verified: Verify) -> None:
    file = io.BytesIO(sealed())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(member("empty"), b"")

    assert Finding(Fault.ADDED, "empty") in verified(file.getvalue()).findings


def test_everything_that_is_wrong_is_named_at_once(verified: Verify) -> None:
    content = members(sealed())
    content["request.json"] = b"{}"
    content["more"] = content.pop("empty")

    assert verified(packed(content)).findings == (
        Finding(Fault.MISSING, "empty"),
        Finding(Fault.CHANGED, "request.json"),
        Finding(Fault.ADDED, "more"),
    )


def test_a_manifest_that_was_made_to_fit_is_not_signed(verified: Verify) -> None:
    content = members(sealed())
    of_another = members(sealed({**CONTENT, "request.json": b"{}"}))

    forged = packed(of_another | {SIGNATURE: content[SIGNATURE]})

    assert verified(forged).findings == (Finding(Fault.NOT_SIGNED),)


def test_a_file_signed_by_another_key_is_told_from_ours(verified: Verify) -> None:
    foreign = sealed(key=STRANGER)

    assert verified(foreign).findings == (Finding(Fault.OTHER_KEY),)
    assert verified(foreign, None) == Check(NUMBER, STRANGER.public, len(CONTENT) + 1, ())


def test_another_key_under_our_name_is_not_signed(verified: Verify) -> None:
    content = members(sealed(key=STRANGER))
    seal = json.loads(content[SIGNATURE])
    content[SIGNATURE] = readable(seal | {"public_key": KEY.public})

    assert verified(packed(content)).findings == (Finding(Fault.NOT_SIGNED),)


@pytest.mark.parametrize(
    ("file", "fault"),
    [
        (b"", Fault.UNREADABLE),
        (b"PK\x03\x04 nonsense", Fault.UNREADABLE),
        (sealed()[:-40], Fault.UNREADABLE),
        (packed(CONTENT), Fault.NO_SEAL),
        (packed({MANIFEST: b"{", SIGNATURE: b"{}"}), Fault.NO_SEAL),
        (packed({MANIFEST: b"[" * 100_000, SIGNATURE: b"{}"}), Fault.NO_SEAL),
        (packed({MANIFEST: b'{"sha256": []}', SIGNATURE: b"{}"}), Fault.NO_SEAL),
        (packed({MANIFEST: b"\xff", SIGNATURE: b"{}"}), Fault.NO_SEAL),
        (b"before" + sealed(), Fault.ARCHIVE),
        (packed(members(sealed()), zipfile.ZIP_DEFLATED), Fault.REPACKED),
    ],
)
def test_archives_that_are_none_of_ours(verified: Verify, file: bytes, fault: Fault) -> None:
    assert verified(file).findings == (Finding(fault),)


def test_two_members_of_one_name_are_not_sealed() -> None:
    sealer = Sealer(io.BytesIO(), NUMBER)

    with pytest.raises(ValueError, match=r"readme\.txt"):
        sealer.add("readme.txt", b"")


@pytest.mark.parametrize("secret", ["", "5e", "5E" * 32, "xy" * 32, "5e" * 33, "секрет"])
def test_a_key_that_is_none_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits") as refused:
        SigningKey.read(secret)

    assert not secret or secret not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "signature", "public"),
    [
        (b"other", KEY.sign(b"content"), KEY.public),
        (b"content", KEY.sign(b"content"), STRANGER.public),
        (b"content", "", KEY.public),
        (b"content", "не подпись", KEY.public),
        (b"content", KEY.sign(b"content"), "12"),
    ],
)
def test_what_is_not_signed(content: bytes, signature: str, public: str) -> None:
    assert is_signed(b"content", KEY.sign(b"content"), KEY.public)
    assert not is_signed(content, signature, public)


@pytest.mark.parametrize(
    ("file", "key", "code", "told"),
    [
        (sealed(), [KEY.public], 0, "Подпись установки верна"),
        (sealed(), [KEY.public.upper()], 0, "цело, файлов 4"),
        (sealed(), [], 3, KEY.public),
        (sealed(), [STRANGER.public], 1, "подписано другим ключом"),
        (packed({**members(sealed()), "empty": b"!"}), [KEY.public], 1, "empty: изменён"),
        (b"", [], 1, "архив повреждён"),
        (sealed(), ["ключ"], 2, "Вызов"),
        (sealed(), ["1", "2"], 2, "Вызов"),
        (None, [], 2, "Файл не открывается"),
    ],
)
def test_the_program_tells_it_in_russian(
    tmp_path: Path, file: bytes | None, key: list[str], code: int, told: str
) -> None:
    path = tmp_path / "case.zip"
    if file is not None:
        path.write_bytes(file)

    ran = subprocess.run(
        [sys.executable, "-m", "verify", str(path), *key], cwd=ROOT, capture_output=True, check=False
    )

    assert (ran.returncode, told in (ran.stdout + ran.stderr).decode()) == (code, True), ran.stderr
