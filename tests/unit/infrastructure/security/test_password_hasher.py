"""Hashing passwords."""

import itertools
import threading
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from passlib.hash import sha512_crypt

from album_store.infrastructure.security.password_hasher import MAX_BYTES, PasswordHasher, is_hashable
from album_store.infrastructure.settings import read_settings
from tests.support.store_driver import together

PASSWORD = "correct horse battery staple"
WEAK_HASH = "$argon2id$v=19$m=8,t=1,p=1$L6X0HuM8R4iRknJOibF2Dg$++4N7jH9GzYIyg+JpXhM3j4McZ+PXaxzNq1XWIh8cWI"

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


def test_a_hash_is_argon2id_with_the_owasp_floor_and_a_salt_of_its_own(hasher):
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
def test_a_password_is_right_only_as_it_was_typed(hasher, password):
    stored = hasher.hash(password)
    assert hasher.verify(password, stored) == (True, None)
    for wrong in (password + " ", password[1:], password.swapcase() + "x", ""):
        assert hasher.verify(wrong, stored) == (False, None)


@pytest.mark.parametrize(
    ("typed_here", "typed_there"), [("caf\u00e9", "cafe\u0301"), ("\u212bngstr\u00f6m", "\u00c5ngstro\u0308m")]
)
def test_two_keyboards_that_spell_a_letter_differently_type_the_same_password(hasher, typed_here, typed_there):
    assert hasher.verify(typed_there, hasher.hash(typed_here))[0]
    assert hasher.verify(typed_here, hasher.hash(typed_there))[0]


@pytest.mark.parametrize("lookalike", ["\uff50assword-1", "passw\u043erd-1", "password-\u00b9"])
def test_letters_that_only_look_alike_stay_different(hasher, lookalike):
    assert not hasher.verify(lookalike, hasher.hash("password-1"))[0]


@pytest.mark.parametrize(
    "stored", ["x", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$a$b", "$1$abc$def", "\0", PASSWORD]
)
def test_a_garbled_hash_refuses_everybody_and_is_logged(hasher, caplog, stored):
    assert hasher.verify(PASSWORD, stored) == (False, None)
    assert "event=garbled-password-hash" in caplog.text


@pytest.mark.parametrize("stored", [None, ""])
def test_an_account_that_does_not_exist_has_no_right_password(hasher, caplog, stored):
    assert hasher.verify(PASSWORD, stored) == (False, None)
    assert caplog.text == ""


@pytest.mark.parametrize(
    "password", ["\0", "nul\0inside", "\ud800", "x" * (MAX_BYTES + 1), "\u00e9" * (MAX_BYTES // 2 + 1)]
)
def test_what_cannot_be_hashed_is_wrong_and_no_error(hasher, password):
    assert not is_hashable(password)
    assert hasher.verify(password, hasher.hash(PASSWORD)) == (False, None)
    with pytest.raises(ValueError, match=r"."):
        hasher.hash(password)


def test_length_counts_as_typed_and_what_normalization_makes_longer_is_hashed_too(hasher):
    assert not is_hashable("e\u0301" * (MAX_BYTES // 2))
    longer = "\U0001d160" * (MAX_BYTES // 4)
    assert len(unicodedata.normalize("NFC", longer).encode()) > MAX_BYTES
    assert hasher.verify(longer, hasher.hash(longer)) == (True, None)


def test_a_hash_is_made_anew_when_the_settings_have_risen(hasher, tmp_path):
    stored = hasher.hash(PASSWORD)
    stronger = make_hasher(tmp_path, passes="3")
    right, new = stronger.verify(PASSWORD, stored)
    assert right
    assert "t=3" in new
    assert stronger.verify(PASSWORD, new) == (True, None)
    assert stronger.verify("wrong", stored) == (False, None)


class WatchedContext:
    """The real hash functions of a hasher; notes each full argon2 computation, and those outside of its threads."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self.computed = self.elsewhere = 0
        self.threads: set[int] = set()
        self._real = hasher._context

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        return partial(self._watch, method) if name in {"hash", "verify", "verify_and_update"} else method

    def _watch(self, method: Callable[..., Any], password: str, *stored: str) -> Any:
        self.threads.add(threading.get_ident())
        self.elsewhere += not threading.current_thread().name.startswith("password-hash")
        result = method(password, *stored)  # a garbled hash raises here, before it is counted
        self.computed += all(hash_.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for hash_ in stored)
        return result


@pytest.mark.parametrize(
    ("password", "stored"),
    [
        (PASSWORD, None),
        (PASSWORD, ""),
        (PASSWORD, "x"),
        (PASSWORD, "$argon2id$v=19$m=19456,t=2,p=1$a$b"),
        ("wrong", WEAK_HASH),
        *itertools.product(["\0", "x" * (MAX_BYTES + 1), "\ud800"], [None, "x", WEAK_HASH]),
    ],
)
def test_every_refusal_costs_a_full_computation_in_a_thread_for_it(tmp_path, password, stored):
    hasher = make_hasher(tmp_path)
    hasher._context = watched = WatchedContext(hasher)
    assert hasher.verify(password, stored) == (False, None)
    assert watched.computed >= 1
    assert watched.elsewhere == 0


def test_a_password_and_its_hash_cost_a_computation_each_in_a_thread_for_it(tmp_path):
    hasher = make_hasher(tmp_path)
    hasher._context = watched = WatchedContext(hasher)
    stored = hasher.hash(PASSWORD)
    assert hasher.verify(PASSWORD, stored) == (True, None)
    assert (watched.computed, watched.elsewhere) == (2, 0)


def test_as_many_threads_hash_as_may_hash_at_once(tmp_path):
    hasher = make_hasher(tmp_path, hashes_at_once="2")
    hasher._context = watched = WatchedContext(hasher)
    together(*[lambda: hasher.hash(PASSWORD)] * 12)
    assert watched.computed == 12
    assert len(watched.threads) <= 2


@pytest.mark.parametrize("method", ["hash", "verify_and_update"])
def test_after_an_error_the_next_password_is_hashed(tmp_path, monkeypatch, method):
    hasher = make_hasher(tmp_path, hashes_at_once="1")
    stored = hasher.hash(PASSWORD)

    def fail(*_: str) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(hasher._context, method, fail)
        with pytest.raises(MemoryError):
            hasher.hash(PASSWORD) if method == "hash" else hasher.verify(PASSWORD, stored)
    assert hasher.verify(PASSWORD, hasher.hash(PASSWORD)) == (True, None)


def test_a_hash_of_the_course_is_accepted_and_replaced(hasher):
    stored = sha512_crypt.using(rounds=5_000).hash(PASSWORD)
    right, new_hash = hasher.verify(PASSWORD, stored)
    assert right
    assert new_hash.startswith("$argon2id$")
    assert hasher.verify(PASSWORD, new_hash) == (True, None)
    assert hasher.verify("another one", stored) == (False, None)
