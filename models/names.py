"""Names of courses and categories brought to one form, so that spelling doesn't hide an analogue."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_WORD = re.compile(r"\w+")
# Words that say what a thing is, not what it is about, and words of no weight in a title.
_STOP_WORDS = frozenset(
    _WORD.findall(
        "курс курсы курса курсов учебный учебная учебного учебных категория категории"
        " онлайн дистанционный дистанционные дистанционное дистанционная дистанционного"
        " программа программы рамках тема теме год года гг аис"
        " а без в во для до за и из или к ко на о об обо от по при про с со у"
    )
)
# Inflection, not meaning: «охрана», «охране», «охраной труда» are one thing.
_ENDING = re.compile(
    "(?:иями|ями|ами|иях|его|ого|ему|ому|ыми|ими|ией|иям|ием|"
    "ая|яя|ое|ее|ые|ие|ый|ий|ой|ей|ую|юю|ых|их|ым|им|ом|ем|ам|ям|ах|ях|ов|ев|ию|ия|ии|"
    "[аеиоуыьэюяй])$"
)
_SHORTEST_STEM = 4
_LATIN_LOOKALIKES = str.maketrans("aceopxykmhtb", "асеорхукмнтв")
_TWO_ALPHABETS = re.compile("(?=.*[а-я])(?=.*[a-z])")
_ROMAN_NUMBERS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")
_ROMAN = {roman: str(number) for number, roman in enumerate(_ROMAN_NUMBERS, start=1)} | {"xxi": "21"}
_YEAR = re.compile(r"(?:19|20)\d\d")


class Name(NamedTuple):
    """A title brought to one form.

    Attributes:
        words: Stems in the title's order, one space between, without stop words, years and numbers.
        numbers: Numbers that tell one part or level from another; years are not among them.
        years: Years in the title: editions of one course differ by these.
    """

    words: str
    numbers: frozenset[str]
    years: frozenset[str]


@lru_cache(maxsize=20_000)
def normalise(title: str) -> Name:
    """Bring a title to the form in which titles are compared.

    Case, ё, quotes, punctuation, spacing, endings of words and letters of the wrong alphabet don't
    matter; Roman numbers are read as Arabic. A title of stop words alone keeps them.

    >>> normalise("Учебный курс «Охрана труда», 2026 год, часть II")
    Name(words='охран труд част', numbers=frozenset({'2'}), years=frozenset({'2026'}))
    """
    years: set[str] = set()
    numbers: set[str] = set()
    words: list[str] = []
    for token in map(_read, _WORD.findall(_plain(title))):
        if _YEAR.fullmatch(token):
            years.add(token)
        elif token.isdecimal():
            numbers.add(token)
        else:
            words.append(token)
    telling = [word for word in words if word not in _STOP_WORDS]
    return Name(" ".join(map(_stem, telling or words)), frozenset(numbers), frozenset(years))


def _plain(title: str) -> str:
    return unicodedata.normalize("NFKC", title).casefold().replace("ё", "е").replace("_", " ")


@lru_cache(maxsize=20_000)
def _read(token: str) -> str:
    """A word in one alphabet, a number in Arabic digits."""
    if token in _ROMAN:
        return _ROMAN[token]
    return token.translate(_LATIN_LOOKALIKES) if _TWO_ALPHABETS.match(token) else token


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    stem = _ENDING.sub("", word)
    return stem if len(stem) >= _SHORTEST_STEM else word
