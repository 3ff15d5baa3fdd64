"""Verifies a sealed case file, offline: names each member that was changed, lost or added.

The file may come from anybody: nothing in it is trusted before the signature of the manifest holds.
"""

import hashlib
import json
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from models.case_file import FORMAT, MANIFEST, SIGNATURE, member
from models.signing import is_signed

_CHUNK = 1 << 20
_SEALS = (MANIFEST, SIGNATURE)
_LARGEST_SEAL = 64 << 20
# What zipfile says of archives that are no archives.
_UNREADABLE = (zipfile.BadZipFile, RuntimeError, OSError, EOFError, ValueError, OverflowError)


class Fault(StrEnum):
    """What is wrong."""

    UNREADABLE = "unreadable"
    REPACKED = "repacked"
    NO_SEAL = "no-seal"
    NOT_SIGNED = "not-signed"
    OTHER_KEY = "other-key"
    CHANGED = "changed"
    MISSING = "missing"
    ADDED = "added"
    ARCHIVE = "archive"

    @property
    def russian(self) -> str:
        return _FAULTS[self]


_FAULTS = {
    Fault.UNREADABLE: "архив повреждён, прочитать его нельзя",
    Fault.REPACKED: "архив переупакован или повреждён: файлы в нём сжаты, система их не сжимает",
    Fault.NO_SEAL: "нет описи или подписи, или они нечитаемы",
    Fault.NOT_SIGNED: "опись или подпись изменены: подпись не подходит к описи",
    Fault.OTHER_KEY: "подписано другим ключом",
    Fault.CHANGED: "изменён",
    Fault.MISSING: "отсутствует",
    Fault.ADDED: "добавлен",
    Fault.ARCHIVE: "изменена служебная часть архива; сами файлы дела целы",
}


@dataclass(frozen=True)
class Finding:
    fault: Fault
    path: str = ""
    """Of the member, where it is about one."""

    def __str__(self) -> str:
        return f"{self.path}: {self.fault.russian}" if self.path else self.fault.russian


@dataclass(frozen=True)
class Check:
    """What a file says it is, and everything that is wrong with it."""

    number: str
    public_key: str
    """Of whoever signed it, as the file itself says."""
    members: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Seal:
    number: str
    sums: dict[str, str]
    public_key: str
    is_signed: bool


def check(path: Path, public_key: str | None) -> Check:
    """Verify a file.

    Args:
        path: The file.
        public_key: Of the installation, in hexadecimal; None leaves open who signed.

    Raises:
        OSError: The file can't be opened.
    """
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                return _check(archive, file, public_key)
        except _UNREADABLE:
            return Check("", "", 0, (Finding(Fault.UNREADABLE),))


def _check(archive: zipfile.ZipFile, file: IO[bytes], public_key: str | None) -> Check:
    if any(header.compress_type != zipfile.ZIP_STORED for header in archive.infolist()):
        return Check("", "", 0, (Finding(Fault.REPACKED),))
    seal = _seal(archive)
    if seal is None:
        return Check("", "", 0, (Finding(Fault.NO_SEAL),))
    findings = [*_of_seal(seal, public_key), *_of_members(archive, seal.sums)]
    if not findings and not _is_as_sealed(archive, file):
        findings.append(Finding(Fault.ARCHIVE))
    return Check(seal.number, seal.public_key, len(seal.sums), tuple(findings))


def _seal(archive: zipfile.ZipFile) -> _Seal | None:
    """What the manifest and its signature say; None where they say nothing that can be read."""
    try:
        written, signature = _read(archive, MANIFEST), json.loads(_read(archive, SIGNATURE))
        manifest = json.loads(written)
        sums = {str(path): str(digest) for path, digest in manifest["sha256"].items()}
        key, number = str(signature["public_key"]), str(manifest["case"])
        is_ours = manifest["format"] == FORMAT
        signed = is_ours and is_signed(written, str(signature["signature"]), key)
    except (*_UNREADABLE, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return _Seal(number, sums, key, signed)


def _read(archive: zipfile.ZipFile, path: str) -> bytes:
    if archive.getinfo(path).file_size > _LARGEST_SEAL:
        raise ValueError("too large for a seal")
    return archive.read(path)


def _of_seal(seal: _Seal, public_key: str | None) -> Iterator[Finding]:
    if not seal.is_signed:
        yield Finding(Fault.NOT_SIGNED)
    elif public_key is not None and seal.public_key != public_key.lower():
        yield Finding(Fault.OTHER_KEY)


def _of_members(archive: zipfile.ZipFile, sums: dict[str, str]) -> Iterator[Finding]:
    found = Counter(header.filename for header in archive.infolist())
    for path, digest in sums.items():
        if path not in found:
            yield Finding(Fault.MISSING, path)
        elif _digest_of_member(archive, path) != digest:
            yield Finding(Fault.CHANGED, path)
    for path, times in found.items():
        if times > 1 or (path not in sums and path not in _SEALS):
            yield Finding(Fault.ADDED, path)


def _digest_of_member(archive: zipfile.ZipFile, path: str) -> str:
    try:
        with archive.open(path) as content:
            return _digest(content)
    except _UNREADABLE:
        return ""


def _digest(file: IO[bytes]) -> str:
    """SHA-256 of a file from its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _is_as_sealed(archive: zipfile.ZipFile, file: IO[bytes]) -> bool:
    """Whether the members, were they sealed now, would make this very file: every bit of it counts."""
    with tempfile.TemporaryFile() as again:
        with zipfile.ZipFile(again, "w") as rebuilt:
            for header in archive.infolist():
                rebuilt.writestr(member(header.filename), archive.read(header))
        return _digest(again) == _digest(file)
