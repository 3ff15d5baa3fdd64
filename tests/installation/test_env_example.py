""".env.example: what it tells the person who installs is true."""

import re

import pytest

from models.settings import Settings
from tests.installation.compose import environment, examples, variables_read

EXAMPLES = examples()
SHOWN_NOT_DEFAULT = {
    "SEO_MOODLE_SITES",
    "SEO_METRICS_ADDRESS",
    "SEO_OIDC_ISSUER",
    "SEO_OIDC_CLIENT_ID",
    "SEO_OIDC_ROLES",
}


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of an installation where every line is taken as it stands."""
    monkeypatch.setenv("SEO_DATABASE_URL", environment("api")["SEO_DATABASE_URL"] or "")
    for name, example in EXAMPLES.items():
        monkeypatch.setenv(name, example.value)
    return Settings()


def test_it_names_exactly_what_compose_reads() -> None:
    assert set(EXAMPLES) == variables_read()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_variable_is_explained_in_russian(name: str) -> None:
    assert re.search(r"[А-Яа-я]{3}", EXAMPLES[name].explanation)


def test_it_holds_no_secret() -> None:
    assert {example.value for name, example in EXAMPLES.items() if "PASSWORD" in name} == {""}


def test_what_must_be_filled_in_is_not_commented_out() -> None:
    required = {f"SEO_{name.upper()}" for name, field in Settings.model_fields.items() if field.is_required()}

    to_fill_in = {name for name, example in EXAMPLES.items() if not example.is_commented_out}

    assert {name for name in to_fill_in if name.startswith("SEO_")} == required - {"SEO_DATABASE_URL"}


def test_it_is_valid_as_it_stands(settings: Settings) -> None:
    assert settings.moodle_sites["edu"].url == "https://moodle.example.org"


def test_what_it_calls_a_default_is_one(settings: Settings) -> None:
    optional = {
        f"SEO_{name.upper()}": (getattr(settings, name), field.get_default(call_default_factory=True))
        for name, field in Settings.model_fields.items()
        if not field.is_required()
    }

    shown = {name: optional[name] for name in optional.keys() & EXAMPLES.keys() - SHOWN_NOT_DEFAULT}

    assert {name: (here, default) for name, (here, default) in shown.items() if here != default} == {}
