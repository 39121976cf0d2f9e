"""Hashing passwords."""

import re
import threading
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from passlib.hash import argon2, sha512_crypt

from album_store.infrastructure.processors import stay_on, usable_processors
from album_store.infrastructure.security.password_hasher import (
    MAX_BYTES,
    MAX_PARAMETER_SETS,
    PasswordHasher,
    is_hashable,
    parameters_of,
)
from album_store.infrastructure.settings import read_settings
from tests.support.store_driver import together

PASSWORD = "correct horse battery staple"

IMPOSSIBLE_COSTS = ["m=0,t=0,p=0", "m=1,t=1,p=1", "m=99999999,t=1,p=1", "m=8,t=4294967295,p=1", "m=8,t=1,p=99"]

pytestmark = pytest.mark.usefixtures("real_hashing")


@pytest.fixture(scope="module")
def hasher(real_hashing, tmp_path_factory):
    return make_hasher(tmp_path_factory.mktemp("passwords"))


def make_hasher(folder, **changes: str):
    ini = {
        "store.environment": "development",
        "store.site_url": "http://localhost",
        "sqlalchemy.url": f"sqlite:///{folder}/store.sqlite",
        "media.folder": str(folder),
        "mail.sender": "store@example.org",
    }
    changed = {f"password.{name}": value for name, value in changes.items()}
    return PasswordHasher(read_settings(ini | changed, environ={}))


def test_hashes_are_computed_on_all_processors_also_if_the_server_stays_on_one(tmp_path):
    usable, hasher, seen = usable_processors(), make_hasher(tmp_path), []

    def ask() -> None:
        stay_on(usable[:1])
        seen.extend([usable_processors(), hasher._compute(usable_processors)])

    server_thread = threading.Thread(target=ask)
    server_thread.start()
    server_thread.join()
    assert seen == [usable[:1], usable]


def test_a_hash_is_argon2id_with_the_owasp_minimum_and_its_own_salt(hasher):
    one, other = hasher.hash(PASSWORD), hasher.hash(PASSWORD)
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other
    assert PASSWORD not in one


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "  spaces  ",
        "tab\tand newline\n",
        "\u65e5\u672c\u8a9e",
        "\U0001f3b8" * 8,
        "x" * MAX_BYTES,
        "\u00e9" * (MAX_BYTES // 2),
        "caf\u00e9 creme",
    ],
)
def test_only_the_exact_password_is_accepted(hasher, password):
    stored = hasher.hash(password)
    assert hasher.verify(password, stored)
    for wrong in (password + " ", password[1:], password.swapcase() + "x", ""):
        assert not hasher.verify(wrong, stored)


@pytest.mark.parametrize(
    ("typed_here", "typed_there"), [("caf\u00e9", "cafe\u0301"), ("\u212bngstr\u00f6m", "\u00c5ngstro\u0308m")]
)
def test_composed_and_decomposed_letters_are_the_same_password(hasher, typed_here, typed_there):
    assert hasher.verify(typed_there, hasher.hash(typed_here))
    assert hasher.verify(typed_here, hasher.hash(typed_there))


@pytest.mark.parametrize("lookalike", ["\uff50assword-1", "passw\u043erd-1", "password-\u00b9"])
def test_lookalike_letters_are_different_passwords(hasher, lookalike):
    assert not hasher.verify(lookalike, hasher.hash("password-1"))


@pytest.mark.parametrize(
    "stored",
    [
        "x",
        "$argon2id$",
        "$argon2id$v=19$m=19456,t=2,p=1$a$b",
        "$1$abc$def",
        "\0",
        PASSWORD,
        sha512_crypt.using(rounds=1_000).hash(PASSWORD),  # as made by older applications
        *(f"$argon2id$v=19${costs}$AAAAAAAAAAAAAAAAAAAAAA${'A' * 43}" for costs in IMPOSSIBLE_COSTS),
    ],
)
def test_an_invalid_hash_accepts_no_password_and_is_logged(hasher, caplog, stored):
    assert not hasher.verify(PASSWORD, stored)
    assert "event=garbled-password-hash" in caplog.text


@pytest.mark.parametrize("stored", [None, ""])
def test_a_missing_account_accepts_no_password(hasher, caplog, stored):
    assert not hasher.verify(PASSWORD, stored)
    assert caplog.text == ""


@pytest.mark.parametrize(
    "password", ["\0", "nul\0inside", "\ud800", "x" * (MAX_BYTES + 1), "\u00e9" * (MAX_BYTES // 2 + 1)]
)
def test_a_password_that_cannot_be_hashed_is_wrong_without_an_error(hasher, password):
    assert not is_hashable(password)
    assert not hasher.verify(password, hasher.hash(PASSWORD))
    with pytest.raises(ValueError, match=r"."):
        hasher.hash(password)


def test_the_length_limit_applies_before_normalization(hasher):
    assert not is_hashable("e\u0301" * (MAX_BYTES // 2))
    longer = "\U0001d160" * (MAX_BYTES // 4)
    assert len(unicodedata.normalize("NFC", longer).encode()) > MAX_BYTES
    assert hasher.verify(longer, hasher.hash(longer))


def test_a_hash_is_renewed_when_the_settings_get_stronger(hasher, tmp_path):
    stored = hasher.hash(PASSWORD)
    assert hasher.renewed(PASSWORD, stored) == stored
    stronger = make_hasher(tmp_path, passes="3")
    assert stronger.verify(PASSWORD, stored)
    new = stronger.renewed(PASSWORD, stored)
    assert "t=3" in new
    assert stronger.verify(PASSWORD, new)
    assert not stronger.verify("wrong", stored)


class WatchedContext:
    """Wraps the hash functions of a hasher and records the parameters and thread of each computation."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.computed: list[str] = []
        self.elsewhere = 0
        self.threads: set[int] = set()
        self._real = hasher._context

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        return partial(self._watch, method) if name in {"hash", "verify"} else method

    def _watch(self, method: Callable[..., Any], password: str, *stored: str) -> Any:
        self.threads.add(threading.get_ident())
        self.elsewhere += not threading.current_thread().name.startswith("password-hash")
        result = method(password, *stored)  # an invalid hash raises here and is not counted
        self.computed.append(parameters_of(*stored or (result,)))
        return result


CURRENT, OLDER, OLDEST = (f"$argon2id$v=19$m={costs}$" for costs in ("19456,t=2,p=1", "4096,t=1,p=1", "8,t=1,p=1"))


def argon2_hash(parameters: str) -> str:
    """Return a hash of PASSWORD with the given parameters."""
    memory, passes, lanes = map(int, re.findall(r"[mtp]=(\d+)", parameters))
    return argon2.using(type="ID", memory_cost=memory, time_cost=passes, parallelism=lanes).hash(PASSWORD)


GARBLED = ["", "x", f"{CURRENT}a$b", f"{OLDEST}a$b", "$argon2id$v=19$m=1,t=1,p=1$a$b", "$6$rounds=1000$a$b"]


@pytest.mark.parametrize("password", [PASSWORD, "wrong", "", "\0", "x" * (MAX_BYTES + 1), "\ud800"])
@pytest.mark.parametrize("stored", [None, *GARBLED, CURRENT, OLDER, OLDEST])
def test_every_check_computes_one_hash_per_parameter_set_in_use(tmp_path, password, stored):
    if stored in {CURRENT, OLDER, OLDEST}:
        stored = argon2_hash(stored)
    hasher = make_hasher(tmp_path)
    hasher.warm_up([OLDEST, OLDER, CURRENT])
    hasher._context = watched = WatchedContext(hasher)
    is_right = bool(stored) and stored not in GARBLED and password == PASSWORD
    assert hasher.verify(password, stored) == is_right
    assert sorted(watched.computed) == sorted([CURRENT, OLDER, OLDEST])
    assert watched.elsewhere == 0


def test_a_new_parameter_set_is_used_in_later_checks(tmp_path):
    hasher = make_hasher(tmp_path)
    assert hasher.verify(PASSWORD, argon2_hash(OLDER))
    hasher._context = watched = WatchedContext(hasher)
    assert not hasher.verify(PASSWORD, None)
    assert sorted(watched.computed) == sorted([CURRENT, OLDER])


def test_at_most_five_parameter_sets_are_computed_and_all_hashes_work(tmp_path):
    hasher = make_hasher(tmp_path)
    hasher.warm_up(f"$argon2id$v=19$m={8 * number},t=1,p=1$" for number in range(1, 20))
    hasher._context = watched = WatchedContext(hasher)
    assert not hasher.verify(PASSWORD, None)
    assert len(watched.computed) == MAX_PARAMETER_SETS
    assert CURRENT in watched.computed
    assert hasher.verify(PASSWORD, argon2_hash(OLDER))


def test_an_invalid_parameter_set_in_the_database_is_skipped(tmp_path, caplog):
    hasher = make_hasher(tmp_path)
    hasher.warm_up(["$argon2id$v=19$m=1,t=1,p=1$"])
    assert "event=garbled-password-hash" in caplog.text
    hasher._context = watched = WatchedContext(hasher)
    assert not hasher.verify(PASSWORD, None)
    assert watched.computed == [CURRENT]


def test_hashing_and_checking_run_once_each_in_a_hasher_thread(tmp_path):
    hasher = make_hasher(tmp_path)
    hasher.warm_up(())
    hasher._context = watched = WatchedContext(hasher)
    stored = hasher.hash(PASSWORD)
    assert hasher.verify(PASSWORD, stored)
    assert (watched.computed, watched.elsewhere) == ([CURRENT, CURRENT], 0)


def test_no_more_threads_hash_than_the_setting_allows(tmp_path):
    hasher = make_hasher(tmp_path, hashes_at_once="2")
    hasher._context = watched = WatchedContext(hasher)
    together(*[lambda: hasher.hash(PASSWORD)] * 12)
    assert len(watched.computed) == 12
    assert len(watched.threads) <= 2


@pytest.mark.parametrize("method", ["hash", "verify"])
def test_hashing_still_works_after_an_error(tmp_path, monkeypatch, method):
    hasher = make_hasher(tmp_path, hashes_at_once="1")
    stored = hasher.hash(PASSWORD)

    def fail(*_: str) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(hasher._context, method, fail)
        with pytest.raises(MemoryError):
            hasher.hash(PASSWORD) if method == "hash" else hasher.verify(PASSWORD, stored)
    assert hasher.verify(PASSWORD, hasher.hash(PASSWORD))
