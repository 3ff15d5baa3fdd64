"""What people and organisations are called, as one line that any document can show."""

from typing import Annotated, Any

from pydantic import BeforeValidator


def one_line(text: Any) -> Any:
    """Text in one line, without control characters, turners of direction and lone surrogates.

    What isn't text comes back as it is, for a validator to judge.
    """
    return " ".join(text.translate(_UNSHOWN).split()) if isinstance(text, str) else text


def clean(text: str) -> str:
    """The same for text of several lines, whose line breaks and tabs stay."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_UNPRINTABLE)


_CONTROLS = {code for code in {*range(0x20), *range(0x7F, 0xA0)} if not chr(code).isspace()}
# These make text run backwards, and an address look like another one.
_TURNERS = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_UNSHOWN = dict.fromkeys([*_CONTROLS, *_TURNERS, *range(0xD800, 0xE000)])
_UNPRINTABLE = {**_UNSHOWN, **dict.fromkeys({*range(0x20), *range(0x7F, 0xA0)} - {ord("\n"), ord("\t")})}

Line = Annotated[str, BeforeValidator(one_line)]


def same(name: str) -> str:
    """A name as a key: case, ё, kinds of quotes and spaces don't make another organisation or person."""
    plain = name.translate(_PLAIN).casefold()
    return " ".join(plain.split())


_ALIKE = {**dict.fromkeys(map(ord, "«»“”„"), '"'), ord("№"): " № ", ord("ё"): "е", ord("Ё"): "Е"}
_PLAIN = {**_UNSHOWN, **_ALIKE}
