"""Who calls: the token, and what may be wrong with it or with the account behind it."""

from .access import Access
from .database import Database
from .errors import AccessRefused, MoodleError
from .records import Token, User

# Moodle's explanation for developers, indented as in its source.
_REASONS = "\n".join(
    line if number == 0 else " " * 21 + line
    for number, line in enumerate(
        (
            "There could be multiple reasons for this:",
            "1. The service linked to the user token does not contain the function.",
            "2. The service is user-restricted and the user is not listed.",
            "3. The service is IP-restricted and the user IP is not listed.",
            "4. The service is time-restricted and the time has expired.",
            "5. The token is time-restricted and the time has expired.",
            "6. The service requires a specific capability which the user does not have.",
            "7. The function is called with username/password (no user token is sent)",
            "and none of the services has the function to allow the user.",
            "These settings can be found in Administration > Site administration",
            "> Plugins > Web services > External services and Manage tokens.",
        )
    )
)


def token_of(db: Database, value: str | None, client: str, now: int) -> Token:
    """The token, if it may be used from there and now."""
    token = db.tokens.first(value=value) if value else None
    if token is None:
        raise MoodleError("invalidtoken", "Invalid token - token not found")
    if token.valid_until and token.valid_until < now:
        raise ExpiredToken(token)
    if token.only_from and token.only_from != client:
        raise AccessRefused("Invalid service - IP:... is not supported - check this allowed user")
    return token


class ExpiredToken(AccessRefused):
    """The call that finds it deletes the token: the next one is told that it is not found."""

    def __init__(self, token: Token) -> None:
        super().__init__("Invalid token - token expired - check validuntil time for the token")
        self.token = token


def account_of(db: Database, token: Token) -> User:
    user = db.users.one(token.user_id)
    if user.suspended or not user.confirmed or user.auth == "nologin":
        raise AccessRefused(f"Refused web service access for the account {user.id}")
    return user


def check_protocol(db: Database, access: Access) -> None:
    if not access.can("webservice/rest:use"):
        raise AccessRefused(
            "You are not allowed to use the protocol (missing capability: webservice/rest:use)"
        )
    if db.settings.one(1).maintenance and not access.can("moodle/site:maintenanceaccess"):
        message = "The site is undergoing maintenance and is currently not available"
        raise MoodleError("sitemaintenance", message)


def check_service(token: Token, function: str) -> None:
    if function not in token.functions:
        head = f"Access to the function {function}() is not allowed.\n{' ' * 21}"
        raise AccessRefused(head + _REASONS)
