"""docker-compose.yml and .env.example, read for the tests."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are a package of their own, for these lines alone

ROOT = Path(__file__).parents[2]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ENGINE = {name: service for name, service in SERVICES.items() if service["image"].startswith("seo-engine:")}

_VARIABLE = re.compile(r"(# )?([A-Z][A-Z0-9_]*)=(.*)")


@dataclass(frozen=True)
class Example:
    """A variable of .env.example."""

    value: str
    is_commented_out: bool
    explanation: str


def environment(service: str) -> dict[str, str | None]:
    """What a service is given, as written; None: from .env, if it is there."""
    given: dict[str, str | None] = SERVICES[service].get("environment", {})
    return given


def variables_read() -> set[str]:
    """Every variable that .env can set."""
    passed_on = {
        name for service in SERVICES for name, value in environment(service).items() if value is None
    }
    return passed_on | set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE_TEXT))


def examples() -> dict[str, Example]:
    """The variables of .env.example; one without an explanation of its own shares the one above."""
    found: dict[str, Example] = {}
    explanation: list[str] = []
    follows_variable = False
    for line in (ROOT / ".env.example").read_text().splitlines():
        variable = _VARIABLE.fullmatch(line)
        if variable:
            value = variable[3].strip("'")
            found[variable[2]] = Example(value, variable[1] is not None, " ".join(explanation))
        elif follows_variable or not line:
            explanation = []
        if not variable and line:
            explanation.append(line)
        follows_variable = variable is not None
    return found


def config(name: str) -> Any:
    """The content of an inline config, as YAML."""
    return yaml.safe_load(COMPOSE["configs"][name]["content"])
