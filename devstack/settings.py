"""Where the embedded stack listens and keeps its state.

Every value is read from `SEO_DEVSTACK_<NAME>`: `SEO_DEVSTACK_API_PORT=9000 make run`.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "SEO_DEVSTACK_"
NAMESPACE = "seo"


class DevstackSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    temporal_address: str | None = Field(
        default=None, description="host:port of a Temporal that runs already; none is built or started then"
    )
    namespace: str = Field(default=NAMESPACE, description="Temporal namespace, registered when it is absent")
    time_skipping: bool = Field(
        default=True, description="the stack is for trying things; a real installation never skips time"
    )
    temporal_port: int = 7233
    temporal_ui_port: int = 8233
    api_port: int = 8000
    moodle_port: int = 8937
    smtp_port: int = 8025
    letters_port: int = 8026
    var_folder: Path = Field(default=Path("var"), description="state that survives a restart")


def variable(field: str) -> str:
    """The environment variable that sets a field: `api_port` -> `SEO_DEVSTACK_API_PORT`."""
    if field not in DevstackSettings.model_fields:
        raise KeyError(field)
    return PREFIX + field.upper()
