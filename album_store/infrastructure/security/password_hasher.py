"""Password hashing. Only this module uses passlib."""

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

from album_store.infrastructure.processors import stay_on, usable_processors
from album_store.infrastructure.settings import Settings

MAX_BYTES = 4096
# Each set costs every sign-in one computation. Settings are raised only once every few years.
MAX_PARAMETER_SETS = 5
# The characters of a hash after its parameter set: salt (16 bytes), "$", checksum (32 bytes), both in base64.
TAIL_OF_HASH = 22 + 1 + 43

log = logging.getLogger(__name__)


class PasswordHasher:
    """Hashes and checks passwords with argon2id, in a pool of `hashes_at_once` threads.

    After the settings have been raised, the database holds hashes with several parameter sets until every customer has
    signed in again. Each check computes one hash per set, for every account and password, so that its duration reveals
    nothing.

    The pool limits memory. The C library keeps the memory of a hash (`hash_memory_kib`) for the next hash in the same
    thread, so hashing in the server's threads would keep that much memory for each of them. The gate
    (`infrastructure/web/gate.py`) limits how many requests hash at once, to the same number.
    """

    def __init__(self, settings: Settings) -> None:
        self._context = CryptContext(
            schemes=["argon2"],
            argon2__type="ID",
            argon2__memory_cost=settings.hash_memory_kib,
            argon2__time_cost=settings.hash_passes,
            argon2__parallelism=settings.hash_lanes,
        )
        # A hash runs beside Python code, so the pool does not stay on the processor of the server's threads.
        self._threads = ThreadPoolExecutor(
            settings.hashes_at_once, "password-hash", initializer=stay_on, initargs=(usable_processors(),)
        )
        self._dummies: dict[str, str] = {}  # parameter set -> a hash that matches no password

    def warm_up(self, parameter_sets: Iterable[str]) -> None:
        """Prepare the parameter sets in use by computing one hash each, so that the first sign-in is not slower."""
        own = parameters_of(self.hash(secrets.token_urlsafe()))
        self._dummies = self._dummies | {own: _dummy_of(own)}
        for parameters in parameter_sets:
            self._learn(parameters)

    def hash(self, password: str) -> str:
        """Return the hash to store. Raises ValueError for a password that `is_hashable` refuses."""
        if not is_hashable(password):
            raise ValueError(f"A password must not contain NUL or lone surrogates, or exceed {MAX_BYTES} bytes.")
        return self._compute(self._context.hash, _normalized(password))

    def verify(self, password: str, stored_hash: str | None) -> bool:
        """Return whether the password is correct.

        Returns False, and takes just as long, if there is no stored hash (an unknown account), if it is malformed, or
        if the password cannot be hashed.
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
        """Return the hash to store after a sign-in: a new one if the settings were raised, otherwise the stored one."""
        return self.hash(password) if self._context.needs_update(stored_hash) else stored_hash

    def _learn(self, parameters: str) -> None:
        if parameters in self._dummies or len(self._dummies) >= MAX_PARAMETER_SETS:
            return
        dummy = _dummy_of(parameters)
        if self._matches("", dummy) is not None:
            self._dummies = self._dummies | {parameters: dummy}  # a new dict: other threads may be reading the old

    def _matches(self, password: str, hash_: str) -> bool | None:
        """Return whether the hash is that of the password; None, without any work, if it is malformed."""
        try:
            return self._compute(self._context.verify, _normalized(password), hash_)
        except (TypeError, ValueError):
            log.error("event=garbled-password-hash")  # without the error, which may quote the hash
            return None

    def _compute(self, function: Callable[..., Any], *args: str) -> Any:
        """Run the function in one of the threads. Returns or raises what the function does."""
        return self._threads.submit(function, *args).result()


def parameters_of(stored_hash: str) -> str:
    """Return the parameter set at the start of an argon2id hash, `$argon2id$v=19$m=19456,t=2,p=1$`; "" if malformed.

    Numbers with more digits than the settings allow count as malformed, because such a hash could take hours.
    """
    match = re.match(r"\$argon2id\$v=19\$m=\d{1,7},t=\d{1,3},p=\d{1,2}\$", stored_hash)
    return match[0] if match else ""


def _dummy_of(parameters: str) -> str:
    """Return a hash with the parameter set that matches no password, because its checksum is 256 random bits."""
    salt, checksum = (base64.b64encode(secrets.token_bytes(size)).decode("ascii").rstrip("=") for size in (16, 32))
    return f"{parameters}{salt}${checksum}"


def is_hashable(password: str) -> bool:
    """Return whether the text can be a password: no NUL, no lone surrogate, at most 4096 bytes before normalisation.

    Normalisation takes time that grows with the square of the length. Its result never has more characters than the
    original has bytes, so passlib accepts it.
    """
    try:
        return "\0" not in password and len(password.encode()) <= MAX_BYTES
    except UnicodeEncodeError:
        return False


def _normalized(password: str) -> str:
    """Return the password in normalisation form C, so that it is the same on all systems (RFC 8265, OpaqueString)."""
    return unicodedata.normalize("NFC", password)


def includeme(config: Configurator) -> None:
    """Create the hasher, which is warmed up when the store starts."""
    config.registry.password_hasher = PasswordHasher(config.registry.store_settings)
