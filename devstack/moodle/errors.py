"""What Moodle's web services answer when they refuse.

Every refusal is HTTP 200 with ``exception``, ``errorcode`` and ``message``; ``debuginfo`` joins them only
on a site whose debugging is on.

    MoodleError                      moodle_exception
    ├── InvalidParameter             invalid_parameter_exception
    ├── MissingRecord                dml_missing_record_exception
    ├── WriteFailed                  dml_write_exception
    ├── NoPermission                 required_capability_exception
    ├── LoginRequired                require_login_exception
    ├── AccessRefused                webservice_access_exception
    ├── CodingError                  coding_exception
    └── PhpError                     Error (a crash inside Moodle's own code)
"""

from typing import ClassVar


class MoodleError(Exception):
    exception_class: ClassVar[str] = "moodle_exception"

    def __init__(self, errorcode: str | None, message: str, debuginfo: str | None = None) -> None:
        super().__init__(message)
        self.errorcode = errorcode
        self.message = message
        self.debuginfo = debuginfo

    def as_answer(self, *, debugging: bool) -> dict[str, str | None]:
        answer = {"exception": self.exception_class, "errorcode": self.errorcode, "message": self.message}
        if debugging and self.debuginfo is not None:
            answer["debuginfo"] = self.debuginfo
        return answer


class InvalidParameter(MoodleError):
    """One code for nearly all bad input: with debugging off a duplicate looks like a typing error."""

    exception_class = "invalid_parameter_exception"

    def __init__(self, debuginfo: str | None = None) -> None:
        super().__init__("invalidparameter", "Invalid parameter value detected", debuginfo)


class MissingRecord(MoodleError):
    exception_class = "dml_missing_record_exception"


class WriteFailed(MoodleError):
    exception_class = "dml_write_exception"

    def __init__(self) -> None:
        super().__init__("dmlwriteexception", "Error writing to database")


class NoPermission(MoodleError):
    exception_class = "required_capability_exception"


class LoginRequired(MoodleError):
    exception_class = "require_login_exception"

    def __init__(self) -> None:
        super().__init__("requireloginerror", "Course or activity not accessible.")


class AccessRefused(MoodleError):
    exception_class = "webservice_access_exception"

    def __init__(self, debuginfo: str | None = None) -> None:
        super().__init__("accessexception", "Access control exception", debuginfo)


class CodingError(MoodleError):
    exception_class = "coding_exception"

    def __init__(self, hint: str, debuginfo: str | None = None) -> None:
        message = f"Coding error detected, it must be fixed by a programmer: {hint}"
        super().__init__("codingerror", message, debuginfo)


class PhpError(MoodleError):
    exception_class = "Error"

    def __init__(self, message: str) -> None:
        super().__init__(None, message)
