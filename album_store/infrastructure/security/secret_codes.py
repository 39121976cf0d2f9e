"""The secrets in cookies and emailed links. Only their hashes are stored."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

# 256 bits in URL-safe base64; in a link it follows a UUID in hex and a dot.
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_CODE = re.compile(rf"([0-9a-f]{{32}})\.({_SECRET.pattern})")


def new_secret() -> str:
    """Return 256 random bits, as 43 characters that are safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def looks_like_secret(text: str) -> bool:
    """Return whether a text has the form of a secret. Other texts need not be looked up."""
    return _SECRET.fullmatch(text) is not None


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a secret in hex. A fast hash is enough: the secret is random and cannot be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(secret: str, stored_hash: str) -> bool:
    """Return whether the secret matches the stored hash, compared in constant time."""
    return hmac.compare_digest(hash_secret(secret), stored_hash)


@dataclass(frozen=True)
class LinkCode:
    """The code in an emailed link: the id of its row, and the secret that proves that the email was received."""

    id: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> "LinkCode | None":
        """Parse the code from a URL. Returns None if it is malformed."""
        match = _CODE.fullmatch(text)
        return cls(match[1], match[2]) if match else None

    def __str__(self) -> str:
        return f"{self.id}.{self.secret}"
