"""docker-compose.yml held against the settings; Docker itself is not at hand where the tests run."""

import re
import tomllib

import pytest
from fastapi.routing import APIRoute
from typer.testing import CliRunner

from api.app import create
from api.cli import app as command_line
from api.routes import health
from models.settings import Settings
from tests.installation.compose import COMPOSE, COMPOSE_TEXT, ENGINE, ROOT, SERVICES, config, environment

SETTINGS = {f"SEO_{name.upper()}": field for name, field in Settings.model_fields.items()}
GIVEN_BY_COMPOSE = {"SEO_DATABASE_URL", "SEO_TEMPORAL_ADDRESS"}
SECRET = re.compile(r"PASSWORD|PWD|SECRET|TOKEN|MOODLE_SITES")
WAITED_FOR = [
    (service, on, wait["condition"])
    for service, definition in SERVICES.items()
    for on, wait in definition.get("depends_on", {}).items()
]
ONE_SHOT = {on for _, on, condition in WAITED_FOR if condition == "service_completed_successfully"}


@pytest.mark.parametrize("service", ENGINE)
def test_the_engine_can_be_given_every_setting_and_nothing_unknown(service: str) -> None:
    assert {name for name in environment(service) if name.startswith("SEO_")} == set(SETTINGS)


@pytest.mark.parametrize("service", ["api", "worker"])
def test_a_missing_required_setting_stops_compose(service: str) -> None:
    required = {name for name, field in SETTINGS.items() if field.is_required()} - GIVEN_BY_COMPOSE

    for name in required:
        assert re.fullmatch(rf"\$\{{{name}:\?.+\}}", environment(service)[name] or "")


def test_a_setting_with_a_default_keeps_it() -> None:
    optional = {name: field for name, field in SETTINGS.items() if not field.is_required()}

    for name in optional.keys() - GIVEN_BY_COMPOSE:
        assert environment("api")[name] in (None, f"${{{name}:-{optional[name].default}}}")


def test_no_secret_is_written_down() -> None:
    secrets = [
        (name, value)
        for service in SERVICES
        for name, value in environment(service).items()
        if SECRET.search(name) and value is not None
    ]

    assert len(secrets) > 5
    assert all(re.fullmatch(r"\$\{[A-Z_]+:\?.+\}", value) for _, value in secrets)
    assert not re.search(r"://[^/\s@]+:[^/\s@]+@", COMPOSE_TEXT), "a password in an address"


def test_the_api_alone_is_open_to_the_outside() -> None:
    published = {
        name: [port for port in service.get("ports", []) if not port.startswith("127.0.0.1:")]
        for name, service in SERVICES.items()
    }

    assert {name: ports for name, ports in published.items() if ports} == {"api": ["${API_PORT:-8000}:8000"]}
    assert not any(service.get("network_mode") for service in SERVICES.values())


def test_storage_and_temporal_are_in_networks_without_a_way_out() -> None:
    for service in ("postgres", "temporal"):
        assert all(COMPOSE["networks"][name]["internal"] for name in SERVICES[service]["networks"])


def test_every_image_is_pinned() -> None:
    images = [service["image"] for service in SERVICES.values()]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    assert [image for image in images if not re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)?$", image)] == []
    assert {service["image"] for service in ENGINE.values()} == {f"seo-engine:{version}"}


def test_temporal_is_the_one_that_the_tests_run_on() -> None:
    modules = (ROOT / "devstack" / "temporal" / "go.mod").read_text()

    server = re.search(r"go\.temporal\.io/server v([\d.]+)", modules)
    ui = re.search(r"temporalio/ui-server/v2 v([\d.]+)", modules)

    assert server
    assert ui
    assert SERVICES["temporal"]["image"] == f"temporalio/server:{server[1]}"
    assert SERVICES["temporal-schema"]["image"] == f"temporalio/admin-tools:{server[1]}"
    assert SERVICES["temporal-ui"]["image"] == f"temporalio/ui:{ui[1]}"


def test_time_is_never_skipped() -> None:
    dynamic = config("temporal")

    assert dynamic["frontend.WorkflowTimeSkippingEnabled"] == [{"value": False}]
    assert [key for key in dynamic if "skip" in key.lower()] == ["frontend.WorkflowTimeSkippingEnabled"]
    assert COMPOSE_TEXT.lower().count("skipping") == 1
    assert "SEO_DEVSTACK" not in COMPOSE_TEXT


@pytest.mark.parametrize("service", sorted(SERVICES.keys() - ONE_SHOT))
def test_what_runs_for_long_is_started_again(service: str) -> None:
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", sorted(ONE_SHOT))
def test_what_prepares_ends_and_is_tried_again_when_it_failed(service: str) -> None:
    assert SERVICES[service]["restart"].startswith("on-failure:")


def test_what_others_wait_for_can_be_asked_whether_it_is_well() -> None:
    healthy = {on for _, on, condition in WAITED_FOR if condition == "service_healthy"}

    assert {name for name in healthy if "healthcheck" not in SERVICES[name]} == set()
    assert "healthcheck" in SERVICES["api"]


def test_api_and_worker_start_after_the_schema_and_the_namespace() -> None:
    for service in ("api", "worker"):
        assert set(SERVICES[service]["depends_on"]) == {"migrations", "temporal-namespace"} <= ONE_SHOT


def test_the_engine_and_temporal_have_databases_and_roles_of_their_own() -> None:
    engine = environment("api")["SEO_DATABASE_URL"]
    temporal = environment("temporal")

    assert engine == "postgresql+psycopg://seo@postgres/seo"
    assert {temporal["POSTGRES_USER"], environment("temporal-schema")["SQL_USER"]} == {"temporal"}
    assert {temporal["DBNAME"], temporal["VISIBILITY_DBNAME"]} == {"temporal", "temporal_visibility"}


def test_the_api_and_the_registration_of_the_namespace_are_started_by_their_names() -> None:
    register = SERVICES["temporal-namespace"]["command"]

    assert f"{create.__module__}:{create.__name__}" in SERVICES["api"]["command"]
    assert register[:3] == ["python", "-m", "api.cli"]
    assert CliRunner().invoke(command_line, [*register[3:], "--help"]).exit_code == 0


def test_the_health_check_asks_where_the_api_answers() -> None:
    [path] = [route.path for route in health.router.routes if isinstance(route, APIRoute)]

    assert f"'http://127.0.0.1:8000{path}'" in SERVICES["api"]["healthcheck"]["test"][-1]
