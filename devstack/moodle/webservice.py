"""The registry of web-service functions, and what a function is given when it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .access import Access
from .database import Database
from .params import Description, Single
from .records import Course, Settings, User
from .releases import MOODLE_3_7, Release
from .text import format_string

Args = dict[str, Any]
Answer = Any
Keys = Mapping[str, Description]


@dataclass(frozen=True)
class Call:
    """One call: the site, the account that makes it, and the settings that came with it."""

    db: Database
    release: Release
    access: Access
    base_url: str
    now: int
    raw_names: bool = False
    token_functions: tuple[str, ...] = ()

    @property
    def user(self) -> User:
        return self.access.user

    @property
    def settings(self) -> Settings:
        return self.db.settings.one(1)

    def shown(self, name: str) -> str:
        return name if self.raw_names else format_string(name)

    def no_record(self, table: str) -> str:
        can_not = "Can't" if self.release >= MOODLE_3_7 else "Can not"
        return f"{can_not} find data record in database table {table}."

    def picture_url(self, user: User, size: str) -> str:
        if self.release.number < (3, 0):
            return f"{self.base_url}/pluginfile.php/{user.context_id}/user/icon/{size}"
        return f"{self.base_url}/theme/image.php/boost/core/{self.settings.theme_revision}/u/{size}"

    def icon_url(self, modname: str) -> str:
        theme = "clean" if self.release.number < (3, 0) else "boost"
        return f"{self.base_url}/theme/image.php/{theme}/{modname}/{self.settings.theme_revision}/icon"

    def frontpage(self) -> Course:
        return self.db.courses.one(1)


@dataclass(frozen=True)
class Function:
    name: str
    parameters: Callable[[Release], Single]
    run: Callable[[Call, Args], Answer]


FUNCTIONS: dict[str, Function] = {}


def webservice(
    name: str, parameters: Keys | Callable[[Release], Keys]
) -> Callable[[Callable[[Call, Args], Answer]], Callable[[Call, Args], Answer]]:
    """Registers a function under its Moodle name; parameters may differ by release."""

    def describe(release: Release) -> Single:
        return Single(parameters(release) if callable(parameters) else parameters)

    def register(run: Callable[[Call, Args], Answer]) -> Callable[[Call, Args], Answer]:
        FUNCTIONS[name] = Function(name, describe, run)
        return run

    return register
