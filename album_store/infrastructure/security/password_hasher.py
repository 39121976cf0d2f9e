"""Password hashing: the only place that knows passlib."""

import logging
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

from passlib.context import CryptContext
from pyramid.config import Configurator

from album_store.infrastructure.settings import Settings

MAX_BYTES = 4096

log = logging.getLogger(__name__)


class PasswordHasher:
    """Hashes and checks passwords with argon2id, in `hashes_at_once` threads of its own.

    The threads are about memory. The C library keeps the memory of a hash (`hash_memory_kib`) for the next hash of the
    same thread, so few threads keep little memory, where each thread of the server would keep as much. The gate
    (`infrastructure/web/gate.py`) bounds how many requests hash at once, to the same number.
    """

    def __init__(self, settings: Settings) -> None:
        self._context = CryptContext(
            schemes=["argon2", "sha512_crypt"],
            # Hashes that the course's own application stored still work, and are replaced at sign-in.
            deprecated=["sha512_crypt"],
            argon2__type="ID",
            argon2__memory_cost=settings.hash_memory_kib,
            argon2__time_cost=settings.hash_passes,
            argon2__parallelism=settings.hash_lanes,
        )
        self._threads = ThreadPoolExecutor(settings.hashes_at_once, "password-hash")

    @cached_property
    def _dummy_hash(self) -> str:
        """The hash that is verified if there is no stored one."""
        return self.hash(secrets.token_urlsafe())

    def warm_up(self) -> None:
        """Hash once and verify once, so that the first unknown address does not take longer than the next."""
        self._pretend()

    def hash(self, password: str) -> str:
        """The hash to store. Raises ValueError for a password that `is_hashable` refuses."""
        if not is_hashable(password):
            raise ValueError(f"a password has no NUL and at most {MAX_BYTES} bytes")
        return self._compute(self._context.hash, _normalized(password))

    def verify(self, password: str, stored_hash: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a new hash to store if the settings have risen since.

        Without a stored hash (an unknown account) it takes just as long and says no.
        """
        if not is_hashable(password):
            return self._pretend()
        normalized = _normalized(password)
        try:
            right, new_hash = self._compute(
                self._context.verify_and_update, normalized, stored_hash or self._dummy_hash
            )
            is_cheap = bool(stored_hash) and not right and self._context.needs_update(stored_hash)
        except (TypeError, ValueError):
            log.exception("event=garbled-password-hash")
            right, new_hash, is_cheap = False, None, True
        if is_cheap:  # a hash of older settings, or none at all, must not answer sooner than an unknown account
            self._pretend()
        return (right, new_hash) if stored_hash else (False, None)

    def _pretend(self) -> tuple[bool, None]:
        """Take as long as a wrong password does."""
        self._compute(self._context.verify, "", self._dummy_hash)
        return False, None

    def _compute(self, function: Callable[..., Any], *args: str) -> Any:
        """Run the function in one of the threads; returns or raises what it does."""
        return self._threads.submit(function, *args).result()


def is_hashable(password: str) -> bool:
    """Whether it may be a password: no NUL, no half of a surrogate pair, at most 4096 bytes as it was typed.

    Length counts before normalization, which takes time that grows with its square; passlib takes what it makes of
    4096 bytes, because that has no more characters than those have bytes.
    """
    try:
        return "\0" not in password and len(password.encode()) <= MAX_BYTES
    except UnicodeEncodeError:
        return False


def _normalized(password: str) -> str:
    """Normalization form C, so that one password typed on two systems is the same (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


def includeme(config: Configurator) -> None:
    """Make the hasher, which is warmed up where the store starts."""
    config.registry.password_hasher = PasswordHasher(config.registry.store_settings)
