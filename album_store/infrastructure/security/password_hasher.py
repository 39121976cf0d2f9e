"""Password hashing: the only place that knows passlib."""

import base64
import logging
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from passlib.context import CryptContext
from pyramid.config import Configurator

from album_store.infrastructure.settings import Settings

MAX_BYTES = 4096
# Each costs every sign-in one computation. Settings are raised once in some years.
MAX_PARAMETER_SETS = 5
# The characters of a hash after its parameter set: salt (16 bytes), "$", checksum (32 bytes), both in base64.
TAIL_OF_HASH = 22 + 1 + 43

log = logging.getLogger(__name__)


class PasswordHasher:
    """Hashes and checks passwords with argon2id, in `hashes_at_once` threads of its own.

    After the settings have risen, the database holds hashes of several parameter sets until all owners have signed in.
    A check computes one hash of each set, whatever the account and its password are, so that its time tells nothing.

    The threads are about memory. The C library keeps the memory of a hash (`hash_memory_kib`) for the next hash of the
    same thread, so few threads keep little memory, where each thread of the server would keep as much. The gate
    (`infrastructure/web/gate.py`) bounds how many requests hash at once, to the same number.
    """

    def __init__(self, settings: Settings) -> None:
        self._context = CryptContext(
            schemes=["argon2"],
            argon2__type="ID",
            argon2__memory_cost=settings.hash_memory_kib,
            argon2__time_cost=settings.hash_passes,
            argon2__parallelism=settings.hash_lanes,
        )
        self._threads = ThreadPoolExecutor(settings.hashes_at_once, "password-hash")
        self._dummies: dict[str, str] = {}  # parameter set -> a hash that no password has

    def warm_up(self, parameter_sets: Iterable[str]) -> None:
        """Learn the parameter sets in use, by a computation of each, so that the first sign-in takes no longer."""
        for parameters in (parameters_of(self.hash(secrets.token_urlsafe())), *parameter_sets):
            self._learn(parameters)

    def hash(self, password: str) -> str:
        """The hash to store. Raises ValueError for a password that `is_hashable` refuses."""
        if not is_hashable(password):
            raise ValueError(f"a password has no NUL and at most {MAX_BYTES} bytes")
        return self._compute(self._context.hash, _normalized(password))

    def verify(self, password: str, stored_hash: str | None) -> bool:
        """Whether the password is right.

        Without a stored hash (an unknown account), with a garbled one, and for a password that cannot be hashed it
        takes just as long and says no.
        """
        if not self._dummies:
            self.warm_up(())
        if not is_hashable(password):
            password, stored_hash = "", None
        own = parameters_of(stored_hash or "")
        if own:
            self._learn(own)
        elif stored_hash:
            log.error("event=garbled-password-hash")
        hashes = self._dummies | ({own: stored_hash} if own else {})
        matches = {parameters: self._matches(password, hash_) for parameters, hash_ in hashes.items()}
        if matches.get(own, False) is None and own in self._dummies:
            self._matches(password, self._dummies[own])
        return bool(matches.get(own))

    def renewed(self, password: str, stored_hash: str) -> str:
        """The hash to store after a sign-in: a new one if the settings have risen since, else the stored one."""
        return self.hash(password) if self._context.needs_update(stored_hash) else stored_hash

    def _learn(self, parameters: str) -> None:
        if parameters in self._dummies or len(self._dummies) >= MAX_PARAMETER_SETS:
            return
        dummy = _dummy_of(parameters)
        if self._matches("", dummy) is not None:
            self._dummies = self._dummies | {parameters: dummy}  # a new one, because other threads may read the old

    def _matches(self, password: str, hash_: str) -> bool | None:
        """Whether it is the hash of the password; None, without any work, if it is garbled."""
        try:
            return self._compute(self._context.verify, _normalized(password), hash_)
        except (TypeError, ValueError):
            log.error("event=garbled-password-hash")  # without the error, which may quote the hash
            return None

    def _compute(self, function: Callable[..., Any], *args: str) -> Any:
        """Run the function in one of the threads; returns or raises what it does."""
        return self._threads.submit(function, *args).result()


def parameters_of(stored_hash: str) -> str:
    """The parameter set of an argon2id hash: its beginning, such as `$argon2id$v=19$m=19456,t=2,p=1$`; "" if garbled.

    The numbers have no more digits than those that the settings allow: a garbled hash must not take hours.
    """
    match = re.match(r"\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,2}\$", stored_hash)
    return match[0] if match else ""


def _dummy_of(parameters: str) -> str:
    """A hash of the parameter set that no password has, because its 256 bits are random and no result of hashing."""
    salt, checksum = (base64.b64encode(secrets.token_bytes(size)).decode("ascii").rstrip("=") for size in (16, 32))
    return f"{parameters}{salt}${checksum}"


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
