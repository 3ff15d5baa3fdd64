"""The sealed case file: one ZIP whose manifest names every member by its SHA-256, and is signed.

The same members give the same bytes on any machine: they are stored uncompressed, in the order given and
dated alike. `models.case_check` verifies it.
"""

import hashlib
import json
import zipfile
from typing import IO, Any

from models.signing import SigningKey

FORMAT = "seo-case-file/1"
MANIFEST = "manifest.json"
SIGNATURE = "signature.json"
MEDIA_TYPE = "application/zip"

README = """Дело {number} системы электронного обучения Тюменской области

Файл собран и подписан системой. В нём: запрос и решение с тем, что видел решавший, сроки, журнал,
письма с отметками о доставке, документы, ответы Moodle, истории процессов Temporal.
Времена в файлах .json указаны в UTC (Z), даты — местные.

manifest.json перечисляет все файлы с их SHA-256; signature.json — его подпись (Ed25519).
Проверить, не изменено ли что-нибудь, можно без сети:

    python -m verify ФАЙЛ ОТКРЫТЫЙ_КЛЮЧ

Открытый ключ сообщает администратор установки: ключу, который лежит в самом файле, верить нельзя.
Личных данных обучающихся здесь нет: списки и результаты представлены числами и отпечатками SHA-256.
"""


class Sealer:
    """Writes a case file member by member; nothing but the sums is kept in memory.

    Args:
        file: Where to; it must be able to seek.
        number: Of the case.
    """

    def __init__(self, file: IO[bytes], number: str) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self._number = number
        self._sums: dict[str, str] = {}
        self.add("readme.txt", README.format(number=number).encode())

    def add(self, path: str, content: bytes) -> None:
        """Write a member.

        Raises:
            ValueError: There is one of this name already.
        """
        if path in self._sums:
            raise ValueError(f"two members named {path}")
        self._sums[path] = hashlib.sha256(content).hexdigest()
        self._zip.writestr(member(path), content)

    def seal(self, key: SigningKey) -> None:
        """Write the manifest and its signature, and end the archive."""
        manifest = readable({"format": FORMAT, "case": self._number, "sha256": self._sums})
        signature = {"algorithm": "Ed25519", "public_key": key.public, "signature": key.sign(manifest)}
        self._zip.writestr(member(MANIFEST), manifest)
        self._zip.writestr(member(SIGNATURE), readable(signature))
        self._zip.close()


def member(path: str) -> zipfile.ZipInfo:
    """A header that depends on the path alone."""
    header = zipfile.ZipInfo(path)
    header.create_system = 3
    header.external_attr = 0o644 << 16
    return header


def readable(value: Any) -> bytes:
    """JSON for programs and people, the same for the same value."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
