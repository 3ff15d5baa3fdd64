"""`python -m verify FILE [KEY]`: whether a sealed case file is as the installation sealed it, offline.

The exit code is 0 when nothing is wrong, 1 when something is, 2 when the file can't be opened or the call is
wrong, and 3 when the file is whole but no key was given, so that anybody may have signed it.
"""

import sys
from pathlib import Path

from models.case_check import Check, check
from models.signing import is_key

_USAGE = "Вызов: python -m verify ФАЙЛ [ОТКРЫТЫЙ_КЛЮЧ]; ключ — 64 шестнадцатеричные цифры"


def main(arguments: list[str]) -> int:
    """Tell in Russian what was found; the exit code."""
    if not 1 <= len(arguments) <= 2 or not all(is_key(key.lower()) for key in arguments[1:]):
        sys.stderr.write(f"{_USAGE}\n")
        return 2
    path, key = Path(arguments[0]), arguments[1] if arguments[1:] else None
    try:
        checked = check(path, key)
    except OSError as error:
        sys.stderr.write(f"Файл не открывается: {error.strerror}\n")
        return 2
    sys.stdout.write("\n".join(_lines(checked, is_key_given=key is not None)) + "\n")
    if checked.findings:
        return 1
    return 0 if key else 3


def _lines(checked: Check, *, is_key_given: bool) -> list[str]:
    if checked.findings:
        return ["ФАЙЛ ДЕЛА ИЗМЕНЁН ИЛИ ПОВРЕЖДЁН", *(f"– {finding}" for finding in checked.findings)]
    intact = f"Дело {checked.number}: цело, файлов {checked.members}."
    if is_key_given:
        return [intact, "Подпись установки верна."]
    return [
        intact,
        f"Подписано ключом {checked.public_key}.",
        "Чей это ключ, не проверено: сверьте его с открытым ключом установки и укажите вторым аргументом.",
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
