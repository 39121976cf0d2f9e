"""The secrets in cookies and mailed links: made here, and only their hashes are stored."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

# 256 bits in URL-safe base64; in a link after a uuid4 in hex and a dot.
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_CODE = re.compile(rf"([0-9a-f]{{32}})\.({_SECRET.pattern})")


def new_secret() -> str:
    """256 random bits, as 43 characters that are safe in URLs and cookies."""
    return secrets.token_urlsafe(32)


def looks_like_secret(text: str) -> bool:
    """Whether a text has the form of a secret; anything else need not be looked up."""
    return _SECRET.fullmatch(text) is not None


def hash_secret(secret: str) -> str:
    """The SHA-256 of a secret in hex. Fast is right here: the secret is random, so nobody can guess it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def is_secret(secret: str, stored_hash: str) -> bool:
    """Whether this is the secret whose hash is stored, compared in constant time."""
    return hmac.compare_digest(hash_secret(secret), stored_hash)


@dataclass(frozen=True)
class LinkCode:
    """What a mailed link carries: the id of its row, and the secret that proves the mail was read."""

    id: str
    secret: str

    @classmethod
    def parse(cls, text: str) -> "LinkCode | None":
        """Read a code as it stands in a URL; None if it cannot be one."""
        match = _CODE.fullmatch(text)
        return cls(match[1], match[2]) if match else None

    def __str__(self) -> str:
        return f"{self.id}.{self.secret}"
