from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.moodle import rules, throwaway_password, username_for

_NAMES = [
    ("Иванов", "Иван", "ivanov.i"),
    ("Щукина", "Юлия", "shchukina.iu"),
    ("Ёлкин", "Жан", "elkin.zh"),
    ("Объедков", "Яков", "obieedkov.ia"),
    ("Кольцова-Эрн", "Цветана", "koltsova-ern.ts"),
    ("Хасьянов", "Рәшит", "khasianov.r"),
    ("Мамин Сибиряк", "Дмитрий", "maminsibiriak.d"),
    ("Müller", "Éva", "muller.e"),
    ("Ким", "", "kim"),
    ("李", "明", "user"),
]


@pytest.mark.parametrize(("last_name", "first_name", "expected"), _NAMES)
def test_a_name_is_written_in_latin_letters(last_name: str, first_name: str, expected: str) -> None:
    username = username_for(last_name, first_name, key="r-17")

    name, _, suffix = username.rpartition("-")
    assert name == expected
    assert len(suffix) == 6


def test_the_same_key_gives_the_same_name_and_a_namesake_gets_another() -> None:
    first = username_for("Иванов", "Иван", key="r-17")

    assert username_for("Иванов", "Иван", key="r-17") == first
    assert username_for("Иванов", "Иван", key="r-18") != first


@given(st.text(), st.text(), st.text())
def test_whatever_the_name_is_moodle_takes_it(last_name: str, first_name: str, key: str) -> None:
    username = username_for(last_name, first_name, key=key)

    assert rules.person(username, "p@example.com", "И", "П") is None
    assert username == username.lower()


def test_a_throwaway_password_satisfies_any_usual_policy() -> None:
    password = throwaway_password()

    assert len(password) == 24
    assert len(set(password)) == 24
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    assert [sum(character in kind for character in password) for kind in kinds] == [6, 6, 6]
    assert throwaway_password() != password
