"""One Moodle site: its data, and the way of a web-service call through it."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import (  # noqa: F401 - each module registers its functions
    accounts,
    catalogue,
    categories,
    category_removal,
    contents,
    courses,
    enrolments,
    grade_report,
    grades,
    grades_table,
    participants,
    people,
    roles,
    siteinfo,
)
from .access import Access
from .authentication import ExpiredToken, account_of, check_protocol, check_service, token_of
from .database import Database
from .errors import InvalidParameter, MissingRecord, MoodleError
from .faults import Circumstances
from .params import validate
from .records import Settings, Token, User
from .releases import Release
from .webservice import FUNCTIONS, Call

_PROTOCOL_FIELDS = ("wstoken", "wsfunction", "moodlewsrestformat")
_SETTING_PREFIX = "moodlewssetting"
_STAMPED_FOR = 60


@dataclass
class Site:
    """A site under its path, say ``edu``; ``clock`` gives seconds since 1970."""

    path: str
    release: Release
    db: Database = field(default_factory=Database)
    clock: Callable[[], float] = time.time
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def settings(self) -> Settings:
        return self.db.settings.one(1)

    @property
    def now(self) -> int:
        return int(self.clock())

    def serve(self, form: dict[str, Any], base_url: str, client: str, around: Circumstances) -> Any:
        """Runs the call in one transaction; raises MoodleError and undoes everything when it is refused."""
        token = self._token(form.get("wstoken"), client)
        access = self._access(token, around)
        function = self._function(form.get("wsfunction"))
        check_service(token, function)
        call = Call(
            db=self.db,
            release=self.release,
            access=access,
            base_url=base_url,
            now=self.now,
            raw_names=form.get("moodlewssettingraw") in ("1", "true"),
            token_functions=tuple(token.functions),
        )
        return self._run(call, function, _parameters(form))

    def _token(self, value: str | None, client: str) -> Token:
        try:
            return token_of(self.db, value, client, self.now)
        except ExpiredToken as expired:
            with self.db.transaction():
                self.db.tokens.remove(expired.token)
            raise

    def _access(self, token: Token, around: Circumstances) -> Access:
        user = account_of(self.db, token)
        access = Access(
            db=self.db,
            release=self.release,
            user=user,
            must_change_password=user.must_change_password or around.must_change_password,
            denied=around.denied,
            now=self.now,
        )
        check_protocol(self.db, access)
        return access

    def _stamp(self, user: User) -> None:
        """3.7 leaves no trace of a service's calls; older releases stamp the account, once a minute."""
        if self.release.number < (3, 7) and user.lastaccess < self.now - _STAMPED_FOR:
            self.db.users.change(user, lastaccess=self.now)

    def _function(self, name: str | None) -> str:
        if name is None:
            raise InvalidParameter("Missing wsfunction")
        if name not in self.release.functions:
            message = f"{self._can_not()} find data record in database table external_functions."
            query = f"SELECT * FROM {{external_functions}} WHERE name = ?\n[array (\n  0 => '{name}',\n)]"
            raise MissingRecord("invalidrecord", message, query)
        return name

    def _can_not(self) -> str:
        return "Can't" if self.release.number >= (3, 7) else "Can not"

    def _run(self, call: Call, name: str, given: dict[str, Any]) -> Any:
        function = FUNCTIONS.get(name)
        if function is None:
            raise MoodleError("notinstandin", f"The stand-in does not have {name} yet")
        with self.db.transaction():
            self._stamp(call.user)
            arguments = validate(function.parameters(self.release), given, self.settings.languages)
            return function.run(call, arguments)


def _parameters(form: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in form.items()
        if key not in _PROTOCOL_FIELDS and not key.startswith(_SETTING_PREFIX)
    }
