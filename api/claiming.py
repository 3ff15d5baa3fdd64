"""Using a claim code (clause 4.5): the chosen password goes straight to Moodle and nowhere else.

The account's row is locked while Moodle is asked, so that of two who hold one code the second finds it
used. Whoever is killed after Moodle has taken the password leaves the code as it was: it is used again.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import aiohttp
import structlog
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from clients.moodle import (
    AccountSuspended,
    MoodleClient,
    MoodleError,
    NotFound,
    OtherSignIn,
    PasswordRefused,
    Protected,
    User,
    open_session,
)
from models import claim_codes, claims, passwords, store
from models.claims import Claim, Holder, Standing
from models.settings import Settings
from models.step import Step
from models.tables import Account, CaseRow, ClaimCode
from models.terms import Clause

log = structlog.get_logger()

_AT_ONCE = 8
"""Claims that hold a connection to Postgres while Moodle is asked; others wait for their turn."""

_PATIENCE_SECONDS = 20
_LONGEST_CALL = timedelta(seconds=10)


class Outcome(StrEnum):
    """What a person who comes with a code is answered."""

    READY = "ready"
    """The code is good: a password may be chosen."""
    DONE = "done"
    NO_SUCH_CODE = "no-such-code"
    """Unknown, used up or revoked: whoever guesses learns no more."""
    EXPIRED = "expired"
    BAD_PASSWORD = "bad-password"
    NO_WAY = "no-way"
    """No code may set a password of this account."""
    AWAY = "away"
    """Not now; the code stays good."""


class Answer(NamedTuple):
    outcome: Outcome
    why: str = ""
    """In Russian, where the outcome alone does not say it."""
    username: str = ""
    course: str = ""
    site_url: str = ""


class _Found(NamedTuple):
    code: ClaimCode
    account: Account
    course: str


@dataclass(frozen=True)
class Claiming:
    """What the claim page works with."""

    sessions: store.Sessions
    moodles: Mapping[str, MoodleClient]
    sites: Mapping[str, str]
    turns: asyncio.Semaphore

    async def look(self, typed: str) -> Answer:
        """What a code is good for; nothing is used up."""
        async with self.sessions() as session:
            found = await _find(session, typed)
        return self._standing(found)

    async def claim(self, typed: str, password: str, again: str) -> Answer:
        """Set the password of the code's account, and use the code up."""
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self.turns.acquire()
        except TimeoutError:
            return Answer(Outcome.AWAY)
        try:
            async with self.sessions.begin() as session:
                return await self._claim(session, typed, password, again)
        finally:
            self.turns.release()

    async def _claim(self, session: AsyncSession, typed: str, password: str, again: str) -> Answer:
        found = await _find(session, typed, lock=True)
        answer = self._standing(found)
        if found is None or answer.outcome is not Outcome.READY:
            return answer
        if flaw := _flaw(password, again, found.account):
            return answer._replace(outcome=Outcome.BAD_PASSWORD, why=flaw)
        refused = await self._set_password(found.account, password)
        if refused is not None:
            return answer._replace(outcome=refused.outcome, why=refused.why)
        await _use_up(session, found, datetime.now(UTC))
        return answer._replace(outcome=Outcome.DONE)

    def _standing(self, found: _Found | None) -> Answer:
        now = datetime.now(UTC)
        claim = found and Claim(found.code.expires_at, found.code.used_at, found.code.revoked_at)
        standing = claims.standing(claim, now)
        if standing is Standing.EXPIRED:
            return Answer(Outcome.EXPIRED, standing.russian)
        # An account that was claimed by another code has none left, whatever its row says.
        if found is None or standing is not Standing.USABLE or found.account.claimed_at is not None:
            return Answer(Outcome.NO_SUCH_CODE)
        site_url = self.sites.get(found.account.subsystem, "")
        return Answer(Outcome.READY, username=found.account.username, course=found.course, site_url=site_url)

    async def _set_password(self, account: Account, password: str) -> Answer | None:
        """None when Moodle has taken it."""
        moodle = self.moodles.get(account.subsystem)
        if moodle is None:
            return Answer(Outcome.AWAY)
        try:
            users = await moodle.users([account.moodle_id], asyncio.Semaphore())
            if why := _why_not(account, users.get(account.moodle_id)):
                return Answer(Outcome.NO_WAY, why)
            await moodle.set_password(account.moodle_id, password)
        except PasswordRefused:
            return Answer(Outcome.BAD_PASSWORD, _POLICY)
        except (AccountSuspended, OtherSignIn, Protected, NotFound) as error:
            return Answer(Outcome.NO_WAY, _NO_WAY[type(error)])
        except MoodleError as error:
            log.warning("password not set", error=type(error).__name__, subsystem=account.subsystem)
            return Answer(Outcome.AWAY)
        return None


def connect(settings: Settings, sessions: store.Sessions, http: aiohttp.ClientSession) -> Claiming:
    """Over a session that the caller closes."""
    sites = settings.moodle_sites
    timeout = min(settings.moodle_timeout, _LONGEST_CALL)
    moodles = {
        code: MoodleClient(http, site.url, site.token.get_secret_value(), timeout=timeout)
        for code, site in sites.items()
    }
    for moodle in moodles.values():
        # A person waits, and a row is locked: they would rather try again themselves.
        moodle.pauses = ()
    urls = {code: site.url.rstrip("/") for code, site in sites.items()}
    return Claiming(sessions, moodles, urls, asyncio.Semaphore(_AT_ONCE))


@asynccontextmanager
async def connected(settings: Settings, sessions: store.Sessions) -> AsyncIterator[Claiming]:
    """Over connections of its own."""
    async with open_session() as http:
        yield connect(settings, sessions, http)


async def _find(session: AsyncSession, typed: str, *, lock: bool = False) -> _Found | None:
    code = claims.normalise(typed)
    if not code:
        return None
    own = select(ClaimCode).where(col(ClaimCode.sha256) == claims.hashed(code))
    row = (await session.scalars(own)).first()
    if row is None:
        return None
    key = (row.subsystem, row.moodle_id)
    account = await session.get_one(Account, key, with_for_update=lock or None)
    if lock:
        # Another holder of the code may have used it while the account was waited for.
        await session.refresh(row)
    case = await session.get_one(CaseRow, row.number)
    return _Found(row, account, case.title)


async def _use_up(session: AsyncSession, found: _Found, at: datetime) -> None:
    await session.execute(
        update(ClaimCode).where(col(ClaimCode.sha256) == found.code.sha256).values(used_at=at)
    )
    await claim_codes.revoke(session, [found.account], at)
    found.account.claimed_at = at
    step = Step(number=found.code.number, step=f"enrolment/claimed-{found.code.row}", at=at)
    what = f"Пользователь выбрал пароль по коду: строка {found.code.row}"
    await store.write_once(session, step, Clause.ENROLMENT, what, by=claim_codes.LEARNER)


def _flaw(password: str, again: str, account: Account) -> str:
    flaw = passwords.flaw_of(password, username=account.username, email=account.email)
    if flaw is not None:
        return flaw.russian
    return "" if password == again else "Пароли в двух полях различаются: введите их ещё раз."


def _why_not(account: Account, user: User | None) -> str:
    if user is None:
        return _NO_WAY[NotFound]
    holder = Holder(
        is_ours=account.made_by is not None and account.person is None,
        is_claimed=account.claimed_at is not None,
        is_used=bool(user.first_access),
        auth=user.auth,
        suspended=user.suspended,
    )
    no_code = claims.why_no_code(holder)
    return f"{no_code.russian[0].upper()}{no_code.russian[1:]}." if no_code else ""


_POLICY = (
    "Сайт не принял этот пароль: он не отвечает правилам сайта. Обычно нужны не меньше 8 знаков, а среди них"
    " заглавная и строчная буква, цифра и знак, такой как «-» или «*»."
)
_NO_WAY: dict[type[MoodleError], str] = {
    AccountSuspended: "Учётная запись заблокирована.",
    OtherSignIn: "Вход в эту учётную запись выполняется другим способом, пароль ей не нужен.",
    Protected: "Пароль этой учётной записи по коду не меняется.",
    NotFound: "Этой учётной записи на сайте больше нет.",
}
