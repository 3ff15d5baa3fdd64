"""What a chosen password must be before Moodle is asked."""

import pytest

from models.passwords import PasswordFlaw, flaw_of


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Длинный пароль-1", None),
        ("a", None),  # too weak for a site is for the site to say
        ("x" * 128, None),
        ("пароль 🙂", None),
        ("ivanov1", None),
        ("", PasswordFlaw.EMPTY),
        ("  \u00a0 ", PasswordFlaw.EMPTY),
        ("x" * 129, PasswordFlaw.TOO_LONG),
        ("пароль\n", PasswordFlaw.CONTROL_CHARACTERS),
        ("па\x00роль", PasswordFlaw.CONTROL_CHARACTERS),
        ("\ud800пароль", PasswordFlaw.CONTROL_CHARACTERS),
        ("ivanov", PasswordFlaw.OWN_NAME),
        ("IVANOV ", PasswordFlaw.OWN_NAME),
        ("Ivanov@Example.org", PasswordFlaw.OWN_NAME),
    ],
)
def test_a_password_is_fit_to_be_sent(password: str, expected: PasswordFlaw | None) -> None:
    assert flaw_of(password, username="ivanov", email="ivanov@example.org") is expected
    if expected:
        assert expected.russian.endswith(".")


def test_an_account_without_an_email_has_only_its_username_to_avoid() -> None:
    assert flaw_of(" x", username="ivanov") is None
