"""Clause 4.5 - the plan of a registration: what becomes of each row of a list, before anything is written.

Pure, and made chunk by chunk: each row by itself, given what Moodle knows of the chunk's e-mails.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.learners import Entry, Learner, Wrong
from models.lines import same


@dataclass(frozen=True, slots=True)
class Account:
    """What Moodle tells of an account; blank or `None` where it tells nothing."""

    id: int
    username: str = ""
    email: str = ""
    surname: str = ""
    """Moodle's `lastname`."""
    given_name: str = ""
    """Moodle's `firstname`: «Имя» or «Имя Отчество»."""
    auth: str | None = None
    suspended: bool | None = None


class Verdict(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    EXISTING = "existing"
    CLASH = "clash"
    WRONG = "wrong"

    @property
    def is_run(self) -> bool:
        """Whether the run takes the row; the others are set aside."""
        return self in (Verdict.NEW, Verdict.EXISTING)

    @property
    def russian(self) -> str:
        return _VERDICTS[self]


class Reason(StrEnum):
    """Why a verdict is what it is."""

    NEW = "new"
    NO_EMAIL = "no-email"
    EXISTS = "exists"
    MADE_BEFORE = "made-before"
    OTHER_NAME = "other-name"
    SEVERAL_ACCOUNTS = "several-accounts"
    SUSPENDED = "suspended"
    WRONG_ROW = "wrong-row"


@dataclass(frozen=True, slots=True)
class Planned:
    """A row's verdict."""

    row: int
    verdict: Verdict
    reason: Reason
    words: str
    """In Russian; may name a person."""
    account_id: int | None = None
    """The account in Moodle, for `EXISTING` alone."""


def plan(
    entries: Iterable[Entry],
    accounts: Iterable[Account],
    made: Mapping[str, Account] | None = None,
    unclear: Collection[str] = (),
) -> list[Planned]:
    """Verdicts of a chunk of a list, row by row in its order.

    Args:
        entries: Rows as `learners.read_list` gives them.
        accounts: All accounts that Moodle has under the chunk's e-mails, in whatever case.
        made: By `Learner.key`, accounts that the engine created earlier for people without an e-mail.
        unclear: E-mails of the chunk, as written there, that several accounts have which are not told.
    """
    by_email: dict[str, list[Account]] = defaultdict(list)
    for account in accounts:
        by_email[account.email.casefold()].append(account)
    return [_judge(entry, by_email, made or {}, unclear) for entry in entries]


def count(plans: Iterable[Planned]) -> Counter[Verdict]:
    """Rows by verdict. Counts of chunks add up: `Counter` has `+`."""
    return Counter(planned.verdict for planned in plans)


def in_words(counts: Mapping[Verdict, int]) -> str:
    """«новых 480, уже в Moodle 15, спорных 3, с ошибками 2»"""
    return ", ".join(f"{word} {counts.get(verdict, 0)}" for verdict, word in _COUNTED.items())


def _judge(
    entry: Entry,
    by_email: Mapping[str, Sequence[Account]],
    made: Mapping[str, Account],
    unclear: Collection[str],
) -> Planned:
    if isinstance(entry, Wrong):
        words = "; ".join(problem.words for problem in entry.problems)
        return Planned(entry.row, Verdict.WRONG, Reason.WRONG_ROW, words)
    if not entry.email:
        earlier = made.get(entry.key)
        return _judge_account(entry, earlier, Reason.MADE_BEFORE) if earlier else _new(entry, Reason.NO_EMAIL)
    if entry.email in unclear:
        return _clash(entry, Reason.SEVERAL_ACCOUNTS, "система выбирать не может")
    found = by_email.get(entry.email.casefold(), ())
    if len(found) > 1:
        named = ", ".join(_shown(account) for account in found)
        return _clash(entry, Reason.SEVERAL_ACCOUNTS, f"{len(found)}: {named}")
    return _judge_account(entry, found[0], Reason.EXISTS) if found else _new(entry, Reason.NEW)


def _judge_account(learner: Learner, account: Account, reason: Reason) -> Planned:
    # An account with the auth «nologin» lets nobody in either.
    if account.suspended or account.auth == "nologin":
        return _clash(learner, Reason.SUSPENDED, _shown(account))
    if not is_same_person(learner, account):
        return _clash(learner, Reason.OTHER_NAME, _shown(account))
    words = _WORDS[reason].format(_shown(account))
    return Planned(learner.row, Verdict.EXISTING, reason, words, account.id)


def _new(learner: Learner, reason: Reason) -> Planned:
    return Planned(learner.row, Verdict.NEW, reason, _WORDS[reason])


def _clash(learner: Learner, reason: Reason, fact: str) -> Planned:
    return Planned(learner.row, Verdict.CLASH, reason, _WORDS[reason].format(fact))


def is_same_person(learner: Learner, account: Account) -> bool:
    """Whether the names agree, however they are spelt.

    Case, ё, Latin look-alikes, initials for a name, an absent patronymic, and surname and name that
    changed places don't matter. Another surname, another first name or another patronymic does.
    """
    listed = (*_words(learner.surname), *_words(learner.given_name))
    surname, given = _words(account.surname), _words(account.given_name)
    orders = ((*surname, *given), (*given, *surname))
    return bool(surname and given) and any(_agree(listed, known) for known in orders)


def _agree(listed: Sequence[str], known: Sequence[str]) -> bool:
    """Word by word; where one is shorter, all that both have, surname and first name at least."""
    both = list(zip(listed, known, strict=False))
    return len(both) >= _SURNAME_AND_NAME and all(
        one == other or (at > 0 and 1 in (len(one), len(other)) and one[0] == other[0])
        for at, (one, other) in enumerate(both)
    )


def _words(name: str) -> tuple[str, ...]:
    plain = same(name).translate(_LOOKALIKES).replace(".", " ")
    return tuple(plain.replace("-", " ").split())


def _shown(account: Account) -> str:
    name = f"{account.surname} {account.given_name}".strip() or "имя не показано"
    return f"{name} ({account.username})" if account.username else name


_SURNAME_AND_NAME = 2
# A Latin letter inside a Russian name looks the same and is another letter.
_LOOKALIKES = str.maketrans("aceopxykmhtb", "асеорхукмнтв")
_COUNTED = {
    Verdict.NEW: "новых",
    Verdict.EXISTING: "уже в Moodle",
    Verdict.CLASH: "спорных",
    Verdict.WRONG: "с ошибками",
}
_VERDICTS = {
    Verdict.NEW: "новый",
    Verdict.EXISTING: "уже в Moodle",
    Verdict.CLASH: "спорный",
    Verdict.WRONG: "с ошибкой",
}
_WORDS = {
    Reason.NEW: "будет создана учётная запись",
    Reason.NO_EMAIL: "будет создана учётная запись; почты нет, код выдаётся на бумаге",
    Reason.EXISTS: "уже есть в Moodle: {}",
    Reason.MADE_BEFORE: "учётная запись создана раньше: {}",
    Reason.OTHER_NAME: "в Moodle этот адрес почты у другого человека: {}",
    Reason.SEVERAL_ACCOUNTS: "в Moodle несколько учётных записей с этим адресом почты, {}",
    Reason.SUSPENDED: "учётная запись в Moodle заблокирована: {}",
}
