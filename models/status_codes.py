"""The code by which anybody with the letter sees where a request stands: made of its number, kept nowhere."""

import hmac

from models import claims

LENGTH = 12
"""27 signs each: 57 random bits, and guesses are counted."""
_BASE = len(claims.ALPHABET)


def code(secret: str, number: str) -> str:
    """`K7QF-2M9X-4DRT` of a request.

    Args:
        secret: The installation's, hexadecimal.
        number: Of the request.
    """
    drawn = int.from_bytes(hmac.digest(bytes.fromhex(secret), f"status {number}".encode(), "sha256"))
    signs = (claims.ALPHABET[drawn // _BASE**place % _BASE] for place in range(LENGTH))
    return claims.grouped("".join(signs))


def is_code(typed: str, secret: str, number: str) -> bool:
    """Whether this is the request's code, however it is typed."""
    return hmac.compare_digest(claims.grouped(claims.normalise(typed, LENGTH)), code(secret, number))
