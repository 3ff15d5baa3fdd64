"""Moodle's and PHP's ways with text."""

import re

# PHP's strip_tags: "<" followed by a space is text, anything else opens a tag that runs to ">" or to the end.
_TAG = re.compile(r"<[^\s>][^>]*(?:>|$)")
_BARE_AMPERSAND = re.compile(r"&(?![a-zA-Z0-9#]{1,8};)")


def strip_tags(text: str) -> str:
    return _TAG.sub("", text)


def format_string(text: str) -> str:
    """How Moodle shows a name: tags gone, ampersands and angle brackets escaped, quotes as they are."""
    escaped = _BARE_AMPERSAND.sub("&amp;", text)
    return strip_tags(escaped).replace("<", "&lt;").replace(">", "&gt;")


def number(value: float) -> float | int:
    """PHP writes a float without a fraction as a whole number."""
    return int(value) if value == int(value) else value


def like(pattern: str, value: str) -> bool:
    """SQL's case-insensitive LIKE."""
    parts = [re.escape(part).replace("_", ".") for part in pattern.split("%")]
    return re.fullmatch(".*".join(parts), value, re.IGNORECASE | re.DOTALL) is not None
