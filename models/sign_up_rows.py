"""«Запись на обучение» in Postgres: who holds a place, what is written to whom, who was accepted.

Whoever changes anything here holds the training's row locked. The rows hold persons.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.enrolment import Stage
from models.headings import Column
from models.letters import Notice
from models.signup import SignUp, Standing, Taken, email_key, promoted
from models.spreadsheets import Row
from models.tables import BulkLetter, EnrolmentRow, Person, Responsibility, SignUpRow, TrainingRow

LETTERS = "training/sign-ups"
"""The mailing that letters to those who signed up belong to."""

_HEADINGS = (
    Column.SURNAME,
    Column.FIRST_NAME,
    Column.PATRONYMIC,
    Column.EMAIL,
    Column.ORGANISATION,
    Column.POST,
)


def rules(training: TrainingRow) -> SignUp:
    return SignUp(places=training.places, closes_on=training.sign_up_until)


async def taken(session: AsyncSession, number: str) -> Taken:
    """How many hold a place, and how many wait for one."""
    query = (
        select(col(SignUpRow.state), func.count())
        .where(col(SignUpRow.training) == number)
        .group_by(col(SignUpRow.state))
    )
    counts = {Standing(state): count for state, count in (await session.execute(query)).all()}
    return Taken(
        held=sum(count for standing, count in counts.items() if standing.holds_place),
        waiting=counts.get(Standing.WAITING, 0),
    )


async def of_person(session: AsyncSession, number: str, email: str) -> SignUpRow | None:
    """The application of this address."""
    own = (col(SignUpRow.training) == number, func.lower(col(SignUpRow.email)) == email_key(email))
    return (await session.scalars(select(SignUpRow).where(*own))).first()


async def promote(session: AsyncSession, training: TrainingRow) -> None:
    """Places that are free go to the head of the waiting list, who are told."""
    count = promoted(rules(training), await taken(session, training.number))
    query = select(SignUpRow).where(
        col(SignUpRow.training) == training.number, col(SignUpRow.state) == Standing.WAITING
    )
    for row in (await session.scalars(query.order_by(col(SignUpRow.id)).limit(count))).all():
        row.state = Standing.APPLIED.value
        await write(session, row)


async def write(session: AsyncSession, row: SignUpRow) -> None:
    """The letter that says how the application stands now; the training's workflow sends it."""
    facts = {
        "notice": Notice.SIGN_UP.value,
        "name": f"{row.first_name} {row.patronymic}".strip(),
        "standing": row.state,
        "reason": row.reason,
    }
    await _write(session, row.training, row.email, facts)


async def write_to_responsible(session: AsyncSession, training: TrainingRow, on: date) -> None:
    """That applications wait for a decision; once on a local day, with the first application of it."""
    facts: dict[str, Any] = {"notice": Notice.SIGN_UP_WAITING.value, "on": str(on)}
    today = select(col(BulkLetter.row)).where(
        *_letters(training.number), col(BulkLetter.facts).contains(facts)
    )
    if (await session.execute(today.limit(1))).first():
        return
    query = (
        select(col(Person.email))
        .join(Responsibility)
        .where(col(Responsibility.course) == training.course, col(Responsibility.until).is_(None))
    )
    applied = (col(SignUpRow.training) == training.number, col(SignUpRow.state) == Standing.APPLIED)
    waiting = await session.scalar(select(func.count()).where(*applied))
    for address in await session.scalars(query):
        await _write(session, training.number, address, {**facts, "waiting": waiting})


async def _write(session: AsyncSession, training: str, address: str, facts: dict[str, Any]) -> None:
    last = await session.scalar(select(func.max(col(BulkLetter.row))).where(*_letters(training)))
    session.add(BulkLetter(number=training, step=LETTERS, row=(last or 0) + 1, address=address, facts=facts))
    await session.flush()


def _letters(training: str) -> tuple[Any, ...]:
    return (col(BulkLetter.number) == training, col(BulkLetter.step) == LETTERS)


async def accepted_rows(session: AsyncSession, training: str) -> list[Row]:
    """The accepted who are in no list yet, as a list of clause 4.5 with its headings.

    What reads a file reads this: `models.learners.read_list(await accepted_rows(…))`. Whoever opens the
    list calls `enrolled` in the same transaction. The headings alone where nobody is.
    """
    heading = Row(1, tuple(column.russian for column in _HEADINGS))
    return [
        heading,
        *(Row(place, _cells(one)) for place, one in enumerate(await _accepted(session, training), 2)),
    ]


async def enrolled(session: AsyncSession, training: str, enrolment: str) -> None:
    """The accepted who were in no list are in this one from now on."""
    own = update(SignUpRow).where(*_in_no_list(training))
    await session.execute(own.values(enrolment=enrolment), execution_options={"synchronize_session": False})


async def _accepted(session: AsyncSession, training: str) -> Sequence[SignUpRow]:
    query = select(SignUpRow).where(*_in_no_list(training))
    return (await session.scalars(query.order_by(col(SignUpRow.id)))).all()


def _in_no_list(training: str) -> tuple[Any, ...]:
    """Accepted, and in no list but one that came to nothing."""
    nothing = (Stage.USELESS, Stage.GIVEN_UP, Stage.LAPSED)
    of_nothing = select(col(EnrolmentRow.number)).where(col(EnrolmentRow.state).in_(nothing))
    enrolment = col(SignUpRow.enrolment)
    return (
        col(SignUpRow.training) == training,
        col(SignUpRow.state) == Standing.ACCEPTED,
        or_(enrolment.is_(None), enrolment.in_(of_nothing)),
    )


def _cells(row: SignUpRow) -> tuple[str, ...]:
    return (row.surname, row.first_name, row.patronymic, row.email, row.organisation, row.post)
