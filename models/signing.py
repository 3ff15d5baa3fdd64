"""The installation's key, Ed25519: it signs what must be provable elsewhere, the same content alike."""

import re
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_HEX_32 = re.compile("[0-9a-f]{64}")


class SigningKey:
    """A private key; `public` is what others check by, as 64 hexadecimal digits."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw().hex()

    @classmethod
    def read(cls, secret: str) -> Self:
        """From 32 random bytes in hexadecimal, as `openssl rand -hex 32` makes them.

        Raises:
            ValueError: It is something else; what it is isn't repeated.
        """
        if not _HEX_32.fullmatch(secret):
            raise ValueError("the signing key must be 64 hexadecimal digits")
        return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)))

    def sign(self, content: bytes) -> str:
        """The signature, as 128 hexadecimal digits."""
        return self._private.sign(content).hex()


def is_key(text: str) -> bool:
    """Whether it can be a key, private or public: 64 hexadecimal digits."""
    return bool(_HEX_32.fullmatch(text))


def is_signed(content: bytes, signature: str, public: str) -> bool:
    """Whether the holder of the key signed exactly this; nonsense for a signature or a key is no."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True
