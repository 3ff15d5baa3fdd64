"""Where the embedded stack listens and keeps its state.

Every value is read from `SEO_DEVSTACK_<NAME>`: `SEO_DEVSTACK_API_PORT=9000 make run`.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from devstack.errors import DevstackError
from devstack.ports import HOST

PREFIX = "SEO_DEVSTACK_"
NAMESPACE = "seo"

PortNumber = Annotated[int, Field(ge=1, le=65535)]


class DevstackSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    temporal_address: str | None = Field(
        default=None, description="host:port of a Temporal that runs already; none is built or started then"
    )
    namespace: str = Field(default=NAMESPACE, description="Temporal namespace, registered when it is absent")
    time_skipping: bool = Field(
        default=True, description="the stack is for trying things; a real installation never skips time"
    )
    temporal_port: PortNumber = 7233
    temporal_ui_port: PortNumber = 8233
    api_port: PortNumber = 8000
    moodle_port: PortNumber = 8937
    smtp_port: PortNumber = 8025
    letters_port: PortNumber = 8026
    var_folder: Path = Field(default=Path("var"), description="state that survives a restart")

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.api_port}"

    @property
    def moodle_url(self) -> str:
        return f"http://{HOST}:{self.moodle_port}"

    @property
    def letters_url(self) -> str:
        return f"http://{HOST}:{self.letters_port}"

    @property
    def ui_url(self) -> str:
        return f"http://{HOST}:{self.temporal_ui_port}"

    @property
    def where_temporal_is(self) -> str:
        """host:port, ours or another's."""
        return self.temporal_address or f"{HOST}:{self.temporal_port}"

    @property
    def keys_file(self) -> Path:
        return self.var_folder.absolute() / "keys.json"

    @property
    def letters_folder(self) -> Path:
        return self.var_folder.absolute() / "letters"


class WrongSetting(DevstackError):
    """A variable holds what is no value of its field."""


def read() -> DevstackSettings:
    """The settings of this process.

    Raises:
        WrongSetting: It names the variables that hold nonsense.
    """
    try:
        return DevstackSettings()
    except ValidationError as error:
        wrong = ", ".join(variable(str(one["loc"][0])) for one in error.errors())
        raise WrongSetting(f"Недопустимое значение: {wrong}.") from None


def variable(field: str) -> str:
    """The environment variable that sets a field: `api_port` -> `SEO_DEVSTACK_API_PORT`."""
    if field not in DevstackSettings.model_fields:
        raise KeyError(field)
    return PREFIX + field.upper()
