"""What Temporal may see of an exception: a type and a fixed text, never an address."""

from datetime import timedelta
from uuid import uuid4

import psycopg.errors
import pytest
import sqlalchemy.exc
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

from activities.errors import ErrorInterceptor, translate
from clients.mail import MailInvalid, MailRefused, MailRejected, MailShut, MailUnavailable
from clients.moodle import (
    FunctionMissing,
    MoodleBroken,
    MoodleDenied,
    MoodleError,
    MoodleRefused,
    MoodleUnavailable,
)
from models.errors import ContactMissing, Failure
from tests.engine import Engine

ADDRESS = "vera.testova@example.org"
SAID = Exception(f"duplicate key: {ADDRESS}")


def moodle(kind: type[MoodleError]) -> MoodleError:
    return kind("core_user_create_users", "invalidparameter", "edu")


def database(kind: type[sqlalchemy.exc.DBAPIError], said: Exception = SAID) -> sqlalchemy.exc.DBAPIError:
    return kind(f"INSERT INTO letters VALUES ('{ADDRESS}')", {"address": ADDRESS}, said)


@pytest.mark.parametrize(
    ("error", "failure", "is_retryable"),
    [
        (moodle(MoodleUnavailable), Failure.MOODLE_UNAVAILABLE, True),
        (moodle(MoodleDenied), Failure.MOODLE_DENIED, False),
        (moodle(FunctionMissing), Failure.MOODLE_DENIED, False),
        (moodle(MoodleRefused), Failure.MOODLE_REFUSED, False),
        (moodle(MoodleBroken), Failure.MOODLE_REFUSED, False),
        (ContactMissing(), Failure.CONTACT_MISSING, False),
        (MailUnavailable("timeout"), Failure.MAIL_UNAVAILABLE, True),
        (MailRefused("address refused", 550), Failure.MAIL_BOUNCED, False),
        (MailShut("SMTPAuthenticationError", 535), Failure.MAIL_SHUT, True),
        (MailRejected("SMTPDataError", 554), Failure.MAIL_REJECTED, False),
        (MailInvalid("subject"), Failure.MAIL_REJECTED, False),
        (database(sqlalchemy.exc.OperationalError), Failure.DATABASE_UNAVAILABLE, True),
        (database(sqlalchemy.exc.InterfaceError), Failure.DATABASE_UNAVAILABLE, True),
        (sqlalchemy.exc.TimeoutError(), Failure.DATABASE_UNAVAILABLE, True),
        (sqlalchemy.exc.NoResultFound(), Failure.NOT_FOUND, False),
        (database(sqlalchemy.exc.IntegrityError), Failure.DATABASE_REFUSED, False),
        (database(sqlalchemy.exc.DataError), Failure.DATABASE_REFUSED, False),
        (database(sqlalchemy.exc.InternalError), Failure.DATABASE_REFUSED, False),
        (
            database(sqlalchemy.exc.InternalError, psycopg.errors.ReadOnlySqlTransaction(ADDRESS)),
            Failure.DATABASE_UNAVAILABLE,
            True,
        ),
        (ValueError(ADDRESS), Failure.UNEXPECTED, True),
        (TimeoutError(), Failure.UNEXPECTED, True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_error_has_its_type_and_says_whether_trying_again_helps(
    error: Exception, failure: Failure, is_retryable: bool
) -> None:
    translated = translate(error)

    assert (translated.type, not translated.non_retryable) == (failure, is_retryable)
    assert ADDRESS not in translated.message
    assert translated.details == ()


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_is_named_in_russian(failure: Failure) -> None:
    assert failure.russian


@workflow.defn(sandboxed=False)
class _Leaking:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            leak,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )


@activity.defn
async def leak() -> None:
    try:
        raise ValueError(ADDRESS)
    except ValueError as error:
        raise database(sqlalchemy.exc.IntegrityError) from error


async def test_an_exception_that_quotes_an_address_leaves_none_in_the_history(engine: Engine) -> None:
    worker = Worker(
        engine.client,
        task_queue="leaking",
        workflows=[_Leaking],
        activities=[leak],
        interceptors=[ErrorInterceptor()],
    )

    async with worker:
        handle = await engine.client.start_workflow(
            _Leaking.run, id=f"leaking-{uuid4().hex}", task_queue="leaking"
        )
        with pytest.raises(WorkflowFailureError):
            await handle.result()

    history = (await handle.fetch_history()).to_json()
    assert Failure.DATABASE_REFUSED in history
    assert ADDRESS not in history
