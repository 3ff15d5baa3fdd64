"""From what the clients raise to what Temporal may see: one table.

Every foreign exception becomes an `ApplicationError` with a type and a fixed text,
so that no driver's or Moodle's message carries an address into a history.
"""

from typing import Any, NamedTuple

import psycopg.errors
import sqlalchemy.exc
import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from clients.mail import MailRefused, MailRejected, MailShut, MailUnavailable
from clients.moodle import AccountSuspended, MoodleDenied, MoodleError, MoodleUnavailable, NotUnique
from models.errors import ContactMissing, CourseGone, Failure, MadeByHand, NotConfirmed, SiteMissing

log = structlog.get_logger()


class _Kind(NamedTuple):
    failure: Failure
    retryable: bool
    text: str


_TABLE: tuple[tuple[type[BaseException], _Kind], ...] = (
    (MoodleUnavailable, _Kind(Failure.MOODLE_UNAVAILABLE, True, "Moodle недоступна.")),
    (MoodleDenied, _Kind(Failure.MOODLE_DENIED, False, "Moodle не даёт служебной учётной записи прав.")),
    (AccountSuspended, _Kind(Failure.ACCOUNT_SUSPENDED, False, "Учётная запись в Moodle заблокирована.")),
    (NotUnique, _Kind(Failure.MOODLE_AMBIGUOUS, False, "В Moodle подходит не одна запись.")),
    (MoodleError, _Kind(Failure.MOODLE_REFUSED, False, "Moodle отклонила действие.")),
    (NotConfirmed, _Kind(Failure.MOODLE_UNCONFIRMED, False, "Moodle не подтверждает сделанного.")),
    (SiteMissing, _Kind(Failure.SITE_MISSING, False, "Moodle подсистемы не указана в настройках.")),
    (CourseGone, _Kind(Failure.COURSE_GONE, False, "Учебного курса нет в Moodle.")),
    (MadeByHand, _Kind(Failure.MADE_BY_HAND, False, "Номер в Moodle не известен.")),
    (ContactMissing, _Kind(Failure.CONTACT_MISSING, False, "Нет адреса ответственного лица.")),
    (MailUnavailable, _Kind(Failure.MAIL_UNAVAILABLE, True, "Почтовый сервер недоступен.")),
    (MailShut, _Kind(Failure.MAIL_SHUT, True, "Почтовый сервер не пускает систему.")),
    (MailRefused, _Kind(Failure.MAIL_BOUNCED, False, "Адрес не принимает почту.")),
    (MailRejected, _Kind(Failure.MAIL_REJECTED, False, "Почтовый сервер не принял письмо.")),
    (
        sqlalchemy.exc.OperationalError,
        _Kind(Failure.DATABASE_UNAVAILABLE, True, "База данных недоступна."),
    ),
    (
        sqlalchemy.exc.InterfaceError,
        _Kind(Failure.DATABASE_UNAVAILABLE, True, "База данных недоступна."),
    ),
    # A standby, until it is promoted or the address leads to the primary again.
    (
        psycopg.errors.ReadOnlySqlTransaction,
        _Kind(Failure.DATABASE_UNAVAILABLE, True, "База данных только для чтения."),
    ),
    (sqlalchemy.exc.TimeoutError, _Kind(Failure.DATABASE_UNAVAILABLE, True, "База данных занята.")),
    (sqlalchemy.exc.NoResultFound, _Kind(Failure.NOT_FOUND, False, "Записи нет.")),
    (sqlalchemy.exc.DBAPIError, _Kind(Failure.DATABASE_REFUSED, False, "База данных отклонила запись.")),
)
"""First match counts, of the error or of the driver's behind it.

What is not here is a bug: retried until a fix is deployed.
"""

_UNEXPECTED = _Kind(Failure.UNEXPECTED, True, "Непредвиденная ошибка, подробности в журнале исполнителя.")


_UNEXPECTED_ATTEMPTS = 20
"""After a quarter of an hour a bug becomes the operator's task, so that somebody sees it."""


def translate(error: Exception, *, attempt: int = 1) -> ApplicationError:
    """The failure that Temporal may keep of an exception.

    Returns:
        An `ApplicationError` whose type is a `Failure`, whose text is fixed, and which says
        whether trying again can help.
    """
    said = (error, getattr(error, "orig", None))
    kind = next((kind for known, kind in _TABLE if any(isinstance(one, known) for one in said)), _UNEXPECTED)
    is_given_up = kind is _UNEXPECTED and attempt >= _UNEXPECTED_ATTEMPTS
    return ApplicationError(kind.text, type=kind.failure, non_retryable=is_given_up or not kind.retryable)


class ErrorInterceptor(Interceptor):
    """Puts every activity behind the table."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Translator(next)


class _Translator(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            return await super().execute_activity(input)
        except (ApplicationError, CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - the one place that sees them all
            failure = translate(error, attempt=activity.info().attempt)
            _log(error, failure)
            raise failure from None


def _log(error: Exception, failure: ApplicationError) -> None:
    """Class and type, never the exception's text: it may hold an address."""
    info = activity.info()
    log.warning(
        "activity failed",
        activity=info.activity_type,
        workflow_id=info.workflow_id,
        attempt=info.attempt,
        failure=failure.type,
        error=type(error).__name__,
        where=_where(error),
    )


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
